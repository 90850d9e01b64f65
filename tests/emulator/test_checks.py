"""The checks of every request, and their order."""

from __future__ import annotations

import http.client
import json
import re
import socket
from typing import Any

import httpx
import pytest

from spaceknow_client.emulator import Emulator

from .conftest import SEARCH, Api, code

INITIATE = "/imagery/search/initiate"
TOO_LARGE = b" " * (64 * 1024 + 1)


@pytest.mark.parametrize(
    ("method", "path", "options", "expected"),
    [
        ("POST", "/nope", {}, (404, "NON-EXISTENT-ENDPOINT")),
        ("POST", "/user/infos", {}, (404, "NON-EXISTENT-ENDPOINT")),
        ("POST", "/other/user/info", {}, (404, "NON-EXISTENT-ENDPOINT")),
        ("POST", "/user/info/", {}, (404, "NON-EXISTENT-ENDPOINT")),
        ("POST", "/kraken%2Frelease/initiate", {}, (404, "NON-EXISTENT-ENDPOINT")),
        ("GET", "/x/kraken/grid/m/-/1/2/3/f.png", {}, (404, "NON-EXISTENT-ENDPOINT")),
        ("GET", "/user/info", {}, (405, "METHOD-NOT-ALLOWED")),
        ("PARAMETERS", "/user/info", {}, (405, "METHOD-NOT-ALLOWED")),
        ("POST", "/kraken/grid/m/-/1/2/3/f.png", {}, (405, "METHOD-NOT-ALLOWED")),
        ("POST", "/user/info", {"content": TOO_LARGE}, (413, "PAYLOAD-TOO-LARGE")),
        ("POST", "/tasking/get-status", {"content": TOO_LARGE}, (413, "PAYLOAD-TOO-LARGE")),
        ("POST", "/nope", {"content": TOO_LARGE}, (404, "NON-EXISTENT-ENDPOINT")),
        ("GET", "/user/info", {"content": TOO_LARGE}, (405, "METHOD-NOT-ALLOWED")),
        ("POST", INITIATE, {"content": b"{"}, (401, "NOT-AUTHORIZED")),
    ],
)
def test_refusals_before_the_token(
    api: Api, method: str, path: str, options: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert code(api.http.request(method, path, **options)) == expected


def test_a_body_of_exactly_64_kib_is_taken_and_one_byte_more_is_not(api: Api) -> None:
    text = json.dumps(SEARCH)
    full = text + " " * (64 * 1024 - len(text))
    headers = {"content-type": "application/json"}
    assert api.post(INITIATE, content=full, headers=headers).status_code == 200
    assert code(api.post(INITIATE, content=full + " ", headers=headers))[0] == 413


def test_a_large_body_in_chunks_is_refused(api: Api) -> None:
    chunks = [b"x" * 30_000] * 3
    assert code(api.post("/user/info", content=iter(chunks))) == (413, "PAYLOAD-TOO-LARGE")


def test_a_huge_body_is_answered_too(api: Api) -> None:
    assert code(api.post("/user/info", content=b"x" * 5_000_000))[0] == 413


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, "NOT-AUTHORIZED"),
        ("", "NOT-AUTHORIZED"),
        ("Basic abc", "NOT-AUTHORIZED"),
        ("Bearer", "INVALID-JWT"),
        ("Bearer nonsense", "INVALID-JWT"),
        ("Bearer a.b.c", "INVALID-JWT"),
        ("Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.", "INVALID-JWT"),
    ],
)
def test_bad_tokens(api: Api, header: str | None, expected: str) -> None:
    headers = {} if header is None else {"authorization": header}
    # Invalid on purpose: the token is checked first.
    response = api.http.post(INITIATE, content=b"{", headers=headers)
    assert code(response) == (401, expected)


def test_a_forged_signature_is_noticed(api: Api) -> None:
    head, payload, signature = api.token.split(".")
    forged = f"{head}.{payload}.{signature[::-1]}"
    assert code(api.post("/user/info", headers={"authorization": f"Bearer {forged}"})) == (
        401,
        "INVALID-JWT",
    )


