"""`python -m spaceknow_client.emulator` is the command `spaceknow emulator`."""

import sys

from ..runtime.extras import missing_extra

try:
    from .command import command
except ModuleNotFoundError as error:
    if error.name != "click":
        raise
    sys.exit(str(missing_extra("emulator", "click", purpose="the emulator")))

command.main(prog_name="python -m spaceknow_client.emulator")
