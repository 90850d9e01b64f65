"""Areas in GeoJSON, and cutting them into tiles."""