def test_the_scheme_is_read_without_case(api: Api) -> None:
    response = api.post("/user/info", headers={"authorization": f"bearer  {api.token}"})
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("content", "content_type", "text"),
    [
        (b"{", "application/json", "application/json"),
        (b"", "application/json", "missing"),
        (b"\xff\xfe", "application/json", "application/json"),
        (b"[]", "application/json", "expected object"),
        (b'{"provider": NaN}', "application/json", "application/json"),
        (b'{"provider": 1e999}', "application/json", "application/json"),
        (b'{"provider": 1%s}' % (b"0" * 400), "application/json", "application/json"),
        (b"[" * 60_000, "application/json", ""),
        (json.dumps(SEARCH).encode(), "text/plain", "text/plain"),
        (json.dumps({**SEARCH, "provider": 5}).encode(), "application/json", "Body.provider"),
        (json.dumps({**SEARCH, "minIntersection": 2}).encode(), "application/json", "maximum"),
        (
            json.dumps({**SEARCH, "startDatetime": "2018-02-31 00:00:00"}).encode(),
            "application/json",
            "Body.startDatetime",
        ),
        (
            json.dumps({**SEARCH, "extent": {"type": "Point", "coordinates": [1, 2]}}).encode(),
            "application/json",
            "Body.extent.type: enum: Point is not one of the known values",
        ),
        (json.dumps({"provider": "gbdx"}).encode(), "application/json", "missing member"),
    ],
)
def test_bodies_that_the_document_refuses(
    api: Api, content: bytes, content_type: str, text: str
) -> None:
    response = api.post(INITIATE, content=content, headers={"content-type": content_type})
    assert code(response) == (400, "EMULATOR-INVALID-BODY")
    assert text in response.json()["errorMessage"]
    assert len(response.json()["errorMessage"]) < 400


def test_nesting_without_end_is_a_bad_body(api: Api) -> None:
    depth = 400
    extent = '{"type":"GeometryCollection","geometries":[' * depth + "]}" * depth
    for member in ("extent", "subGeometry"):
        body = {"mapType": "cars", "sceneIds": [], "extent": SEARCH["extent"], member: 0}
        text = json.dumps(body).replace(f'"{member}": 0', f'"{member}": {extent}')
        response = api.post(
            "/kraken/release/initiate", content=text, headers={"content-type": "application/json"}
        )
        assert response.status_code < 500


def test_a_body_without_content_type_is_taken_for_json(api: Api) -> None:
    request = api.http.build_request(
        "POST",
        "/tasking/get-status",
        content=b'{"pipelineId": "x"}',
    )
    assert "content-type" not in request.headers
    assert code(api.http.send(request)) == (404, "NON-EXISTENT-PIPELINE")


def test_a_permission_is_looked_at_before_the_body(api: Api) -> None:
    other = api.as_user("kraken")
    assert code(other.post(INITIATE, content=b"{")) == (401, "NOT-AUTHORIZED")
    # after the token: without one, permissions are not disclosed
    assert "imagery.availability" in other.post(INITIATE, content=b"{").json()["errorMessage"]


@pytest.mark.parametrize(
    ("permissions", "allowed"),
    [
        (["imagery.availability"], True),
        (["imagery"], True),
        (["imagery.availability.gbdx"], True),
        (["imagery.availability.gbdx.idaho-pansharpened"], True),
        (["imagery.availability.gbdx.idaho-pansharpened.more"], True),
        (["imagery.availability.pl"], False),
        (["imagery.availability.gbdx.idaho-swir"], False),
        (["imagery.images"], False),
        (["kraken", "credits"], False),
        (["kraken", "imagery.availability.gbdx"], True),
        ([], False),
    ],
)
def test_permissions_match_in_both_directions(
    api: Api, permissions: list[str], *, allowed: bool
) -> None:
    response = api.as_user(*permissions).post(INITIATE, SEARCH)
    if allowed:
        assert response.status_code == 200
    else:
        assert code(response) == (401, "NOT-AUTHORIZED")


