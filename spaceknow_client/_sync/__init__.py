# Compiled by `python -m generator` from _async/. Never edit by hand.
"""The client, written once: `_sync` is compiled from these modules by `python -m generator`."""
