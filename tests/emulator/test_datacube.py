"""Datacube: tables of data points, and the catalogue."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pytest

from spaceknow_client.emulator import Emulator
from spaceknow_client.emulator.stores.datapoints import MOST

from .conftest import Api, code

DATAPOINTS = "/datacube/datapoints/get"
COLUMNS = [
    "version",
    "startDatetime",
    "endDatetime",
    "algorithm",
    "project",
    "aoiId",
    "source",
    "firstSeen",
    "value",
]


def only(field: str, *values: Any) -> dict[str, Any]:
    return {"field": field, "type": "value-list", "params": {"values": list(values)}}


def place(label: Any) -> dict[str, Any]:
    return {"field": "aoi", "type": "geo-intersects", "params": {"geometryLabel": label}}


def table(api: Api, *filters: Any, **members: Any) -> list[dict[str, str]]:
    answer = api.run(DATAPOINTS, {"filters": list(filters), **members})
    assert answer.status_code == 200, answer.text
    link = answer.json()["csvLink"]
    assert link.startswith(api.emu.url)
    plain = httpx.get(link)  # neither a token nor a session
    assert plain.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(plain.text)))
    assert plain.text.splitlines()[0].split(",") == COLUMNS
    return rows


def values(rows: list[dict[str, str]], column: str) -> set[str]:
    return {row[column] for row in rows}


def test_filters_cut_the_table(api: Api) -> None:
    rows = table(api, only("project", "coal"), only("algorithm", "night_lights_sum"))
    assert len(rows) == 3 * 120  # three places, ten years of months
    assert values(rows, "project") == {"coal"}
    assert values(rows, "source") == {"viirs_nl_monthly"}
    assert values(rows, "aoiId") == {"hay-point", "newcastle", "richards-bay"}
    assert rows[0]["startDatetime"] == "2014-01-01 00:00:00"
    assert rows[0]["endDatetime"] == "2014-02-01 00:00:00"
    assert all(float(row["value"]) > 300 for row in rows)
    nothing = table(api, only("source", "landsat_8"), only("algorithm", "stockpile_area"))
    assert nothing == []


def test_places_are_filtered_by_label(api: Api) -> None:
    night = only("algorithm", "night_lights_sum")
    assert values(table(api, night, place("australia"), only("project", "coal")), "aoiId") == {
        "hay-point",
        "newcastle",
    }
    assert values(table(api, night, place("tomago")), "aoiId") == {"tomago"}
    assert table(api, night, place("tomago"), place("africa")) == []
    for label in ("atlantis", 5, None, ["world"]):
        answer = api.post(f"{DATAPOINTS}/initiate", {"filters": [place(label)]})
        assert code(answer) == (404, "NON-EXISTENT-GEOMETRY")


def test_duplicates_are_older_versions(api: Api) -> None:
    filters = (only("algorithm", "ndmi_mean"), place("mozal"))
    newest = table(api, *filters)
    every = table(api, *filters, keepDuplicates=True)
    assert values(newest, "version") == {"1.1"}
    assert values(every, "version") == {"1.0", "1.1"}
    assert len(every) == 2 * len(newest)
    old = table(api, *filters, only("version", "1.0"))
    assert values(old, "version") == {"1.0"}


def test_the_world_of_data_points_is_always_the_same(api: Api) -> None:
    query = {"filters": [only("algorithm", "stockpile_area"), place("newcastle")]}
    with Emulator(seconds_per_pipeline=0) as emu, Api(emu) as other:
        links = [each.run(DATAPOINTS, query).json()["csvLink"] for each in (api, other)]
        one, two = (httpx.get(link).text for link in links)
    assert one == two
    assert links[0].removeprefix(api.emu.url) == links[1].removeprefix(emu.url)


def test_too_many_data_points_fail(api: Api) -> None:
    everything = api.run(DATAPOINTS, {"filters": [], "keepDuplicates": True})
    assert code(everything) == (424, "TOO-MANY-DATAPOINTS")
    assert str(MOST) in everything.json()["errorMessage"]


def test_packages_open_projects(api: Api) -> None:
    start = f"{DATAPOINTS}/initiate"
    for project in ("copper", "unheard-of"):
        answer = api.post(start, {"filters": [only("project", project)]})
        assert code(answer) == (403, "NO-MATCHING-PACKAGE")
    assert values(table(api, only("project", "copper", "coal"), place("newcastle")), "project") == {
        "coal"
    }
    assert table(api, place("chuquicamata")) == []
    with Emulator(seconds_per_pipeline=0) as emu, Api(emu) as lone:
        emu.add_user("lone@example.com", "secret", group=None)
        lone.token = lone.login("lone@example.com", "secret").json()["id_token"]
        assert code(lone.post(start, {"filters": []})) == (403, "NO-MATCHING-PACKAGE")
        assert lone.post("/datacube/catalogue/get").json() == {}


@pytest.mark.parametrize(
    "body",
    [
        {"filters": [only("color", "red")]},
        {"filters": [{**only("project"), "params": {}}]},
        {"filters": [{**only("project"), "params": {"values": "coal"}}]},
        {"filters": [{**only("startDatetime"), "type": "time-range"}]},
        {"filters": [{**place("world"), "field": "project"}]},
        {"filters": [{"field": "project"}]},
    ],
)
def test_filters_that_are_not_understood(api: Api, body: Any) -> None:
    assert code(api.post(f"{DATAPOINTS}/initiate", body)) == (400, "EMULATOR-INVALID-BODY")


def test_postprocessing_is_not_supported(api: Api) -> None:
    body = {"filters": [], "postprocess": [{"type": "mean"}]}
    answer = api.post(f"{DATAPOINTS}/initiate", body)
    assert code(answer) == (422, "UNSUPPORTED-POSTPROCESS")


@pytest.mark.parametrize("options", [{}, {"json": {}}])
def test_the_catalogue(api: Api, options: dict[str, Any]) -> None:
    found = api.post("/datacube/catalogue/get", **options).json()
    assert set(found) == {"ndmi_mean", "night_lights_sum", "stockpile_area"}
    assert found["ndmi_mean"][0] == {
        "project": "aluminium",
        "source": "landsat_8",
        "version": "1.1",
        "aoiIds": ["boyne-island", "tomago", "mozal"],
    }


def test_files_are_read_and_nothing_else(api: Api) -> None:
    link = api.run(DATAPOINTS, {"filters": [place("tomago")]}).json()["csvLink"]
    assert httpx.head(link).status_code == 200
    assert httpx.get(link).headers["spaceknow-request-id"]
    refused = httpx.post(link)
    assert code(refused) == (405, "METHOD-NOT-ALLOWED")
    assert refused.headers["allow"] == "GET, HEAD"
    for wrong in (link + "x", link.replace("datapoints.csv", ""), api.emu.url + "/emulator-files/"):
        assert code(httpx.get(wrong)) == (404, "NON-EXISTENT-ENDPOINT")


def test_the_catalogue_needs_no_body(api: Api) -> None:
    assert api.post("/datacube/catalogue/get").status_code == 200


def test_a_result_is_refused_until_its_time(slow: Api) -> None:
    base = "/datacube/datapoints/get"
    name = slow.start(base, {"filters": []})
    for _ in range(3):
        assert code(slow.retrieve(base, name)) == (400, "PIPELINE-NOT-PROCESSED")
    slow.emu.clock.advance(10)
    assert slow.retrieve(base, name).status_code == 200