def test_user_info_needs_a_token_and_no_permission(api: Api) -> None:
    assert api.as_user().post("/user/info").status_code == 200
    assert code(api.as_user().post("/credits/get-remaining-credit")) == (401, "NOT-AUTHORIZED")


def test_every_answer_has_the_headers(api: Api) -> None:
    answers = [
        api.post("/user/info"),
        api.post("/nope"),
        api.http.get("/user/info"),
        api.http.head("/user/info"),
        api.http.options("/user/info"),
        api.post("/user/info", content=TOO_LARGE),
        api.http.post("/user/info"),
        api.post(INITIATE, content=b"{"),
        api.http.get("/kraken/grid/m/-/1/0/0/cars.png"),
    ]
    for answer in answers:
        assert answer.headers["spaceknow-api-version"] == "106"
        assert re.fullmatch("[A-Za-z0-9]{10}", answer.headers["spaceknow-request-id"])
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "Authorization" in answer.headers["access-control-allow-headers"]
        assert answer.headers["cache-control"] == "no-cache"
        if answer.content:
            assert answer.headers["content-type"] == "application/json; charset=utf-8"
    ids = {answer.headers["spaceknow-request-id"] for answer in answers}
    assert len(ids) == len(answers)


def test_methods_are_told(api: Api) -> None:
    options = api.http.options("/user/info")
    assert (options.status_code, options.headers["allow"]) == (200, "POST, OPTIONS")
    assert api.http.put("/user/info").headers["allow"] == "POST, OPTIONS"
    grid = "/kraken/grid/m/-/1/2/3/f.png"
    assert api.http.options(grid).headers["allow"] == "GET, OPTIONS"
    assert code(api.http.options("/nope"))[0] == 404


@pytest.mark.parametrize("options", [{}, {"content": b""}, {"json": {}}, {"json": {"more": 1}}])
def test_calls_without_a_body(api: Api, options: dict[str, Any]) -> None:
    json_type = {"content-type": "application/json"}
    for path in ("/user/info", "/credits/get-remaining-credit"):
        assert api.post(path, **options).status_code == 200
        assert api.post(path, headers=json_type, **options).status_code == 200


def test_raw_requests_as_curl_sends_them(api: Api) -> None:
    port = httpx.URL(api.emu.url).port
    body = b'{"pipelineId": "3g4PovfhGxmymQolpgvv"}'
    request = (
        b"POST /imagery/search/retrieve HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: curl/8\r\n"
        b"Accept: */*\r\nContent-Type: application/json\r\nAuthorization: Bearer %s\r\n"
        b"Content-Length: %d\r\nConnection: close\r\n\r\n%s"
    ) % (api.token.encode(), len(body), body)
    with socket.create_connection(("127.0.0.1", port or 0), timeout=5) as raw:
        raw.sendall(request)
        answer = b"".join(iter(lambda: raw.recv(65536), b""))
    head, _, content = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 404 ")
    assert b"spaceknow-request-id: " in head
    assert json.loads(content)["error"] == "NON-EXISTENT-PIPELINE"


@pytest.mark.parametrize("media", ["application/json; charset", "application/json;;;", ";", "/"])
def test_a_content_type_that_is_none(emulator: Emulator, media: str) -> None:
    answer = httpx.post(
        f"{emulator.url}/tasking/get-status",
        content=b'{"pipelineId": "x"}',
        headers={"content-type": media},
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "EMULATOR-INVALID-BODY")


@pytest.mark.parametrize("name", ["%2e%2e", "%2e", "..", "."])
def test_a_segment_of_dots_is_no_value(emulator: Emulator, name: str) -> None:
    connection = http.client.HTTPConnection(emulator.url.removeprefix("http://"))
    connection.request("GET", f"/kraken/grid/m/-/1/0/0/{name}")
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())["error"]) == (404, "NON-EXISTENT-ENDPOINT")
    connection.close()
