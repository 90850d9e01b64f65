"""The page that shows maps: one self-contained file, for mouse, keyboard and screen readers."""

from __future__ import annotations

import datetime as dt
import html
import json
import re
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
from attrs import evolve
from numpy.typing import NDArray
from PIL import Image

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator, Fault
from spaceknow_client.maps.grid_file import GridFile
from spaceknow_client.maps.view.frames import Frame, Layer, dated, layers_of
from spaceknow_client.maps.view.page import page, write
from tests.conftest import Both
from tests.files.browser import browse, needs_chromium, with_script
from tests.files.maps import fetched, made, released
from tests.files.test_geotiff import noise, png
from tests.places import CAR_PARK

EVIL = '</script><script>document.title="owned"</script><img src=x onerror=\'document.title="owned"\'>&'
SQUARE = [[153.1052, -27.3919], [153.1053, -27.3919], [153.1053, -27.3918], [153.1052, -27.3919]]


def data_of(text: str) -> Any:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def found(kind: str = "cars", count: int | None = 1, **geometry: Any) -> dict[str, Any]:
    shape = {"type": "Polygon", "coordinates": [SQUARE], **geometry}
    properties = {"class": kind, "count": count, "area": 8.5, "confidence": 0.5}
    return {"type": "Feature", "geometry": shape, "properties": properties}


def frame(label: str, *features: dict[str, Any], content: bytes = b"") -> Frame:
    layers = [Layer(name="cars, outlined", detections=sk.Detections(list(features)))]
    if content:
        tile = sk.Tile(19, 485104, 303654)
        file = GridFile(tile=tile, name="truecolor.png", content=content, media_type=None)
        layers.insert(0, Layer(name="imagery", pictures=[file]))
    return Frame(label=label, layers=layers)


