"""SKI files: every pixel, its position and its mask, and invalid files are rejected."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import tarfile
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from pyproj import CRS, Transformer

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator
from spaceknow_client.interop.ski_dataset import masked_by
from tests.interop.ski_files import Members, info, members, packed, skb
from tests.places import CAR_PARK, GBDX

PLACE = {"pixelSizeX": 2.0, "pixelSizeY": -4.0, "crsOriginX": 100.0, "crsOriginY": 1000.0}
RED = np.arange(6, dtype=np.uint16).reshape(2, 3)
META: dict[str, Any] = {
    "crsEpsg": 32756,
    "sceneId": "s",
    "cloudCover": 0.25,
    "bands": [{"names": ["Red", "red"], "gsd": 0.5, **PLACE}],
}


@st.composite
def bands(draw: st.DrawFn) -> list[tuple[list[str], np.ndarray[Any, Any]]]:
    kinds = [f"{sign}{size}" for sign in "ui" for size in (1, 2, 4, 8)]
    shapes = arrays.array_shapes(min_dims=2, max_dims=2, max_side=5)
    pixels = arrays.arrays(st.sampled_from(kinds), shapes)
    names = draw(st.lists(st.text("abcd", min_size=1), min_size=1, max_size=4, unique=True))
    return [([name, f"{name}-alias"], draw(pixels)) for name in names]


@settings(deadline=None)
@given(bands(), st.sampled_from([tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]))
def test_all_pixels_of_all_types_come_back(
    made: list[tuple[list[str], np.ndarray[Any, Any]]], form: int
) -> None:
    ds = sk.open_ski(packed(members(made), form))
    assert list(ds) == [names[0] for names, _ in made]
    for names, pixels in made:
        np.testing.assert_array_equal(ds[names[0]], pixels)
        assert ds[names[0]].dtype == pixels.dtype
        assert ds[names[0]].attrs["names"] == names


@pytest.mark.parametrize("kind", ["u1", "i2", "u4", "i8"])
def test_wide_bands_come_back(kind: str) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (7, 1000 * int(kind[1])), np.uint8)
    ds = sk.open_ski(packed(members([(["a"], pixels.view(kind))])))
    np.testing.assert_array_equal(ds["a"], pixels.view(kind))


def test_the_sample_of_the_documentation_with_the_bytes_of_the_record() -> None:
    # One column, 250 and below it 200; the headers are little-endian, as in the recorded file.
    band = bytes.fromhex("0800 01000000 02000000 FA CE")
    made: Members = [("info.json", info(["b"])), ("meta.json", b'{"meta": {}}')]
    ds = sk.open_ski(packed([*made, ("00000.skb", band)]))
    assert ds["b"].values.tolist() == [[250], [200]]
    big = bytes.fromhex("0008 00000001 00000002 FA CE")
    with pytest.raises(sk.InvalidResponseError, match="unknown type"):
        sk.open_ski(packed([*made, ("00000.skb", big)]))


def test_times_have_their_zone() -> None:
    given = {**META, "datetime": "2018-05-20 00:29:52", "note": "since 2018-05-20 00:29:52"}
    attributes = sk.open_ski(packed(members([(["Red", "red"], RED)], given))).attrs
    assert attributes["datetime"] == "2018-05-20T00:29:52Z"
    assert attributes["note"] == given["note"]


def test_pixels_have_their_place() -> None:
    ds = sk.open_ski(packed(members([(["Red", "red"], RED)], META)))
    assert ds.x.values.tolist() == [101.0, 103.0, 105.0]
    assert ds.y.values.tolist() == [998.0, 994.0]
    assert ds.Red.dims == ("y", "x")
    assert ds.Red.attrs["grid_mapping"] == "spatial_ref"
    assert ds.Red.attrs["gsd"] == 0.5
    assert CRS.from_cf(ds.spatial_ref.attrs) == CRS.from_epsg(32756)
    assert CRS.from_wkt(ds.spatial_ref.attrs["spatial_ref"]) == CRS.from_epsg(32756)
    assert ds.x.attrs["standard_name"] == "projection_x_coordinate"
    assert ds.y.attrs["units"] == "metre"
    assert ds.attrs["sceneId"] == "s"
    assert ds.attrs["ski_version"] == "115"
    assert ds.sel(x=103, y=994).Red == 4


def test_bands_of_other_grids_have_dimensions_of_their_own() -> None:
    fine = np.zeros((4, 6), np.uint8)
    meta = {
        **META,
        "bands": [*META["bands"], {"names": ["Pan"], **PLACE, "pixelSizeX": 1.0}],
    }
    ds = sk.open_ski(packed(members([(["red"], RED), (["Pan"], fine), (["other"], RED)], meta)))
    assert ds["red"].dims == ("y", "x")
    assert ds["Pan"].dims == ("y_2", "x_2")
    assert ds["other"].dims == (
        "y_3",
        "x_3",
    )  # it has no position of its own, so it does not get that of red
    assert ds.x_2.values.tolist() == [100.5, 101.5, 102.5, 103.5, 104.5, 105.5]
    assert "x_3" not in ds.coords


def test_masks_keep_their_bits_and_their_bands_name_them() -> None:
    mask = np.array([[0, 1, 255], [0, 0, 3]], np.uint8)
    made: list[tuple[list[str], np.ndarray[Any, Any]]] = [
        (["Red", "red"], RED),
        (["Blue"], RED + 1),
        (["NIR"], RED + 2),
        (["__MASK__red__"], mask),
        (["__MASK__Blue__NIR__"], mask),
    ]
    ds = sk.open_ski(packed(members(made, META)))
    assert ds["mask_red"].values.tolist() == ds["mask_Blue_NIR"].values.tolist() == mask.tolist()
    assert ds["mask_red"].dtype == np.uint8
    assert (
        ds["mask_red"].dims == ds["Red"].dims
    )  # the position of its band, since it has none of its own
    assert ds["Red"].attrs["ancillary_variables"] == "mask_red"
    assert ds["NIR"].attrs["ancillary_variables"] == "mask_Blue_NIR"
    assert ds["Red"].values.tolist() == RED.tolist()  # nothing is masked by itself


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["red"], ()),
        (["__MASK__red__"], ("red",)),
        (["__MASK__red__", "__MASK__near-ir__"], ("red", "near-ir")),
        (["__MASK__red__near-ir__"], ("red", "near-ir")),
        (["__MASK__red____MASK__near-ir__"], ("red", "near-ir")),
        (["red", "__MASK__"], ()),
    ],
)
def test_names_of_masks(names: list[str], found: tuple[str, ...]) -> None:
    assert masked_by(names) == found


def test_a_band_may_have_the_name_of_a_coordinate() -> None:
    ds = sk.open_ski(packed(members([(["y"], RED), (["spatial_ref"], RED)], META)))
    assert {"band_y", "band_spatial_ref"} <= set(ds)


def test_newer_members_and_a_leading_dot_are_fine(tmp_path: Path) -> None:
    made = [(f"./{name}", data) for name, data in members([(["red"], RED)])]
    path = tmp_path / "file.ski"
    path.write_bytes(packed([*made, ("thumbnail.png", b"...")]))
    for source in (path, str(path), path.read_bytes()):
        np.testing.assert_array_equal(sk.open_ski(source)["red"], RED)


def test_a_netcdf_file_can_hold_it() -> None:
    meta = {**META, "footprint": {"type": "Point"}, "clipped": True, "none": None}
    ds = sk.open_ski(packed(members([(["red"], RED)], meta)))
    for value in [*ds.attrs.values(), *(v for each in ds.values() for v in each.attrs.values())]:
        assert isinstance(value, (str, int, float, list))
        assert not isinstance(value, bool)
    assert json.loads(ds.attrs["footprint"]) == {"type": "Point"}


def entry(name: str, kind: bytes = tarfile.REGTYPE, **attributes: Any) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type = kind
    for attribute, value in attributes.items():
        setattr(made, attribute, value)
    return made


GOOD = members([(["red"], RED)])
BAND = skb(RED)
LINK = {"linkname": "/etc/passwd"}
NAN = b'{"meta": {"cloudCover": NaN}}'
DEEP = b'{"meta": ' + b"[" * 200_000


def swapped(name: str, content: bytes) -> Members:
    return [(each, content if each == name else data) for each, data in GOOD]


HOSTILE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "gzipped tar"),
    "no gzip": (b"GIF89a", "gzipped tar"),
    "gzip of nothing": (gzip.compress(b""), "gzipped tar"),
    "no tar": (gzip.compress(b"no tar at all" * 1000), "gzipped tar"),
    "cut": (packed(GOOD)[:-20], "gzipped tar"),
    "wrong checksum": (packed(GOOD)[:-8] + b"12345678", "gzipped tar"),
    "something behind it": (packed(GOOD) + b"xx", "gzipped tar"),
    "no member": (packed([]), "no info.json"),
    "no info": (packed(GOOD[1:]), "no info.json"),
    "no meta": (packed([GOOD[0], GOOD[2]]), "no meta.json"),
    "no band": (packed(GOOD[:2]), "other bands"),
    "second band alone": (packed([*GOOD[:2], ("00001.skb", BAND)]), "lacks a band"),
    "too many bands": (packed([*GOOD, ("00001.skb", BAND)]), "other bands"),
    "a member twice": (packed([*GOOD, GOOD[2]]), "twice"),
    "the other spelling of a member": (packed([*GOOD, ("./info.json", b"{}")]), "twice"),
    "path out of it": (packed([*GOOD, ("../../evil", b"x")]), "not a plain file"),
    "absolute path": (packed([*GOOD, ("/tmp/evil", b"x")]), "not a plain file"),
    "path of windows": (packed([*GOOD, ("..\\evil", b"x")]), "not a plain file"),
    "symbolic link": (
        packed([*GOOD, (entry("a", tarfile.SYMTYPE, **LINK), b"")]),
        "not a plain file",
    ),
    "hard link": (packed([*GOOD, (entry("a", tarfile.LNKTYPE, **LINK), b"")]), "not a plain file"),
    "device": (packed([*GOOD, (entry("a", tarfile.CHRTYPE), b"")]), "not a plain file"),
    "pipe": (packed([*GOOD, (entry("a", tarfile.FIFOTYPE), b"")]), "not a plain file"),
    "folder": (packed([*GOOD, (entry("a", tarfile.DIRTYPE), b"")]), "not a plain file"),
    "info is no JSON": (packed(swapped("info.json", b"{")), "invalid JSON"),
    "info is no text": (packed(swapped("info.json", b"\xff\xfe")), "invalid JSON"),
    "info is no object": (packed(swapped("info.json", b"[1]")), "not an object"),
    "info without bands": (packed(swapped("info.json", b"{}")), "other bands"),
    "bands without names": (packed(swapped("info.json", b'{"bands": [{}]}')), "without names"),
    "names of numbers": (
        packed(swapped("info.json", b'{"bands": [{"names": [1]}]}')),
        "not a string",
    ),
    "meta without meta": (packed(swapped("meta.json", b"{}")), "no `meta`"),
    "meta is a list": (packed(swapped("meta.json", b'{"meta": []}')), "no `meta`"),
    "NaN": (packed(swapped("meta.json", NAN)), "NaN"),
    "deep": (packed(swapped("meta.json", DEEP)), "invalid JSON"),
    "described bands are no list": (
        packed(swapped("meta.json", b'{"meta": {"bands": {"a": 1}}}')),
        "not objects",
    ),
    "no such coordinate system": (
        packed(swapped("meta.json", b'{"meta": {"crsEpsg": 99999999}}')),
        "unknown coordinate system",
    ),
    "coordinate system of text": (
        packed(swapped("meta.json", b'{"meta": {"crsEpsg": "EPSG:3857"}}')),
        "unknown coordinate system",
    ),
    "short header": (packed(swapped("00000.skb", BAND[:9])), "incomplete header"),
    "unknown type": (packed(swapped("00000.skb", b"\x0c\0" + BAND[2:])), "unknown type"),
    "a row less": (packed(swapped("00000.skb", BAND[:-6])), "size does not match"),
    "a byte more": (packed(swapped("00000.skb", BAND + b"x")), "size does not match"),
    "no rows": (packed(swapped("00000.skb", BAND[:6] + bytes(4) + BAND[10:])), "no pixels"),
    "2^64 pixels": (packed(swapped("00000.skb", BAND[:2] + b"\xff" * 8)), "size does not match"),
    "two bands of one name": (packed(members([(["red"], RED), (["red"], RED)])), "the same name"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_ski_file_is_refused(name: str) -> None:
    content, problem = HOSTILE[name]
    with pytest.raises(sk.InvalidResponseError, match=problem):
        sk.open_ski(content)


@pytest.mark.parametrize("value", ["1e999", '"1"', "true", "0"])
def test_places_that_are_none(value: str) -> None:
    band = json.dumps({"names": ["red"], **PLACE}).replace("2.0", value)
    with pytest.raises(sk.InvalidResponseError, match=r"coordinate of a band|without a size"):
        sk.open_ski(packed(swapped("meta.json", f'{{"meta": {{"bands": [{band}]}}}}'.encode())))


def bomb(name: str, size: int, *, told: int | None = None, kind: bytes = b"0") -> bytes:
    """A file whose last member has `size` zeros, and declares `told`."""
    target = io.BytesIO()
    with gzip.open(target, "wb", compresslevel=1) as file:
        for each, data in GOOD[:2]:
            file.write(entry(each, size=len(data)).tobuf(tarfile.USTAR_FORMAT))
            file.write(data + bytes(-len(data) % 512))
        header = entry(name, kind, size=size if told is None else told)
        file.write(header.tobuf(tarfile.GNU_FORMAT))
        for _ in range(size // 2**20):
            file.write(bytes(2**20))
    return target.getvalue()


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        (partial(bomb, "00000.skb", 64 * 2**20), "larger than"),
        (partial(bomb, "other", 64 * 2**20), "larger than"),
        (partial(bomb, "00000.skb", 0, told=2**62), "larger than"),
        (partial(bomb, "info2.json", 0, told=2**62), "larger than"),
        (partial(bomb, "meta2.json", 20 * 2**20), "larger than"),
        (
            partial(bomb, "././@LongLink", 64 * 2**20, kind=tarfile.GNUTYPE_LONGNAME),
            "headers without end",
        ),
        (partial(bomb, "pax", 64 * 2**20, kind=tarfile.XHDTYPE), "headers without end"),
    ],
)
def test_a_bomb_is_refused_before_it_takes_memory(made: Callable[[], bytes], problem: str) -> None:
    content = made()
    tracemalloc.start()
    try:
        with pytest.raises(sk.InvalidResponseError, match=problem):
            sk.open_ski(content, max_bytes=16 * 2**20)
        assert tracemalloc.get_traced_memory()[1] < 8 * 2**20
    finally:
        tracemalloc.stop()


def test_large_json_and_many_members_are_refused() -> None:
    with pytest.raises(sk.InvalidResponseError, match=r"meta\.json of"):
        sk.open_ski(packed(swapped("meta.json", b" " * (16 * 2**20 + 1))))
    with pytest.raises(sk.InvalidResponseError, match="more than 1024 members"):
        sk.open_ski(packed([*GOOD, *((f"x{number}", b"") for number in range(1100))]))


def test_an_empty_mask_is_no_bomb() -> None:
    """It is inflated to a thousand times its size, and valid."""
    content = packed(members([(["__MASK__red__"], np.zeros((512, 4096), np.uint8))]))
    assert not sk.open_ski(content)["mask_red"].any()


@settings(deadline=None)
@given(st.binary(max_size=60), st.integers(0, 2**16))
def test_broken_bytes_give_no_other_error(noise: bytes, place: int) -> None:
    content = bytearray(packed(GOOD))
    place %= len(content)
    content[place : place + len(noise)] = noise
    with contextlib.suppress(sk.InvalidResponseError):
        sk.open_ski(bytes(content))


@settings(deadline=None)
@given(st.binary(max_size=60), st.integers(0, 2**16))
def test_broken_archives_give_no_other_error(noise: bytes, place: int) -> None:
    content = bytearray(gzip.decompress(packed(GOOD, tarfile.PAX_FORMAT)))
    place %= len(content)
    content[place : place + len(noise)] = noise
    with contextlib.suppress(sk.InvalidResponseError):
        sk.open_ski(gzip.compress(bytes(content), 1))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
described_band = st.fixed_dictionaries(
    {},
    optional={
        "names": st.just(["red"]) | anything,
        "gsd": anything,
        **dict.fromkeys(PLACE, anything),
    },
)
described = st.fixed_dictionaries(
    {}, optional={"crsEpsg": st.integers() | anything, "bands": st.lists(described_band) | anything}
)


@settings(deadline=None)
@given(described | anything, st.just("115") | anything)
def test_whatever_the_documents_say_gives_no_other_error(meta: Any, version: Any) -> None:
    told = json.dumps({"version": version, "bands": [{"names": ["red"]}]}).encode()
    made = [("info.json", told), ("meta.json", json.dumps({"meta": meta}).encode()), GOOD[2]]
    with contextlib.suppress(sk.InvalidResponseError):
        np.testing.assert_array_equal(sk.open_ski(packed(made))["red"], RED)


def test_what_cannot_be_read_at_all(tmp_path: Path) -> None:
    for source in (tmp_path / "none.ski", tmp_path, None, 3):
        with pytest.raises(sk.InvalidArgumentError):
            sk.open_ski(source)  # type: ignore[arg-type]
    for limit in (0, -1, None, True):
        with pytest.raises(sk.InvalidArgumentError):
            sk.open_ski(packed(GOOD), max_bytes=limit)  # type: ignore[arg-type]


def test_the_tiles_of_a_map(emulator: Emulator) -> None:
    with emulator.client() as client:
        imagery: Any = client.imagery
        scene = imagery.search(extent=CAR_PARK, **GBDX).first()
        assert scene is not None
        ids = [scene.scene_id]
        cars = client.kraken.release("cars", scene_ids=ids, extent=CAR_PARK).result()
        picture = client.kraken.release("imagery", scene_ids=ids, extent=CAR_PARK).result()
        tile = picture.tiles[0]
        seen = sk.open_ski(client.kraken.grid_file(picture, tile, "imagery.ski"))  # type: ignore[arg-type]
        found = sk.open_ski(client.kraken.grid_file(cars, tile, "segmentation.ski"))  # type: ignore[arg-type]
    *bands, mask = seen
    assert bands == [band.names[1] for band in scene.bands]  # lower case comes first
    assert mask == "mask_" + "_".join(map(str, bands))
    assert set(np.unique(seen[mask])) == {0, 2 ** len(bands) - 1}
    assert seen.attrs["sceneId"] == scene.scene_id
    assert list(found) == ["cars", "trucks", "mask_cars_trucks"]
    assert set(np.unique(found["mask_cars_trucks"])) == {0, 3}
    assert found["cars"].attrs["ancillary_variables"] == "mask_cars_trucks"
    assert ((found["mask_cars_trucks"] > 0).values == (seen[mask] > 0).values).all()
    assert not found["cars"].where(found["mask_cars_trucks"] == 0, 0).any()
    xarray.testing.assert_equal(seen.coords.to_dataset(), found.coords.to_dataset())
    west, _, _, north = tile.bounds
    left, top = Transformer.from_crs(4326, 3857, always_xy=True).transform(west, north)
    assert float(seen.x[0]) - left == pytest.approx((float(seen.x[1]) - float(seen.x[0])) / 2)
    assert top - float(seen.y[0]) == pytest.approx((float(seen.y[0]) - float(seen.y[1])) / 2)


def test_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spaceknow_client.runtime.extras.find_spec", lambda name: None)
    with pytest.raises(sk.ConfigError, match=r"spaceknow-client\[xarray\]"):
        sk.open_ski(b"")
