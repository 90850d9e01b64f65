"""Fixtures for the emulator as a plain HTTP client sees it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from spaceknow_client.emulator import Emulator
from tests.places import PARK

SEARCH: dict[str, Any] = {
    "provider": "gbdx",
    "dataset": "idaho-pansharpened",
    "extent": PARK,
}


def square(lon: float, lat: float, size: float = 0.004) -> dict[str, Any]:
    """A square around a point, as GeoJSON; `size` is in degrees."""
    west, east, south, north = lon - size / 2, lon + size / 2, lat - size / 2, lat + size / 2
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


class Api:
    """Sends requests to an emulator, with the demo user's token by default."""

    def __init__(self, emu: Emulator) -> None:
        self.emu = emu
        self.http = httpx.Client(base_url=emu.url, timeout=60)
        self.token = self.login(emu.username, emu.password).json()["id_token"]

    def __enter__(self) -> Api:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def login(self, username: str, password: str) -> httpx.Response:
        body = {
            "client_id": "any",
            "username": username,
            "password": password,
            "connection": "Username-Password-Authentication",
            "grant_type": "password",
            "scope": "openid",
        }
        headers = {"content-type": "application/json"}
        return self.http.post("/oauth/ro", content=json.dumps(body), headers=headers)

    def as_user(self, *permissions: str) -> Api:
        """The same emulator for a new user with these permissions."""
        name = f"user-{'-'.join(permissions) or 'none'}@example.com"
        self.emu.add_user(name, "secret", permissions)
        other = Api.__new__(Api)
        other.emu, other.http = self.emu, self.http
        other.token = self.login(name, "secret").json()["id_token"]
        return other

    def post(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        if body is not None:  # httpx cannot send half of a surrogate pair
            options["content"] = json.dumps(body)
            headers.setdefault("content-type", "application/json")
        return self.http.post(path, headers=headers, **options)

    def status(self, pipeline_id: str, **members: Any) -> dict[str, Any]:
        response = self.post("/tasking/get-status", {"pipelineId": pipeline_id, **members})
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    def start(self, base: str, body: Any) -> str:
        response = self.post(f"{base}/initiate", body)
        assert response.status_code == 200, response.text
        return str(response.json()["pipelineId"])

    def retrieve(self, base: str, pipeline_id: str) -> httpx.Response:
        return self.post(f"{base}/retrieve", {"pipelineId": pipeline_id})

    def run(self, base: str, body: Any) -> httpx.Response:
        """Initiate and retrieve, at an emulator whose pipelines take no time."""
        return self.retrieve(base, self.start(base, body))

    def search(self, **members: Any) -> dict[str, Any]:
        response = self.run("/imagery/search", {**SEARCH, **members})
        assert response.status_code == 200, response.text
        page: dict[str, Any] = response.json()
        return page

    def scene(self, **members: Any) -> str:
        """The first scene that a search finds."""
        return str(self.search(**members)["results"][0]["sceneId"])

    def release(self, **members: Any) -> dict[str, Any]:
        body = {"mapType": "cars", "extent": PARK, **members}
        if "sceneIds" not in body:
            body["sceneIds"] = [self.scene()]
        response = self.run("/kraken/release", body)
        assert response.status_code == 200, response.text
        released: dict[str, Any] = response.json()
        return released

    def file(
        self, released: dict[str, Any], tile: list[int], name: str, geometry: str = "-"
    ) -> httpx.Response:
        z, x, y = tile
        return self.http.get(f"/kraken/grid/{released['mapId']}/{geometry}/{z}/{x}/{y}/{name}")


def code(response: httpx.Response) -> tuple[int, str]:
    """Status and code of an error, whose form is checked too."""
    body = response.json()
    assert set(body) == {"error", "errorMessage"}
    assert body["errorMessage"]
    return response.status_code, body["error"]


@pytest.fixture(scope="module")
def emu() -> Iterator[Emulator]:
    """An emulator whose pipelines take no time, shared by all tests of a module."""
    with Emulator(seconds_per_pipeline=0) as started:
        yield started


@pytest.fixture(scope="module")
def api(emu: Emulator) -> Iterator[Api]:
    with Api(emu) as made:
        yield made


@pytest.fixture
def slow() -> Iterator[Api]:
    """A separate emulator, whose pipelines take 10 seconds."""
    with Emulator(seconds_per_pipeline=10) as emu, Api(emu) as made:
        yield made
