"""The program of test_new_api.py for shapes.yaml, in a separate process on the generated code."""

from __future__ import annotations

import asyncio
import datetime as dt
import inspect
from functools import partial
from typing import Any

import pytest

import spaceknow_client as sk
from spaceknow_client.emulator import Emulator, Fault

EAST = dt.timezone(dt.timedelta(hours=1))


async def settled(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


def refused(says: str) -> Any:
    return pytest.raises(sk.InvalidArgumentError, match=says)


async def schemas(emu: Emulator, client: Any) -> None:
    """Objects without a name, maps, enumerations of numbers and with null, and times of RFC 3339."""
    create = partial(client.shapes.create, x_tenant="acme")
    made = await settled(
        create(
            2,
            {"width": 1.5, "unit": "km"},
            mood="wild",
            at=dt.datetime(2018, 1, 3, 1, 31, 7, 250_000, EAST),
            until="2018-03",
            seen=dt.datetime(2018, 1, 3, tzinfo=EAST),
            counts={"a": 0},
            parts=[{"name": "p", "at": "2018-01-03T00:00:00+01:00"}],
            note={"any": ["thing"]},
        )
    )
    assert emu.calls("shapes.create")[-1].body == {
        "level": 2,
        "size": {"width": 1.5, "unit": "km"},
        "mood": "wild",
        "at": "2018-01-03T00:31:07.250000Z",
        "until": "2018-03-31T23:59:59Z",
        "seen": "2018-01-02 23:00:00",
        "counts": {"a": 0},
        "parts": [{"name": "p", "at": "2018-01-02T23:00:00Z"}],
        "note": {"any": ["thing"]},
    }
    assert made.at == dt.datetime(2018, 1, 3, 0, 31, 7, 250_000, dt.UTC)
    assert made.at.tzinfo is not None
    assert made.seen == dt.datetime(2018, 1, 3, 0, 31, 7, tzinfo=dt.UTC)
    assert made.history == {"made": dt.datetime(2018, 1, 1, tzinfo=dt.UTC)}
    assert made.corners["a"].x == 1.5
    assert (made.owner.name, made.mood, made.additional_properties) == ("me", None, {"weight": 7})
    written = made.to_dict()
    assert written["at"] == "2018-01-03T00:31:07.250000Z"
    assert written["history"] == {"made": "2018-01-01T00:00:00Z"}
    assert written["corners"] == {"a": {"x": 1.5}}
    assert type(made).from_dict(written) == made

    size = {"width": 1}
    for wrong, says in (
        ({"level": 4}, r"level must be one of 1, 2, 3, not 4"),
        ({"level": True}, "level must be one of 1, 2, 3"),
        ({"level": "2"}, "level must be one of 1, 2, 3"),
        ({"mood": "sad"}, "mood must be one of 'calm', 'wild', not 'sad'"),
        ({"size": {"width": 0}}, r"size\.width must be a number above 0"),
        ({"size": {"width": 1, "unit": "mile"}}, r"size\.unit must be one of 'm', 'km'"),
        ({"size": {}}, r"size\.width is missing"),
        ({"counts": {"a": -1}}, r"counts\.a must be a whole number of at least 0"),
        ({"parts": [{}]}, r"parts\[0\]\.name is missing"),
        ({"at": "in spring"}, "at: 'in spring' is not a time"),
        ({"note": 1}, "note must be an object"),
    ):
        with refused(says):
            await settled(create(**({"level": 1, "size": size} | wrong)))

    other = {"history": {"made": "2018-01-01T00:00:00+01:00"}, "at": "2018-01-03t00:31:07.25z"}
    emu.fault("shapes.create", Fault.json(written | other))
    elsewhere = await settled(create(1, size))
    assert elsewhere.history == {"made": dt.datetime(2017, 12, 31, 23, tzinfo=dt.UTC)}
    assert elsewhere.at == made.at
    answer = dict(written, level=9, mood="new", extra=1)
    emu.fault("shapes.create", Fault.json(answer))
    later = await settled(create(1, size))
    assert (later.level, str(later.mood), later.mood.is_known) == (9, "new", False)
    for member, value in (
        ("history", {"made": 7}),
        ("corners", {"a": {}}),
        ("at", "soon"),
        ("weight", "heavy"),
    ):
        emu.fault("shapes.create", Fault.json(written | {member: value}))
        with pytest.raises(sk.errors.InvalidResponseError, match=member):
            await settled(create(1, size))

    from spaceknow_client.generated.models import ShapesCreateRequest, ShapesCreateRequestSize

    body = ShapesCreateRequest(
        level=3,
        size=ShapesCreateRequestSize(width=2),
        at=dt.datetime(2018, 1, 3, tzinfo=EAST),
        counts={"a": 1},
        additional_properties={"more": 1},
    )
    raw = await settled(client.raw.shapes.create(body=body, x_tenant="acme"))
    assert (raw.parsed.level, raw.status) == (2, 200)
    assert emu.calls("shapes.create")[-1].body == {
        "level": 3,
        "size": {"width": 2},
        "at": "2018-01-02T23:00:00Z",
        "counts": {"a": 1},
        "more": 1,
    }


async def parameters(emu: Emulator, client: Any) -> None:
    """Headers, and arrays and objects in each style."""
    find = partial(client.shapes.find, x_tenant="acme")
    day = dt.datetime(2018, 1, 3, 0, 0, 0, 500_000, EAST)
    await settled(
        find(
            ids=["a", "b&c"],
            trace=7,
            x_marks=["x", "y"],
            x_at=day,
            kinds=["round", "flat"],
            levels=[1, 3],
            words=("to", "go"),
            days=[day, "2018"],
            seen=["2018-01-03"],
            box={"west": -1.5, "isOpen": True},
            order={"a": 1, "b": 2},
            filter_={"color": "red", "after": "2018-01-03"},
        )
    )
    call = emu.calls("shapes.find")[-1]
    assert call.status == 200
    assert call.query == {
        "ids": ["a", "b&c"],
        "kinds": "round,flat",
        "levels": "1|3",
        "words": "to go",
        "days": ["2018-01-02T23:00:00.500000Z", "2018-01-01T00:00:00Z"],
        "seen": "2018-01-03 00:00:00",
        "west": "-1.5",
        "isOpen": "true",
        "order": "a,1,b,2",
        "filter[color]": "red",
        "filter[after]": "2018-01-03T00:00:00Z",
    }
    assert call.headers == {
        "X-Tenant": "acme",
        "X-Trace-Id": "7",
        "X-Marks": "x,y",
        "X-At": "2018-01-02T23:00:00.500000Z",
    }
    await settled(find(ids=["one"], kinds=[]))
    assert emu.calls("shapes.find")[-1].query == {"ids": "one", "kinds": ""}
    from spaceknow_client.generated.models import ShapesFindBox

    await settled(
        client.raw.shapes.find(
            x_tenant="acme", ids=["r"], box=ShapesFindBox(west=2), days=[day], x_trace_id=1
        )
    )
    call = emu.calls("shapes.find")[-1]
    assert call.query == {"ids": "r", "west": "2", "days": "2018-01-02T23:00:00.500000Z"}
    assert call.headers == {"X-Tenant": "acme", "X-Trace-Id": "1"}

    count = len(emu.calls("shapes.find"))
    for wrong, says in (
        ({"ids": []}, "ids must be a non-empty list"),
        ({"ids": "a"}, "ids must be a non-empty list"),
        ({"kinds": ["square"]}, r"kinds\[0\] must be one of 'round', 'flat'"),
        ({"levels": [4]}, r"levels\[0\] must be one of 1, 2, 3"),
        ({"words": ["to go"]}, "words cannot hold 'to go': its parts are told apart by ' '"),
        ({"order": {"a,b": 1}}, "order cannot hold 'a,b'"),
        ({"box": {}}, r"box\.west is missing"),
        ({"filter_": {"color": "pink"}}, r"filter_\.color must be one of"),
        ({"x_tenant": "too long a name"}, "x_tenant must be a non-empty string of at most 9"),
        ({"x_tenant": ""}, "x_tenant must be a non-empty string"),
        ({"x_tenant": "a\r\nX: b"}, "the header X-Tenant must be printable ASCII"),
        ({"x_tenant": "\u017elu\u0165"}, "the header X-Tenant must be printable ASCII"),
        ({"x_marks": ["a,b"]}, "x_marks cannot hold 'a,b'"),
        ({"trace": 0}, "trace must be a whole number of at least 1"),
    ):
        with refused(says):
            await settled(find(**({"ids": ["a"]} | wrong)))
    assert len(emu.calls("shapes.find")) == count
    for sent, says in (
        ({"ids": ["a"], "x_trace_id": 0}, "Header parameter X-Trace-Id: value"),
        ({"ids": ["a"], "levels": [7]}, r"Query parameter levels\.\[\]: enum"),
        ({"ids": ["a"], "kinds": ["square"]}, r"Query parameter kinds\.\[\]: enum"),
    ):
        with pytest.raises(sk.APIError, match=says):  # the emulator checks what raw does not check
            await settled(client.raw.shapes.find(**({"x_tenant": "acme"} | sent)))


async def bodies(emu: Emulator, client: Any) -> None:
    """Forms, files and arrays."""
    day = dt.datetime(2018, 1, 3, 0, 0, 0, 500_000, EAST)
    shapes = client.shapes
    submitted = {"name": "a & b=c", "level": 2, "isOpen": False, "words": ["x", "y z"]}
    submitted |= {"at": "2018-01-02T23:00:00.500000Z", "size": {"width": 1.5}}
    await settled(
        shapes.submit("a & b=c", 2, is_open=False, at=day, words=["x", "y z"], size={"width": 1.5})
    )
    assert emu.calls("shapes.submit")[-1].body == submitted
    await settled(shapes.submit("5", 5, password="p"))
    assert emu.calls("shapes.submit")[-1].body == {"name": "5", "level": 5, "password": "REDACTED"}
    from spaceknow_client.generated.models import Place, ShapesSubmitRequest

    await settled(client.raw.shapes.submit(body=ShapesSubmitRequest(name="n", level=1, at=day)))
    assert emu.calls("shapes.submit")[-1].body["at"] == submitted["at"]
    wrong: dict[str, Any]
    given: Any
    for wrong in ({"level": 0}, {"name": ""}, {"words": "x"}, {"size": {}}, {"name": "\ud800"}):
        with refused(f"{next(iter(wrong))}"):
            await settled(shapes.submit(**({"name": "a", "level": 1} | wrong)))
    with pytest.raises(sk.APIError, match=r"Body\.level: value"):
        await settled(client.raw.shapes.submit(body=ShapesSubmitRequest(name="n", level=0)))

    content = bytes(range(256))
    for given in (content, bytearray(content), memoryview(content)):
        await settled(shapes.upload(given, name="a"))
        assert emu.calls("shapes.upload")[-1].body == content
    await settled(shapes.upload(b"", name="a"))
    assert (await settled(client.raw.shapes.upload(body=content, name="b"))).status == 204
    await settled(shapes.show())
    assert emu.calls("shapes.show")[-1].body is None
    await settled(shapes.show(b"\x89PNG"))
    assert emu.calls("shapes.show")[-1].body == b"\x89PNG"
    for given in ("text", None, 5, [1]):
        with refused("content must be bytes"):
            await settled(shapes.upload(given, name="a"))
    with pytest.raises(sk.errors.RequestTooLargeError):
        await settled(shapes.upload(bytes(10**6), name="a"))

    answer = await settled(shapes.order([{"id": "a", "at": day}, Place(id="b", at=day)]))
    at = "2018-01-02T23:00:00.500000Z"
    assert emu.calls("shapes.order")[-1].body == [{"id": "a", "at": at}, {"id": "b", "at": at}]
    assert [each.tzinfo for each in answer] == [dt.UTC]
    await settled(client.raw.shapes.order(body=[Place(id="a", at=day)]))
    assert emu.calls("shapes.order")[-1].body == [{"id": "a", "at": at}]
    for given, says in (
        ([{}], r"items\[0\]\.id is missing"),
        ([{"id": "a"}] * 4, "items must be a list of at most 3 items"),
        ("abc", "items must be a list"),
        (None, "items must be a list"),
    ):
        with refused(says):
            await settled(shapes.order(given))
    for given, sent in (((), None), (([],), []), (([1, 2],), [1, 2])):
        await settled(shapes.extend(*given))
        assert emu.calls("shapes.extend")[-1].body == sent


async def results(emu: Emulator, client: Any) -> None:
    """Results that are fetched by GET, and cursors with other names."""
    run = await settled(client.shapes.render("round"))
    found = client.pipelines.attach(run.token())
    for each in (run, found):
        assert (await settled(each.result())).title == "example"
        call = emu.calls("shapes.render.retrieve")[-1]
        assert (call.method, call.path, call.body) == ("GET", f"/shapes/render/{run.id}", None)
        assert call.headers == {"X-Kind": "round"}
    with refused("requires values of the initial request"):
        await settled(client.pipelines.attach(run.id, operation="shapes.render").result())
    emu.fail("shapes.render.retrieve", "INVALID-JWT")
    emu.fail("shapes.render.retrieve", "INVALID-JWT")
    with pytest.raises(sk.APIError) as caught:
        await settled(client.pipelines.attach(run.token()).result())
    assert caught.value.pipeline_id == run.id

    items = await settled(client.shapes.scan("here", {"more": 1}).collect())
    assert [item.id for item in items] == ["example"]
    started = [call.body for call in emu.calls("shapes.scan.initiate")[-2:]]
    assert started[0] == {"area": "here", "more": 1}
    assert started[1] == {"area": "here", "more": 1, "pageToken": started[1]["pageToken"]}
    call = emu.calls("shapes.scan.retrieve")[-1]
    assert (call.method, [*call.query]) == ("GET", ["id"])
    with refused("members must not contain 'pageToken', which the method sets"):
        await settled(client.shapes.scan("here", {"pageToken": "x"}).collect())

    items = await settled(client.shapes.browse(kind="a").collect())
    assert [item.id for item in items] == ["example"]
    first, second = (call.query for call in emu.calls("shapes.browse")[-2:])
    assert first == {"kind": "a"}
    assert second == {"kind": "a", "page-token": second["page-token"]}
    with refused("kind must be one of 'a', 'b', not 'c'"):
        await settled(client.shapes.browse(kind="c").collect())
    items = await settled(client.shapes.enumerate(kind="k").collect())
    assert [item.id for item in items] == ["example"]
    first, second = (call.body for call in emu.calls("shapes.enumerate")[-2:])
    assert (first, second["kind"], second.keys()) == ({"kind": "k"}, "k", {"kind", "after"})


async def everything(emu: Emulator, client: Any) -> None:
    await results(emu, client)
    await bodies(emu, client)
    await parameters(emu, client)
    await schemas(emu, client)


async def asynchronously(emu: Emulator) -> None:
    async with emu.async_client() as client:
        await everything(emu, client)


def main() -> None:
    with Emulator(seconds_per_pipeline=0) as emu:
        with emu.client() as client:
            asyncio.run(everything(emu, client))
        asyncio.run(asynchronously(emu))
        assert [call for call in emu.calls() if call.status >= 500 and call.fault is None] == []


if __name__ == "__main__":
    main()
