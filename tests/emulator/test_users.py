"""Accounts that managers create and delete, and tokens that services verify."""

from __future__ import annotations

from collections.abc import Iterator

import jwt
import pytest

from spaceknow_client.emulator import Emulator

from .conftest import SEARCH, Api, code

CREATE, DELETE = "/user/guardian-user/create", "/user/guardian-user/delete"
ROBIN = {"email": "robin@example.com", "password": "first", "name": "Robin Example"}


@pytest.fixture
def own() -> Iterator[Api]:
    with Emulator(seconds_per_pipeline=0) as emu, Api(emu) as made:
        yield made


def test_the_permissions_that_old_clients_compare(api: Api) -> None:
    info = api.post("/user/info").json()
    assert {
        "imagery.availability",
        "kraken.dry-run",
        "credits.get-remaining-credit",
        "kraken.release",
        "imagery.images.gbdx.idaho-pansharpened",
    } <= set(info["permissions"])
    assert info["accounting"] == "Example Ltd"


def test_a_guardian_user_comes_and_goes(own: Api) -> None:
    created = own.post(CREATE, ROBIN)
    assert (created.status_code, created.json()) == (200, {})
    token = own.login("Robin@Example.com", "first").json()["id_token"]
    robin = {"authorization": f"Bearer {token}"}
    info = own.post("/user/info", headers=robin).json()
    assert (info["name"], info["accounting"]) == ("Robin Example", "Example Ltd")
    assert "imagery.availability" in info["permissions"]
    assert own.post("/imagery/search/initiate", SEARCH, headers=robin).status_code == 200
    # a guardian user is not a manager
    assert code(own.post(DELETE, ROBIN, headers=robin)) == (401, "NOT-AUTHORIZED")
    deleted = own.post(DELETE, {"email": "ROBIN@example.com"})
    assert (deleted.status_code, deleted.json()) == (200, {})
    assert own.login("robin@example.com", "first").status_code == 401
    assert code(own.post("/user/info", headers=robin)) == (401, "NOT-AUTHORIZED")
    assert code(own.post(DELETE, ROBIN)) == (404, "NON-EXISTENT-USER")
    assert own.post(CREATE, ROBIN).status_code == 200


def test_an_email_is_taken_once(own: Api) -> None:
    own.post(CREATE, ROBIN)
    again = {**ROBIN, "email": "ROBIN@example.com", "password": "stolen"}
    assert code(own.post(CREATE, again)) == (409, "EMULATOR-USER-EXISTS")
    assert own.login("robin@example.com", "first").status_code == 200


def test_only_ones_own_group_is_managed(own: Api) -> None:
    own.emu.add_user("far@example.com", "secret", group="Other Ltd")
    own.emu.add_user("lone@example.com", "secret", group=None)
    for email in ("far@example.com", "lone@example.com", own.emu.username):
        assert code(own.post(DELETE, {"email": email})) == (403, "ACCESS-DENIED")
    assert own.login("far@example.com", "secret").status_code == 200
    own.token = own.login("lone@example.com", "secret").json()["id_token"]
    assert code(own.post(CREATE, ROBIN)) == (403, "NO-VALID-BINDING")


def test_managing_takes_its_permissions(api: Api) -> None:
    creator = api.as_user("admin.users.create-guardian-user")
    assert code(creator.post(DELETE, ROBIN)) == (401, "NOT-AUTHORIZED")
    assert code(api.as_user("user").post(CREATE, ROBIN)) == (401, "NOT-AUTHORIZED")


def test_services_ask_about_tokens(api: Api) -> None:
    asked = api.post("/user/authorize", {"token": api.token})
    info = api.post("/user/info").json()
    assert asked.json() == {
        "authorized": True,
        "user": {
            **{name: info[name] for name in ("id", "email", "name", "permissions")},
            "groups": ["Example Ltd"],
        },
    }
    api.emu.add_user("lone@example.com", "secret", [], group=None)
    lone = api.login("lone@example.com", "secret").json()["id_token"]
    assert api.post("/user/authorize", {"token": lone}).json()["user"]["groups"] == []
    for bad in ("", "x", "Bearer x", "\ud800", api.token[:-4] + "AAAA"):
        assert api.post("/user/authorize", {"token": bad}).json() == {"authorized": False}
    service = api.as_user("user.authorize")
    assert service.post("/user/authorize", {"token": api.token}).json()["authorized"]
    assert code(api.as_user("user.info").post("/user/authorize", {"token": "x"}))[0] == 401
    assert api.token not in repr(api.emu.calls("user.authorize"))


def test_expired_tokens_are_not_authorized(own: Api) -> None:
    old = own.token
    own.emu.clock.advance(36_000)
    own.token = own.login(own.emu.username, own.emu.password).json()["id_token"]
    assert own.post("/user/authorize", {"token": old}).json() == {"authorized": False}


def test_a_management_token(api: Api) -> None:
    token = api.post("/user/manage", {}).json()["token"]
    scopes = jwt.decode(token, options={"verify_signature": False})["scope"].split()
    assert {"read:users", "create:users_app_metadata"} <= set(scopes)
    # this token is for Auth0; the API does not accept it
    used = api.post("/user/info", headers={"authorization": f"Bearer {token}"})
    assert code(used) == (401, "NOT-AUTHORIZED")
    assert code(api.as_user("user").post("/user/manage", {})) == (401, "NOT-AUTHORIZED")
