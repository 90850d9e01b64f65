"""Areas that tests use."""

from __future__ import annotations

from typing import Any

import spaceknow_client as sk

# The staff car park, inside the free testing area at Brisbane airport.
CAR_PARK = sk.Extent.from_bounds(153.1036, -27.3934, 153.1068, -27.3904)
# A place without an allocation.
TOKYO = sk.Extent.from_bounds(139.77, 35.54, 139.78, 35.55)
GBDX = {"provider": "gbdx", "dataset": "idaho-pansharpened"}

# The airport's staff car park as public programs outline it, inside the free area.
PARK: dict[str, Any] = {
    "type": "Polygon",
    "coordinates": [
        [
            [153.105222, -27.390124],
            [153.103551, -27.392584],
            [153.105318, -27.393370],
            [153.106794, -27.390879],
            [153.105222, -27.390124],
        ]
    ],
}
