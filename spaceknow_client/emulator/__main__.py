"""`python -m spaceknow_client.emulator`: the same as `spaceknow emulator`."""

import sys

from .command import main

sys.exit(main())
