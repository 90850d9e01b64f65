"""Data points as a table, and the download of their file: no token or link shown, time and size limited."""

from __future__ import annotations

import logging
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator, Fault
from spaceknow_client.interop.datapoint_frame import frame
from tests.conftest import Both, on_every_kind
from tests.faults.wire import WireServer

ALUMINIUM = [{"field": "project", "type": "value-list", "params": {"values": ["aluminium"]}}]
SMALL = b"startDatetime,version,value\n2020-01-02 00:00:00,1.0,2.5\n2020-01-01 00:00:00,1.10,\n"
SECRET = "/signed-path-that-nobody-should-see/points.csv?signature=0123456789abcdef%2B"
NO_WAIT = sk.RetryPolicy(backoff=0)


@on_every_kind
async def test_a_query_becomes_a_table(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    run = await both.settle(client.datacube.datapoints(ALUMINIUM))
    table = await both.settle(client.datacube.dataframe(await both.settle(run.result())))
    assert isinstance(table.index, pd.DatetimeIndex)
    assert str(table.index.tz) == "UTC"
    assert table.index.is_monotonic_increasing
    assert set(table["project"]) == {"aluminium"}
    assert set(table["version"]) == {"1.0", "1.1", "2.0"}
    assert table["value"].dtype == "float64"
    assert len(table.loc["2015"]) < len(table)
    monthly = table[table["algorithm"] == "night_lights_sum"].groupby("aoiId")["value"]
    assert len(monthly.resample("YS").mean()) == 3 * 10


def table_at(server: WireServer, path: str = SECRET) -> sk.DatapointsResult:
    return sk.DatapointsResult(csv_link=server.url + path)


@on_every_kind
async def test_no_token_goes_to_where_the_file_is(both: Both, emulator: Emulator) -> None:
    with WireServer([Fault.body(SMALL)]) as storage:
        client = both.of(emulator)
        await both.settle(client.user.info())  # it is logged in
        table = await both.settle(client.datacube.dataframe(table_at(storage)))
    assert table["value"].iloc[1] == 2.5
    assert table["version"].tolist() == ["1.10", "1.0"]
    (seen,) = storage.requests
    assert seen.path == SECRET
    assert not {"authorization", "cookie", "content-type"} & set(seen.headers)


@on_every_kind
async def test_the_link_is_told_to_nobody(
    both: Both, emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="spaceknow_client")
    events: list[Any] = []
    hooks = sk.Hooks(on_request=events.append, on_retry=events.append)
    answers = [Fault.status(503, retry_after=0), Fault.status(403)]
    with WireServer(answers) as storage:
        client = both.of(emulator, retry=NO_WAIT, hooks=hooks)
        with pytest.raises(sk.DownloadError, match="status 403") as caught:
            await both.settle(client.datacube.dataframe(table_at(storage)))
    assert len(storage.requests) == 2
    assert [event.status for event in events] == [503, 503, 403]
    assert events[0].host == "127.0.0.1"
    # httpx logs the URL of every request at level INFO.
    ours = [each.getMessage() for each in caplog.records if each.name == "spaceknow_client"]
    told = f"{caught.value!r} {caught.value} {vars(caught.value)} {events} {ours}"
    assert "datacube.datapoints.csv_link" in told
    assert "signed-path" not in told
    assert "signature" not in told


async def test_what_is_lost_is_fetched_again(both: Both, emulator: Emulator) -> None:
    with WireServer([Fault.drop(), Fault.status(429), Fault.body(SMALL)]) as storage:
        client = both.of(emulator, retry=NO_WAIT)
        assert len(await both.settle(client.datacube.dataframe(table_at(storage)))) == 2
    with WireServer([]) as nobody:
        client = both.of(emulator, retry=NO_WAIT)
        with pytest.raises(sk.DownloadError, match="could not connect to"):
            await both.settle(client.datacube.dataframe(table_at(nobody)))
    with WireServer([Fault.silence(5)]) as silent:
        client = both.of(emulator, deadline=0.3)
        with pytest.raises((sk.DownloadError, sk.DeadlineExceededError)):
            await both.settle(client.datacube.dataframe(table_at(silent)))


async def test_limits_and_redirects(both: Both, emulator: Emulator) -> None:
    away = {"location": f"{emulator.url}/user/info"}
    with WireServer([Fault.body(SMALL), Fault.body(b"", status=302, headers=away)]) as storage:
        small = both.of(emulator, max_response_bytes=20)
        with pytest.raises(sk.InvalidResponseError, match="larger than 20"):
            await both.settle(small.datacube.dataframe(table_at(storage)))
        with pytest.raises(sk.DownloadError, match="302"):
            await both.settle(both.of(emulator).datacube.dataframe(table_at(storage)))
    assert emulator.calls("user.info") == []


@pytest.mark.parametrize(
    "link",
    [
        *("", "points.csv", "ftp://storage/points.csv", "file:///etc/passwd", "http://", "//a/b"),
        *("http://storage.example.com/points.csv", "https://user:password@a.example/x"),
        *("https://a.example/ x", "https://a.example:0/", "https://[::1", "https://ä.example/\n"),
        "https://a.example:99999999/",
    ],
)
async def test_a_link_that_is_none(link: str, both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    with pytest.raises(sk.InvalidResponseError, match="not an https URL"):
        await both.settle(client.datacube.dataframe(sk.DatapointsResult(csv_link=link)))


async def test_a_service_elsewhere_does_not_name_files_of_this_machine(both: Both) -> None:
    client = both.connect(sk.Environment.PRODUCTION, auth=sk.TokenAuth("t"))
    with pytest.raises(sk.InvalidResponseError, match="not an https URL"):
        await both.settle(
            client.datacube.dataframe(sk.DatapointsResult(csv_link="http://127.0.0.1:1/x"))
        )


async def test_what_is_no_result(both: Both, emulator: Emulator) -> None:
    client = both.of(emulator)
    for wrong in (None, "https://a.example/x.csv", ALUMINIUM):
        with pytest.raises(sk.InvalidArgumentError, match="DatapointsResult"):
            await both.settle(client.datacube.dataframe(wrong))


def test_texts_stay_texts_and_numbers_numbers() -> None:
    table = frame(
        b"startDatetime,endDatetime,firstSeen,aoiId,version,value,count,note\r\n"
        b"2020-01-01 00:00:00,2020-01-02 00:00:00,,NA,007,1e3,3,x\r\n"
        b"2020-01-01 12:30:00,2020-01-02 00:00:00,2020-02-01 00:00:00,null,1.10,nan,4,\r\n"
    )
    assert table["aoiId"].tolist() == ["NA", "null"]
    assert table["version"].tolist() == ["007", "1.10"]
    assert table["value"].iloc[0] == 1000
    assert pd.isna(table["value"].iloc[1])
    assert table["count"].tolist() == [3, 4]
    assert table["note"].tolist() == ["x", ""]
    assert pd.isna(table["firstSeen"].iloc[0])
    assert table["endDatetime"].iloc[0] == pd.Timestamp("2020-01-02", tz="UTC")
    nothing = frame(b"startDatetime,value\n")
    assert len(nothing) == 0
    assert isinstance(nothing.index, pd.DatetimeIndex)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "no column"),
        (b"<html>\n<body>a,b</body>\n</html>", "invalid CSV"),
        (b"\xff\xfe\x00", "invalid CSV"),
        (b"value\n1\n", "no column startDatetime"),
        (b"startDatetime,value\n2020-01-01,1,2\n", "invalid CSV"),
        (b"startDatetime,value\n2020-01-01\n", "invalid CSV"),
        (b'startDatetime,value\n"2020-01-01,1\n', "invalid CSV"),
        (b"startDatetime,startDatetime\n2020-01-01,2020-01-01\n", "invalid CSV"),
        (b"startDatetime,value\nyesterday,1\n", "startDatetime of a data point is not a time"),
        (b"startDatetime,endDatetime\n2020-01-01,soon\n", "endDatetime of a data point"),
        (b"startDatetime,value\n,1\n", "has no startDatetime"),
    ],
)
def test_what_is_no_table_of_data_points(content: bytes, problem: str) -> None:
    with pytest.raises(sk.InvalidResponseError, match=problem):
        frame(content)


@settings(deadline=None)
@given(st.binary(max_size=80) | st.text("startDatetime,value\n\"'0123-: ", max_size=80))
def test_no_other_error_comes_of_any_content(content: bytes | str) -> None:
    raw = content if isinstance(content, bytes) else b"startDatetime,value\n" + content.encode()
    try:
        assert isinstance(frame(raw), pd.DataFrame)
    except sk.InvalidResponseError:
        return


async def test_the_extra_is_named(
    both: Both, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spaceknow_client.runtime.extras.find_spec", lambda name: None)
    client = both.of(emulator)
    with pytest.raises(sk.ConfigError, match=r"spaceknow-client\[pandas\]"):
        await both.settle(client.datacube.dataframe(sk.DatapointsResult(csv_link="x")))
