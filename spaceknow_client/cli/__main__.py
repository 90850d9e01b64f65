"""`python -m spaceknow_client.cli` is `spaceknow`."""

import sys

from .start import main

sys.exit(main())
