"""Implementations of the operations of the document.

Each module registers its handlers in HANDLERS by operationId when it is imported.
"""

from . import (  # noqa: F401  # for what importing them does
    credits,
    datacube,
    dry_run,
    geojsondb,
    get_image,
    imagery,
    kraken,
    login,
    tasking,
    user,
)
