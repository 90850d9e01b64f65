import spaceknow_client as sk
from spaceknow_client.emulator import Emulator

coal = {"field": "project", "type": "value-list", "params": {"values": ["coal"]}}
with Emulator(seconds_per_pipeline=0) as emu, emu.client() as client:
    result = client.datacube.datapoints([coal]).result()
    points = client.datacube.dataframe(result)  # index startDatetime, in UTC

stock = points[points.algorithm == "stockpile_area"]
print(stock.groupby("aoiId").value.resample("YS").mean())
