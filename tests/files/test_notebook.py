"""In a notebook maps, scenes and pipelines show themselves, without a call and without a secret."""

from __future__ import annotations

from html.parser import HTMLParser

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from spaceknow_client.generated.models import LoginRequest, LoginResult
from tests.conftest import Both
from tests.files.maps import made
from tests.places import CAR_PARK, GBDX

EVIL = "<script>alert(1)</script>"


class Elements(HTMLParser):
    """Which elements there are, and their text; fails for one that is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.names.append(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


async def test_a_scene_and_a_pipeline(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    scene = await both.settle(client.imagery.search(extent=CAR_PARK, **GBDX).first())
    scene.additional_properties["evil"] = EVIL
    run = await both.settle(
        client.kraken.release("cars", scene_ids=[scene.scene_id], extent=CAR_PARK)
    )
    calls = len(emulator.calls())
    shown = Elements(scene._repr_html_())
    assert scene.scene_id in shown.text
    assert EVIL in shown.text
    assert "script" not in shown.names
    told = Elements(run._repr_html_())
    assert "kraken.release" in told.text
    assert run.id in told.text
    assert len(emulator.calls()) == calls


def test_a_map_is_drawn() -> None:
    tiles = [sk.Tile(18, 242551, 151827), sk.Tile(19, 485104, 303654)]
    shown = Elements(made(*tiles, map_type=EVIL)._repr_html_())
    assert shown.names.count("rect") == 2
    assert "script" not in shown.names
    assert "2 at zoom 18, 19" in shown.text
    many = made(*(sk.Tile(19, x, 1) for x in range(3000)))
    assert "svg" not in Elements(many._repr_html_()).names
    assert "0 at zoom -" in made()._repr_html_()


def test_what_is_secret_is_not_shown() -> None:
    asked = LoginRequest.from_dict(
        {
            "client_id": "c",
            "username": "me",
            "password": "hunter2",
            "connection": "x",
            "grant_type": "password",
            "scope": "openid",
        }
    )
    got = LoginResult.from_dict({"id_token": "t1", "access_token": "t2", "token_type": "bearer"})
    assert "hunter2" not in asked._repr_html_()
    assert not {"t1", "t2"} & set(Elements(got._repr_html_()).text.split())
    assert "bearer" in got._repr_html_()
