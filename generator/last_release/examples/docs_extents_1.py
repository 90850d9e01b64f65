import spaceknow_client as sk

extent = sk.Extent.from_bounds(149, -29, 154, -25)
print(extent.area / 1e6)  # km² on the ellipsoid, edges straight in longitude and latitude
smaller = extent.simplify_to(60_000)  # .extent, .tolerance in metres, .area_error as a share
cut = extent.split_at_antimeridian()  # and joined_at_antimeridian(), repaired()
