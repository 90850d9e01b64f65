import spaceknow_client as sk
from spaceknow_client.contract_check import check_contract
from spaceknow_client.emulator import Emulator

with Emulator(seconds_per_pipeline=0, drift=["add:user.info:plan"]) as emu, emu.client() as client:
    report = check_contract(client)
assert [str(drift) for drift in report.drifts] == [
    "user.info: unknown member plan: it is not described"
]
