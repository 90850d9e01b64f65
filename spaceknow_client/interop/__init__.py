"""Conversions to xarray, pandas, GeoPandas and STAC."""
