import spaceknow_client as sk

grid = sk.decompose(sk.Extent.from_bounds(149, -29, 154, -25), tile_size=25_000)
print(len(grid), grid.crs, grid.distortion)
for tile in grid:
    tile.intersection  # GeoJSON to send; tile.square is the whole square
    tile.row, tile.column, tile.fraction, tile.area
