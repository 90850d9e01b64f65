"""The client, written once: `_sync` is compiled from these modules by `python -m generator`."""
