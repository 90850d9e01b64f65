"""A picture, and the cars, of a scene that is free: on the emulator, and with your login on production.

    python examples/first_map.py                                    # the emulator
    SPACEKNOW_ENVIRONMENT=production python examples/first_map.py   # after `spaceknow auth login`

The scene is one that SpaceKnow's Credits pages (2022 and later) publish for tests without credits. We
have never tried this on production, where your user may need rights on the imagery and the algorithm.
Nothing is allocated, so nothing is spent. Needs `pip install 'spaceknow-client[emulator,images]'`.
"""

import os
from contextlib import ExitStack

import spaceknow_client as sk

SCENE = "DXc_f1UsDLmqvwlUy7tMaR7Ef_o0xKugm01Z89ozdQaXR4VE_JDYlFphZA"
AIRPORT = sk.Extent.from_bounds(36.500, 33.400, 36.518, 33.414)  # Damascus


def connect(stack: ExitStack) -> sk.SpaceKnow:
    if os.environ.get("SPACEKNOW_ENVIRONMENT"):
        return stack.enter_context(sk.SpaceKnow())
    from spaceknow_client.emulator import Emulator

    return stack.enter_context(stack.enter_context(Emulator(seconds_per_pipeline=1)).client())


def first_map(client: sk.SpaceKnow) -> None:
    picture = client.kraken.release("imagery", scene_ids=[SCENE], extent=AIRPORT)
    print(client.kraken.save_mosaic(picture.result(), "airport.png"))
    analysis = client.kraken.release("cars", scene_ids=[SCENE], extent=AIRPORT)
    cars = client.kraken.detections(analysis.result())
    print(cars.save("cars.geojson"), f"{cars.count} cars")


if __name__ == "__main__":
    with ExitStack() as stack:
        try:
            first_map(connect(stack))
        except sk.SpaceKnowError as error:
            raise SystemExit(f"first_map: {error}\n{error.hint or ''}") from None
