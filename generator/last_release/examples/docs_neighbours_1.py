import spaceknow_client as sk
from spaceknow_client.emulator import Emulator

place = sk.Extent.from_bounds(153.0937, -27.3969, 153.0963, -27.3951)
with Emulator(seconds_per_pipeline=0) as emu, emu.client() as client:
    search = client.imagery.search(provider="gbdx", dataset="idaho-pansharpened", extent=place)
    scenes = search.limit(10).collect()

table = sk.scenes_to_geodataframe(scenes)  # footprints in EPSG:4326, index scene_id
clear = table[table.cloud_cover < 0.1].sort_values("datetime")
items = sk.scenes_to_stac(scenes)  # a pystac.ItemCollection
sk.scenes_to_stac_geoparquet(scenes, "scenes.parquet")  # for DuckDB, QGIS, geopandas
print(len(clear), items[0].properties["eo:cloud_cover"])
