"""Geometry of extents on arrays, without GeoJSON's checks and without tiles. Needs the extra `geo`."""
