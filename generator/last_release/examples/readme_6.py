from spaceknow_client.emulator import Emulator, Fault

with Emulator(seconds_per_pipeline=0) as emu, emu.client() as client:
    emu.fault("credits.remaining", Fault.drop(times=2), Fault.status(503, retry_after=1))
    client.credits.remaining()  # comes all the same, with the fourth request
    emu.fault("credits.allocate_area", Fault.drop(after="effect"))  # credits spent, answer lost