async def test_the_page_holds_pictures_and_detections(
    both: Both, emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    imagery, cars = released(emulator, "imagery"), released(emulator)
    client = both.of(emulator)
    day = dt.date(2017, 3, 10)
    target = tmp_path / "page.html"
    path = await both.settle(client.kraken.view({day: [imagery, cars], "later": cars}, target))
    assert opened == [path.as_uri()]
    assert path == target
    data = data_of(path.read_text("utf-8"))
    first, second = data["frames"]
    assert [first["label"], second["label"]] == ["2017-03-10", "later"]
    names = ["imagery", "cars, picture", "cars, outlined"]
    assert [layer["name"] for layer in first["layers"]] == names
    assert [layer["on"] for layer in first["layers"]] == [True, False, True]
    assert [layer["on"] for layer in second["layers"]] == [True, True]
    detections = await both.settle(client.kraken.detections(cars))
    assert sum(shape["count"] for shape in first["layers"][2]["shapes"]) == detections.count
    left, top = data["origin"]
    tiles = {
        (x + left, y + top): data["pictures"][index]
        for x, y, size, index in first["layers"][0]["tiles"]
        if size == 256
    }
    assert tiles.keys() == {(tile.x * 256, tile.y * 256) for tile in imagery.tiles}
    assert all(text.startswith("data:image/png;base64,iVBOR") for text in tiles.values())
    temporary = await both.settle(client.kraken.view(cars, open=False))
    assert temporary.read_text("utf-8").startswith("<!doctype html>")
    assert len(opened) == 1


def test_from_a_folder(emulator: Emulator, tmp_path: Path) -> None:
    cars = released(emulator)
    with emulator.client() as client:
        client.kraken.download(cars, tmp_path, ["cars.png", "detections.geojson"])
        client.kraken.view(cars, tmp_path / "one.html", open=False)
    asked = len(fetched(emulator))
    sk.MapFolder(tmp_path).view(tmp_path / "two.html", open=False)
    assert len(fetched(emulator)) == asked
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


def test_maps_without_dates() -> None:
    imagery, cars = made(map_type="imagery"), made()
    assert dated(cars) == [("", [cars])]
    assert dated([imagery, cars]) == [("", [imagery, cars])]
    assert dated([imagery, cars, imagery]) == [("1", [imagery, cars]), ("2", [imagery])]
    at = dt.datetime(2018, 1, 2, 3, 4, tzinfo=dt.UTC)
    assert dated({at: cars}) == [("2018-01-02 03:04 UTC", [cars])]


@pytest.mark.parametrize("maps", [None, [], {}, {"a": []}, "map", [1], {"a": 1}])
async def test_what_is_no_map(both: Both, emulator: Emulator, maps: Any) -> None:
    with pytest.raises(sk.InvalidArgumentError):
        await both.settle(both.of(emulator).kraken.view(maps, open=False))
    assert emulator.calls() == []


async def test_what_cannot_be_shown(both: Both, emulator: Emulator, tmp_path: Path) -> None:
    client = both.of(emulator)
    whole = released(emulator, "imagery")
    tile = evolve(whole, tiles=whole.tiles[:1])
    emulator.fault("kraken.grid_file", Fault.body(b"<svg onload='alert(1)'/>"))
    with pytest.raises(sk.InvalidResponseError, match="not a PNG"):
        await both.settle(client.kraken.view(tile, tmp_path / "a.html", open=False))
    emulator.fault("kraken.grid_file", Fault.raw(b"HTTP/1.1 204 No Content\r\n\r\n"))
    with pytest.raises(sk.InvalidArgumentError, match="to show"):
        await both.settle(client.kraken.view(tile, tmp_path / "a.html", open=False))
    with pytest.raises(sk.DownloadError):
        await both.settle(client.kraken.view(tile, tmp_path / "no" / "a.html", open=False))


@pytest.mark.parametrize(
    "coordinates",
    [
        *("text", [[1, 2]], [[["a", 1]]], [[[1]]], [[[float("nan"), 1]]], {"a": 1}, [None]),
        *([[[10**400, 1]]], [[[1, 10**400]]], [[[1e300, 1]]], [[{"a": 1}]], [[[1, float("nan")]]]),
    ],
)
def test_geometries_that_are_none(coordinates: Any) -> None:
    with pytest.raises(sk.InvalidResponseError):
        page([frame("", found(coordinates=coordinates))], "title")


def test_too_much_for_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spaceknow_client.maps.view.page.MOST_BYTES", 1000)
    with pytest.raises(sk.InvalidArgumentError, match="the maximum for a page"):
        page([frame("", content=png(noise(1)))], "title")


def test_text_of_the_server_stays_text() -> None:
    text = page([frame(EVIL, found(EVIL))], EVIL)
    assert text.count("<script") == 2
    assert f"<title>{html.escape(EVIL)}</title>" in text
    assert data_of(text)["frames"][0]["layers"][0]["shapes"][0]["kind"] == EVIL


def test_half_a_pair_is_written(tmp_path: Path) -> None:
    """JSON can contain strings that UTF-8 cannot."""
    write([frame("\ud800", found("\udfff"))], tmp_path / "page.html", "plain")
    sk.Detections([found("\ud800")]).save(tmp_path / "a.geojson")
    for name in ("a.gpkg", "a.parquet"):
        sk.Detections([found("\ud800")]).save(tmp_path / name)
    assert geopandas.read_file(tmp_path / "a.gpkg")["class"][0] == "\\ud800"
    assert json.loads((tmp_path / "a.geojson").read_bytes())["features"][0] == found("\ud800")


def test_nothing_is_fetched_from_elsewhere() -> None:
    text = page([frame("", found())], "title")
    assert "http:" not in text
    assert "https:" not in text
    assert "default-src 'none'" in text
    # An element that accepts keys is not a picture to a screen reader.
    assert 'role="application" aria-roledescription="interactive map"' in text


@needs_chromium
def test_a_browser_runs_it_and_nothing_else(tmp_path: Path) -> None:
    frames = [frame(EVIL, found(EVIL, 3), content=png(noise(1))), frame("second", found())]
    path = write(frames, tmp_path / "page.html", "plain")
    dom = browse(path, tmp_path / "profile", "--dump-dom")
    assert "<title>plain</title>" in dom
    assert "<img" not in dom
    summary = html.escape(f"{EVIL}: 3 {EVIL}", quote=False)
    assert summary in dom
    assert re.search(r'aria-label="Map\. [^"]+"', dom)
    assert re.findall(r"<tr><td>(.+?)</td><td>(.+?)</td>", dom)[-1] == ("second", "cars")


# Ways in which a name could run a script, or break its element. `owned` is what they would write.
NAMES = (
    EVIL,
    "<svg onload=\"document.title='owned'\">",
    "</title><script>document.title='owned'</script>",
    '"><iframe srcdoc="<script>top.document.title=\'owned\'</script>"></iframe>',
    "javascript:document.title='owned'",
    "<!--<script>document.title='owned'</script>",
    "${document.title='owned'} {{document.title='owned'}} $data $script",
    "\u2028document.title='owned'\u2029\u202e\x00\x1b[2J",
    "</style><style>*{display:none}</style>",
    "&lt;img src=x onerror=document.title='owned'&gt;",
    "__proto__",
)
HOVER = """
const map = document.getElementById("map"), box = map.getBoundingClientRect();
setTimeout(() => {
    for (let x = 0; x < box.width; x += 7) for (let y = 0; y < box.height; y += 7)
        map.dispatchEvent(new PointerEvent("pointermove",
            {clientX: box.left + x, clientY: box.top + y, pointerId: 1}));
    for (const input of document.querySelectorAll("#layers input")) input.click();
    document.getElementById("step")?.dispatchEvent(new Event("input"));
}, 300);
"""


@needs_chromium
@pytest.mark.parametrize("guarded", [True, False])
def test_no_name_of_the_server_runs_a_script(guarded: bool, tmp_path: Path) -> None:
    """Names of types, classes, files and dates; without the page's own policy, too."""
    tile = sk.Tile(19, 485104, 303654)
    frames = []
    for name in NAMES:
        whole = sk.KrakenMap(map_id=name, map_type=name, max_zoom=19, tiles=(tile,))
        text = json.dumps({"features": [found(name, 3)]}).encode()
        files = [
            GridFile(tile=tile, name=f"{name}.png", content=png(noise(1)), media_type=name),
            GridFile(tile=tile, name="detections.geojson", content=text, media_type=name),
        ]
        both = [(whole, file.name, [file]) for file in files]
        frames.append(Frame(label=name, layers=layers_of([whole], both)))
    path = write(frames, tmp_path / "page.html", "plain")
    if not guarded:
        path = with_script(path, HOVER)
    dom = browse(path, tmp_path / "profile", "--dump-dom")
    assert "<title>plain</title>" in dom
    shown = re.sub(r"<script.*?</script>", "", dom, flags=re.DOTALL)
    assert not re.search(r"<(img|svg|iframe|style>\*)", shown)
    assert html.escape(NAMES[0], quote=False) in shown  # as a text


STEPS = """
const press = (key) => document.getElementById("map").dispatchEvent(
    new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
const map = document.getElementById("map"), about = document.getElementById("about");
const at = (type, x, y, more) => map.dispatchEvent(new PointerEvent(type, {
    clientX: map.getBoundingClientRect().left + x, clientY: map.getBoundingClientRect().top + y,
    pointerId: 1, ...more}));
map.setPointerCapture = () => {};
const seen = [];
const where = () => { at("pointermove", 100, 100); seen.push(about.textContent); };
setTimeout(() => {
    where(); press("+"); where(); press("0"); where(); press("ArrowRight"); where(); press("Home");
    at("pointerdown", 100, 100); at("pointermove", 60, 100); at("pointerup", 60, 100); where();
    document.getElementById("fit").click(); where();
    map.dispatchEvent(new WheelEvent("wheel", {deltaY: -200, cancelable: true})); where();
    press("PageDown"); seen.push(document.getElementById("summary").textContent);
    press("PageDown"); seen.push(document.getElementById("date").textContent);
    document.getElementById("before").click();
    seen.push(document.getElementById("step").getAttribute("aria-valuetext"));
    const boxes = [...document.querySelectorAll("#layers input")];
    seen.push(boxes.map((box) => box.parentElement.textContent.trim()).join("|"));
    document.body.dataset.seen = JSON.stringify(seen);
}, 500);
"""


@needs_chromium
def test_keys_mouse_and_slider(tmp_path: Path) -> None:
    frames = [frame("first", found(), content=png(noise(1))), frame("second", found(), found())]
    path = with_script(write(frames, tmp_path / "page.html", "plain"), STEPS)
    dom = browse(path, tmp_path / "profile", "--dump-dom")
    told = re.search(r'data-seen="([^"]+)"', dom)
    assert told is not None, dom[-2000:]
    seen = json.loads(html.unescape(told[1]))
    home, closer, again, moved, dragged, fitted, wheeled = seen[:7]
    assert home == again == fitted
    assert len({home, closer, moved, dragged, wheeled}) == 5
    assert re.fullmatch(r"-27\.39\d+°, 153\.09\d+°", home)
    assert seen[7:] == ["second: 2 cars", "second", "first", "imagery|cars, outlined"]


def shot(page: Path, folder: Path, *options: str) -> NDArray[np.int64]:
    """A screenshot. On a busy machine the browser takes it before the map is painted."""
    target = folder / "shot.png"
    for _ in range(5):
        browse(page, folder / "profile", f"--screenshot={target}", *options)
        with Image.open(target) as opened:
            pixels = np.asarray(opened.convert("RGB")).astype(np.int64)
        if (pixels[200:400, 200:700] != pixels[200, 200]).any():
            break
    return pixels


@needs_chromium
def test_cars_are_outlined_on_imagery(emulator: Emulator, tmp_path: Path) -> None:
    imagery, cars = (released(emulator, kind, CAR_PARK) for kind in ("imagery", "cars"))
    with emulator.client() as client:
        path = client.kraken.view([imagery, cars], tmp_path / "page.html", open=False)
    pixels = shot(path, tmp_path)
    yellow = (pixels[..., 0] > 200) & (pixels[..., 1] > 180) & (pixels[..., 2] < 90)
    assert yellow.sum() > 1000
    rows, columns = np.nonzero(yellow)
    park = pixels[rows.min() : rows.max(), columns.min() : columns.max()]
    assert len(np.unique(park.reshape(-1, 3), axis=0)) > 5000  # imagery is below


@needs_chromium
def test_light_and_dark(tmp_path: Path) -> None:
    path = write([frame("", found())], tmp_path / "page.html", "plain")
    assert shot(path, tmp_path)[-1, -1].mean() > 200
    assert shot(path, tmp_path, "--blink-settings=preferredColorScheme=0")[-1, -1].mean() < 60
