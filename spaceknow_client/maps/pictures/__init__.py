"""Pictures of maps: mosaics and GeoTIFFs."""
