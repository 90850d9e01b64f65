"""`python -m spaceknow_client.cli` is `spaceknow`."""

import sys

from . import main

sys.exit(main())
