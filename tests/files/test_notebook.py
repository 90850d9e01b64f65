"""In a notebook, maps, scenes and pipelines have a display form, without a call and without a secret."""

from __future__ import annotations

import io
import pickle
from html.parser import HTMLParser
from typing import Any

import nbformat
from nbclient import NotebookClient
from PIL import Image

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from spaceknow_client.generated.models import LoginRequest, LoginResult
from tests.conftest import Both
from tests.files.maps import made
from tests.places import CAR_PARK, GBDX

EVIL = "<script>alert(1)</script>"


class Elements(HTMLParser):
    """The elements of the HTML, and their text; fails for one that is not closed."""

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


async def test_a_list_of_scenes_is_a_short_table(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    scenes: Any = await both.settle(
        client.imagery.search(extent=CAR_PARK, **GBDX).limit(25).collect()
    )
    assert isinstance(scenes, list)
    assert scenes == pickle.loads(pickle.dumps(scenes))
    drawn: Any = scenes
    shown = Elements(drawn._repr_html_())
    assert "Scene: 25 in all" in shown.text
    assert shown.names.count("tr") == 11
    assert shown.names.count("th") <= 7
    assert f"{scenes[0].datetime}" in shown.text
    scenes[0].satellite = EVIL
    assert "script" not in Elements(drawn._repr_html_()).names
    assert "[]" in type(drawn)()._repr_html_()


def test_a_mosaic_shows_its_picture() -> None:
    image = Image.new("RGBA", (3000, 1500), "red")
    shown = sk.Mosaic(image=image, zoom=16, origin=(0, 0), tile_size=256)._repr_png_()
    with Image.open(io.BytesIO(shown)) as small:
        assert small.size == (512, 256)
        assert small.getpixel((9, 9)) == (255, 0, 0, 255)


def test_detections_and_extents_are_drawn() -> None:
    square = sk.Extent.from_bounds(10, 60, 12, 61)
    shown = Elements(square._repr_html_())
    assert shown.names.count("path") == 1
    assert 'width="219" height="222"' in square._repr_html_()  # a degree is half as wide there
    wrong = [{"type": "Polygon", "coordinates": [[[0, "x"]]]}, {"type": EVIL}, None, 7]
    features = [
        {"type": "Feature", "properties": {"area": 2}, "geometry": each}
        for each in (square.to_geojson(), *wrong)
    ]
    drawn = Elements(sk.Detections(features)._repr_html_())
    assert drawn.names.count("path") == 1
    assert "10.0 m\u00b2" in drawn.text
    assert "svg" not in Elements(sk.Detections(features[:1] * 3000)._repr_html_()).names
    assert "svg" not in Elements(sk.Detections([])._repr_html_()).names


NOTEBOOK = """
import spaceknow_client as sk
with sk.DownloadBar("files") as bar:
    for n in range({lines}):
        bar(sk.DownloadProgress(total={lines}, fetched=n + 1))
        print("line", n)
"""


def test_a_bar_swallows_no_line_of_a_notebook() -> None:
    """The cells run in a kernel, as in Jupyter."""
    cells = [nbformat.v4.new_code_cell(NOTEBOOK.format(lines=lines)) for lines in (22, 300)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=120).execute()
    for cell, lines in zip(notebook.cells, (22, 300), strict=True):
        texts = [out["text"] for out in cell.outputs if out.get("name") == "stdout"]
        assert "".join(texts).splitlines() == [f"line {n}" for n in range(lines)]
        (bar,) = [out["data"] for out in cell.outputs if out["output_type"] == "display_data"]
        assert f"files {lines}/{lines}" in bar["text/plain"]
        assert "<progress" in bar["text/html"]
        assert not [out for out in cell.outputs if out.get("name") == "stderr"]


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
