"""Areas as strings and files of many formats."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import json
import lzma
import re
import sqlite3
import subprocess
import sys
import zipfile
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import spaceknow_client as sk
from spaceknow_client.extents.wgs84 import check_name

BOX = shapely.box(153.0, -27.4, 153.1, -27.3)
OTHER = shapely.box(153.2, -27.4, 153.3, -27.3)
GEOJSON = json.dumps(sk.Extent(BOX).to_geojson())
BOUNDS = (153.0, -27.4, 153.1, -27.3)
FRAME = geopandas.GeoDataFrame({"name": ["a", "b"]}, geometry=[BOX, OTHER], crs="OGC:CRS84")
TOPOJSON = {
    "type": "Topology",
    "objects": {"area": {"type": "Polygon", "arcs": [[0]]}},
    "arcs": [[[153.0, -27.4], [153.1, -27.4], [153.1, -27.3], [153.0, -27.3], [153.0, -27.4]]],
}
ESRI = {
    "rings": [[[153.0, -27.4], [153.0, -27.3], [153.1, -27.3], [153.1, -27.4], [153.0, -27.4]]],
    "spatialReference": {"wkid": 4326},
}


def lines(*shapes: Any, before: str = "") -> str:
    made = (
        {"type": "Feature", "properties": {}, "geometry": sk.Extent(s).to_geojson()} for s in shapes
    )
    return "".join(f"{before}{json.dumps(feature)}\n" for feature in made)


TEXTS = {
    "GeoJSON": GEOJSON,
    "GeoJSON with a BOM": "\ufeff" + GEOJSON,
    "lines": lines(BOX, BOX),
    "lines with blank ones": "\n" + lines(BOX) + "\n\r\n" + lines(BOX),
    "sequence": lines(BOX, BOX, before="\x1e"),
    "sequence of one": lines(BOX, before="\x1e"),
    "sequence with line breaks": lines(BOX, BOX, before="\x1e").replace(", ", ",\n"),
    "GeoJSON with markup in it": '{"type": "Feature", "properties": {"html": "<b>a</b>"}, "geometry": '
    f"{GEOJSON}}}",
    "WKT": BOX.wkt,
    "WKT in lower case": BOX.wkt.lower(),
    "WKT in lines": BOX.wkt.replace(", ", ",\n  "),
    "WKT with heights": shapely.force_3d(BOX, 7).wkt,
    "WKT without a blank": "POLYGONZ" + shapely.force_3d(BOX, 7).wkt.removeprefix("POLYGON Z "),
    "WKT with exponents": "POLYGON((1.53E2 -274e-1,153.1 -27.4,153.1 -27.3,+153. -27.3,1.53e+2 -27.4))",
    "EWKT": "SRID=4326;" + BOX.wkt,
    "WKT of a multipolygon": shapely.MultiPolygon([BOX]).wkt,
    "WKT of a collection": shapely.GeometryCollection([BOX, shapely.MultiPolygon([BOX])]).wkt,
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_texts(name: str, encoding: str, tmp_path: Path) -> None:
    assert sk.Extent(TEXTS[name]).bounds == BOUNDS
    path = tmp_path / "area.txt"
    path.write_bytes(TEXTS[name].removeprefix("\ufeff").encode(encoding))
    assert sk.Extent.from_file(path) == sk.Extent.from_file(str(path)) == sk.Extent(TEXTS[name])


@settings(max_examples=40)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(-180, 180), st.floats(-90, 90)), min_size=3), min_size=1
    )
)
def test_wkt_says_what_geojson_does(rings: list[list[tuple[int, float]]]) -> None:
    closed = [[*ring, ring[0]] for ring in rings]
    texts = [f"(({', '.join(f'{x!r} {y!r}' for x, y in ring)}))" for ring in closed]
    coordinates = [[[list(point) for point in ring]] for ring in closed]
    for wkt, geojson in (
        (f"POLYGON {texts[0]}", {"type": "Polygon", "coordinates": coordinates[0]}),
        (f"MULTIPOLYGON ({','.join(texts)})", {"type": "MultiPolygon", "coordinates": coordinates}),
    ):
        read: list[Any] = []
        for source in (wkt, geojson):
            try:
                read.append(sk.Extent(source).to_geojson())
            except sk.InvalidExtentError as error:
                read.append(str(error))
        assert read[0] == read[1]


def written(path: Path, name: str) -> Path:
    """A file of a format with both boxes."""
    match name:
        case "parquet":
            FRAME.to_parquet(path / "area.parquet")
        case "feather":
            FRAME.to_feather(path / "area.feather")
        case "zip":
            FRAME.to_file(path / "area.shp")
            with zipfile.ZipFile(path / "area.zip", "w") as archive:
                for part in path.glob("area.*"):
                    if part.suffix != ".zip":
                        archive.write(part, part.name)
        case "kmz":
            FRAME.to_file(path / "doc.kml", driver="KML")
            with zipfile.ZipFile(path / "area.kmz", "w") as archive:
                archive.write(path / "doc.kml", "doc.kml")
        case "topojson":
            (path / "area.topojson").write_text(json.dumps(TOPOJSON))
        case "esrijson":
            (path / "area.esrijson").write_text(json.dumps(ESRI))
        case "kml" | "gml" | "geojsonseq":
            drivers = {"kml": "KML", "gml": "GML", "geojsonseq": "GeoJSONSeq"}
            FRAME.to_file(path / f"area.{name}", driver=drivers[name])
        case _:
            FRAME.to_file(path / f"area.{name}")
    return path / f"area.{name}"


NAMES = "geojson geojsonseq shp zip gpkg kml kmz gml fgb parquet feather topojson esrijson"
FORMATS = NAMES.split()


@pytest.mark.parametrize("name", FORMATS)
def test_files_that_geopandas_reads(name: str, tmp_path: Path) -> None:
    west, south, east, north = sk.Extent.from_file(written(tmp_path, name)).bounds
    assert (west, south, north) == pytest.approx((153.0, -27.4, -27.3))
    assert east == pytest.approx(153.1 if "json" in name and name[0] in "te" else 153.3)


def test_dicts_of_other_formats_are_read_as_their_text_is() -> None:
    for value in (TOPOJSON, ESRI):
        assert sk.Extent(value).bounds == sk.Extent(json.dumps(value)).bounds == BOUNDS
    with pytest.raises(sk.InvalidExtentError, match="EPSG:3857"):
        sk.Extent({**ESRI, "spatialReference": {"wkid": 102100, "latestWkid": 3857}})


NAMED = {
    "area.tif": (b"II*\0....", "TIFF image"),
    "area.png": (b"\x89PNG\r\n", "PNG image"),
    "area.pdf": (b"%PDF-1.7", "PDF document"),
    "area.nc": (b"CDF\x01", "NetCDF file"),
    "area.h5": (b"\x89HDF\r\n", "HDF5 file"),
    "area.geojson.gz": (gzip.compress(GEOJSON.encode()), "gzip archive"),
    "area.html": (b"<!DOCTYPE html>\n<html><body>404</body></html>", "XML"),
    "area.svg": (b'<?xml version="1.0"?><svg xmlns="x"></svg>', "XML"),
    "track.gpx": (b'<gpx version="1.1"><trk></trk></gpx>', "XML, <gpx>"),
    "area.geojson.bz2": (bz2.compress(GEOJSON.encode()), "bzip2 archive"),
    "area.geojson.xz": (lzma.compress(GEOJSON.encode()), "xz archive"),
    "big.tif": (b"II+\0\x08\0\0\0", "TIFF image"),
    "area.dwg": (b"AC1032\0\0", "DWG drawing"),
    "binary.wkb": (BOX.wkb, "file of WKB"),
    "plain.sqlite": (b"", "without polygons"),
    "area.csv": (b"name,lon,lat\na,153,-27\n", "neither JSON nor WKT"),
    "area.txt": (b"153.0,-27.4,153.1,-27.3", "four numbers"),
    "area.wkb": (BOX.wkb_hex.encode(), "WKB"),
    "area.dbf": (b"\x03\x7a\x01\x01\x00\x00", "not Unicode text|neither JSON"),
    "area.pickle": (b"\x80\x05\x95\xff\xfe", "not Unicode text"),
    "area.json": (GEOJSON[:40].encode(), "invalid JSON"),
    "cut.ndjson": ((lines(BOX, BOX) + '{"type": ').encode(), "invalid JSON in line 3"),
    "name.geojson": (b"area.geojson", "neither JSON nor WKT"),
    "empty.geojson": (b"", "empty"),
    "array.json": (b"[153.0, -27.4, 153.1, -27.3]", "list is not an extent"),
    "osm.json": (b'{"version": 0.6, "elements": []}', "no type"),
    "route.wkt": (b"LINESTRING (0 0, 1 1)", "a LineString has no area"),
    "curve.wkt": (b"CURVEPOLYGON (CIRCULARSTRING (0 0, 1 1, 0 0))", "CURVEPOLYGON"),
}


@pytest.mark.parametrize("name", NAMED)
def test_what_nothing_reads_is_named(name: str, tmp_path: Path) -> None:
    data, problem = NAMED[name]
    (tmp_path / name).write_bytes(data)
    if name.endswith("sqlite"):
        with contextlib.closing(sqlite3.connect(tmp_path / name)) as database:
            database.execute("CREATE TABLE places (name TEXT)")
    with pytest.raises(sk.InvalidExtentError, match=problem) as caught:
        sk.Extent.from_file(tmp_path / name)
    assert "from_file" not in str(caught.value)


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(sk.InvalidExtentError, match="is a folder"):
        sk.Extent.from_file(tmp_path)
    with pytest.raises(sk.InvalidExtentError, match="No such file"):
        sk.Extent.from_file(tmp_path / "none")
    for source in (tmp_path, "area.geojson", str(tmp_path / "area.shp")):
        with pytest.raises(sk.InvalidExtentError, match="from_file"):
            sk.Extent(source)  # type: ignore[arg-type]
    with pytest.raises(sk.InvalidExtentError, match="from_bounds"):
        sk.Extent(BOUNDS)  # type: ignore[arg-type]


def test_layers_are_chosen_by_the_caller(tmp_path: Path) -> None:
    for layer in ("parks", "roads"):
        FRAME.to_file(tmp_path / "city.gpkg", layer=layer)
    with pytest.raises(sk.InvalidExtentError, match="several layers: parks, roads"):
        sk.Extent.from_file(tmp_path / "city.gpkg")


@pytest.mark.parametrize("name", ["shp", "gpkg", "fgb", "parquet"])
def test_a_file_in_meters_is_refused_with_its_number(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"area.{name}"
    meters = FRAME.to_crs("EPSG:32756")
    meters.to_parquet(path) if name == "parquet" else meters.to_file(path)
    with pytest.raises(sk.InvalidExtentError, match="EPSG:32756, not in WGS84"):
        sk.Extent.from_file(path)


def test_without_the_extra_the_format_and_the_extra_are_named(tmp_path: Path) -> None:
    for name in FORMATS[1:]:
        written(tmp_path, name)
    code = (
        "import sys, spaceknow_client as sk\n"
        "sys.modules.update(dict.fromkeys(['numpy', 'shapely', 'pyproj', 'geopandas', 'pyogrio']))\n"
        "for path in sys.argv[1:]:\n"
        "    try:\n"
        "        print(sk.Extent.from_file(path).bounds)\n"
        "    except sk.InvalidExtentError as error:\n"
        "        print(error)\n"
    )
    paths = [str(tmp_path / f"area.{name}") for name in FORMATS[1:]]
    ran = subprocess.run(
        [sys.executable, "-c", code, *paths], check=True, capture_output=True, text=True
    )
    told = dict(zip(FORMATS[1:], ran.stdout.splitlines(), strict=True))
    assert told.pop("geojsonseq").startswith("(153.0")
    names = ["shapefile", "zip archive", "GeoPackage", "KML", "zip archive", "GML", "FlatGeobuf"]
    names += ["GeoParquet", "Feather file", "TopoJSON", "Esri JSON"]
    for line, name in zip(told.values(), names, strict=True):
        assert f"is a {name}" in line or f"is {name}" in line
        assert "spaceknow-client[geo]" in line


WGS84 = """
EPSG:4326 epsg:4326 EPSG::4326 urn:ogc:def:crs:EPSG::4326 urn:ogc:def:crs:EPSG:6.9:4326
urn:ogc:def:crs:EPSG:8.8.1:4326 urn:x-ogc:def:crs:EPSG:4326 http://www.opengis.net/def/crs/EPSG/0/4326
http://www.opengis.net/gml/srs/epsg.xml#4326 http://spatialreference.org/ref/epsg/4326/
https://spatialreference.org/ref/epsg/4326/proj4/ https://epsg.io/4326 urn:ogc:def:crs:OGC:1.3:CRS84
urn:ogc:def:crs:OGC::CRS84 OGC:CRS84 OGC:CRS84h CRS84 CRS:84 http://www.opengis.net/def/crs/OGC/1.3/CRS84
urn:ogc:def:crs:OGC:2:84 WGS84 WGS_84 wgs84 GCS_WGS_1984 EPSG:4979
"""
OTHERS = """
EPSG:43260 EPSG:14326 EPSG:3857 EPSG:2154 urn:ogc:def:crs:EPSG::3857 urn:ogc:def:crs:EPSG:4326:3857
EPSG:32633 EPSG:4269 NAD83 urn:ogc:def:crs:OGC:1.3:CRS83 CRS27 my4326 ESRI:104326 CRS84x IAU:4326
http://example.com/4326/other EPSG:4326+5773 http://www.opengis.net/def/crs/EPSG/0/3857
"""
SPELLINGS = [*WGS84.split(), "WGS 84", "WGS 1984", "+proj=longlat +datum=WGS84 +no_defs", "4326"]


@pytest.mark.parametrize("name", SPELLINGS)
def test_wgs84_in_every_spelling(name: str) -> None:
    polygon = json.loads(GEOJSON)
    for crs in (
        name,
        {"type": "name", "properties": {"name": name}},
        {"type": "link", "properties": {"href": name, "type": "proj4"}},
    ):
        assert sk.Extent({**polygon, "crs": crs}).bounds == BOUNDS
    assert sk.Extent({**polygon, "crs": {"type": "EPSG", "properties": {"code": 4326}}})
    assert sk.Extent({**polygon, "crs": None})


@pytest.mark.parametrize(
    "name",
    [
        *OTHERS.split(),
        "WGS 84 / UTM zone 33N",
        "WGS 84 / Pseudo-Mercator",
        "+proj=utm +zone=33 +datum=WGS84",
        "+proj=longlat +datum=NAD83",
        "",
    ],
)
def test_what_is_not_wgs84_is_told_in_full(name: str) -> None:
    crs = {"type": "name", "properties": {"name": name}}
    with pytest.raises(sk.InvalidExtentError) as caught:
        sk.Extent({**json.loads(GEOJSON), "crs": crs})
    assert caught.value.path == "crs"
    number = re.search(r"EPSG[^+]*?(\d+)$", name)
    assert (f"EPSG:{number[1]}" if number else name) in str(caught.value)
    with pytest.raises(sk.InvalidExtentError):
        check_name({"type": "EPSG", "properties": {"code": 43260}}, "")


def test_geometries_of_a_database_know_where_they_are() -> None:
    assert sk.Extent(shapely.set_srid(BOX, 4326)) == sk.Extent(BOX)
    with pytest.raises(sk.InvalidExtentError, match="EPSG:3857, not in WGS84"):
        sk.Extent(shapely.from_wkb(shapely.to_wkb(shapely.set_srid(BOX, 3857), include_srid=True)))


@pytest.mark.parametrize(
    ("crs", "number"),
    [
        (32633, 32633),
        ("32633", 32633),
        ({"type": "EPSG", "properties": {"code": 32633}}, 32633),
        (pyproj.CRS(32633).to_wkt(), 32633),
        (pyproj.CRS(32633).to_wkt("WKT1_GDAL"), 32633),
        (pyproj.CRS(32633).to_json_dict(), 32633),
        (pyproj.CRS(4326).to_wkt(), None),
        (pyproj.CRS(4326).to_wkt("WKT1_ESRI"), None),
        (pyproj.CRS(4326).to_wkt("WKT1_GDAL"), None),
        (pyproj.CRS(4326).to_json_dict(), None),
        (pyproj.CRS("OGC:CRS84").to_json_dict(), None),
    ],
)
def test_coordinate_systems_as_programs_write_them(crs: Any, number: int | None) -> None:
    geojson = {**json.loads(GEOJSON), "crs": crs}
    if number is None:
        assert sk.Extent(geojson).bounds == BOUNDS
        return
    with pytest.raises(sk.InvalidExtentError, match=f"in EPSG:{number}, not in WGS84"):
        sk.Extent(geojson)


KINDS: dict[str, Any] = {
    "numpy.float64": np.float64,
    "numpy.float32": lambda x: np.float32(round(x, 3)),
    "Decimal": lambda x: Decimal(str(x)),
    "Fraction": Fraction,
}


@pytest.mark.parametrize("kind", KINDS)
def test_coordinates_of_other_types(kind: str) -> None:
    make = KINDS[kind]
    ring = shapely.get_coordinates(BOX).tolist()
    polygon = {"type": "Polygon", "coordinates": [[[make(x), make(y)] for x, y in ring]]}
    extent = sk.Extent(polygon)
    assert extent.bounds == pytest.approx(BOUNDS, abs=1e-5)
    assert {type(n) for p in extent.to_geojson()["coordinates"][0] for n in p} == {float}
    assert extent.size_in_bytes > 0
    assert sk.Extent.from_bounds(*map(make, BOUNDS)).bounds == pytest.approx(BOUNDS, abs=1e-5)


def test_coordinates_in_arrays() -> None:
    points = shapely.get_coordinates(BOX)
    as_integers = np.array([[0, 0], [2, 0], [2, 2], [0, 0]])
    for rings in (
        [points],
        np.array([points]),
        (tuple(map(tuple, points)),),
        [pd.DataFrame(points).values],
    ):
        assert sk.Extent({"type": "Polygon", "coordinates": rings}) == sk.Extent(BOX)
    extent = sk.Extent({"type": "Polygon", "coordinates": [as_integers]})
    assert extent.to_geojson()["coordinates"] == [[[0, 0], [2, 0], [2, 2], [0, 0]]]
    for odd in (True, np.True_, "153", b"153", None, 1j, Decimal("NaN"), Decimal("1e400"), 10**400):
        ring = [[odd, 1], [1, 0], [1, 1], [odd, 1]]
        with pytest.raises(sk.InvalidExtentError, match="number of degrees"):
            sk.Extent({"type": "Polygon", "coordinates": [ring]})


def test_heights_and_measures_are_not_sent() -> None:
    ring = [[*point, 7.0, 8.0] for point in shapely.get_coordinates(BOX).tolist()]
    flat = sk.Extent(BOX)
    for length in (2, 3, 4):
        some = sk.Extent({"type": "Polygon", "coordinates": [[p[:length] for p in ring]]})
        assert some == flat
        assert some.area == flat.area
        assert some.simplify_to(1000).extent.area == some.repaired().area == flat.area
    mixed = [point[: 2 + number % 3] for number, point in enumerate(ring)]
    assert sk.Extent({"type": "Polygon", "coordinates": [mixed]}) == flat


def test_features_without_a_geometry_are_passed_over() -> None:
    none: dict[str, Any] = {"type": "Feature", "properties": {}, "geometry": None}
    one = {"type": "Feature", "properties": {}, "geometry": json.loads(GEOJSON)}
    for features in ([none, one], [one, none], [none, one, none]):
        extent = sk.Extent({"type": "FeatureCollection", "features": features})
        assert extent.to_geojson()["geometries"] == [json.loads(GEOJSON)]
    empty = [None, shapely.Polygon(), shapely.MultiPolygon(), shapely.Point()]
    frame = geopandas.GeoDataFrame(geometry=[*empty, BOX], crs=4326)
    assert sk.Extent(frame).area == sk.Extent(BOX).area
    assert sk.Extent(f"GEOMETRYCOLLECTION (POLYGON EMPTY, {BOX.wkt})").bounds == BOUNDS
    for nothing in (*empty[1:], geopandas.GeoSeries(empty, crs=4326), shapely.GeometryCollection()):
        with pytest.raises(sk.InvalidExtentError, match=r"no ring|no polygon|no area"):
            sk.Extent(nothing)
    for source in (none, {"type": "FeatureCollection", "features": [none]}):
        with pytest.raises(sk.InvalidExtentError, match=r"no geometry|no polygon"):
            sk.Extent(source)


def test_whatever_knows_where_it_is_is_an_extent() -> None:
    tile = sk.Tile(16, 60644, 37939)
    made = sk.KrakenMap(map_id="m", max_zoom=20, tiles=(tile, sk.Tile(16, 60645, 37939)))
    grid = sk.decompose(BOX, 5_000)
    assert sk.Extent(tile).bounds == tile.bounds
    assert sk.Extent(made).area == pytest.approx(2 * sk.Extent(tile).area, rel=1e-6)
    assert len(geopandas.GeoDataFrame.from_features(made)) == 2
    assert sk.Extent(grid).area == pytest.approx(sk.Extent(BOX).area, rel=1e-6)
    assert sk.Extent(grid[0]).to_geojson() == grid[0].intersection
    footprint = {"type": "MultiPolygon", "coordinates": [json.loads(GEOJSON)["coordinates"]]}
    scene = sk.Scene.from_dict(
        {
            "sceneId": "s",
            "provider": "gbdx",
            "dataset": "d",
            "satellite": "WV02",
            "datetime": "2018-03-31 10:20:00",
            "footprint": footprint,
        }
    )
    assert sk.Extent(scene).to_geojson() == footprint
    feature = {"type": "Feature", "properties": {}, "geometry": json.loads(GEOJSON)}
    assert sk.Extent(sk.Detections([feature])).bounds == BOUNDS
    assert shapely.geometry.shape(scene).equals(BOX)
