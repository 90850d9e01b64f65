"""`python -m spaceknow_client.emulator` is the command `spaceknow emulator`."""

import sys

try:
    from .command import command
except ModuleNotFoundError as error:
    if error.name != "click":
        raise
    sys.exit("The emulator needs click: pip install 'spaceknow-client[emulator]'")

command.main(prog_name="python -m spaceknow_client.emulator")
