"""What other libraries work with: xarray, pandas, GeoPandas and STAC."""
