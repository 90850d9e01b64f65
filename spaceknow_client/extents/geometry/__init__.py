"""Geometry of extents on arrays, without GeoJSON's checks and without tiles. Requires the extra `geo`."""
