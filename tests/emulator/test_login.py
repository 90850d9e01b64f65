"""The emulator's Auth0 endpoint, and tokens that expire."""

from __future__ import annotations

import jwt
import pytest

from .conftest import Api, code

FORM = {
    "client_id": "hmWJcfhRouDOaJK2L8asREMlMrv3jFE1",
    "connection": "Username-Password-Authentication",
    "grant_type": "password",
    "scope": "openid",
}


def test_a_token_lives_ten_hours_by_the_clock(slow: Api) -> None:
    claims = jwt.decode(slow.token, options={"verify_signature": False})
    assert jwt.get_unverified_header(slow.token)["alg"] == "HS256"
    assert claims["email"] == slow.emu.username
    assert claims["sub"] == slow.post("/user/info").json()["id"]
    assert claims["exp"] - claims["iat"] == 36_000
    assert abs(claims["iat"] - slow.emu.clock.time()) < 5
    slow.emu.clock.advance(36_000 - 60)
    assert slow.post("/user/info").status_code == 200
    slow.emu.clock.advance(60)
    expired = slow.post("/user/info")
    assert code(expired) == (401, "INVALID-JWT")
    assert "Signature has expired" in expired.json()["errorMessage"]
    slow.token = slow.login(slow.emu.username, slow.emu.password).json()["id_token"]
    assert slow.post("/user/info").status_code == 200


def test_the_answer_of_a_login(api: Api) -> None:
    response = api.login(api.emu.username, api.emu.password)
    assert set(response.json()) == {"id_token", "access_token", "token_type"}
    assert response.json()["token_type"] == "bearer"
    assert not [name for name in response.headers if name.startswith("spaceknow")]


def test_a_form_will_do(api: Api) -> None:
    form = {**FORM, "username": api.emu.username, "password": api.emu.password}
    response = api.http.post("/oauth/ro", data=form)
    assert response.status_code == 200
    headers = {"authorization": f"Bearer {response.json()['id_token']}"}
    assert api.http.post("/user/info", headers=headers).status_code == 200


@pytest.mark.parametrize("name", ["demo@example.com", "nobody@example.com", "\ud83d", ""])
def test_a_wrong_password_fails_as_auth0_does(api: Api, name: str) -> None:
    response = api.login(name, "wrong")
    assert response.status_code == 401
    assert set(response.json()) == {"error", "error_description"}
    assert response.json()["error"] == "invalid_user_password"
    assert "spaceknow-request-id" not in response.headers


def test_other_mistakes_have_auth0s_form_too(api: Api) -> None:
    for response, status in (
        (api.http.post("/oauth/ro", json={"username": "x"}), 400),
        (api.http.post("/oauth/ro", content=b"{"), 400),
        (api.http.get("/oauth/ro"), 405),
        (api.http.post("/oauth/ro", content=b" " * 70_000), 413),
    ):
        assert response.status_code == status
        assert set(response.json()) == {"error", "error_description"}
        assert "spaceknow-request-id" not in response.headers


def test_a_refusal_does_not_repeat_the_password(api: Api) -> None:
    for password in (123456789, ["hunter2"], {"hunter2": "hunter2"}):
        body = {**FORM, "username": "x", "password": password}
        text = api.http.post("/oauth/ro", json=body).text
        assert "hunter2" not in text
        assert "123456789" not in text


def test_users_have_their_own_passwords_and_permissions(api: Api) -> None:
    api.emu.add_user("Ann@example.com", "one", ["imagery"])
    assert api.login("ann@example.com", "one").status_code == 200
    assert api.login("ann@example.com", api.emu.password).status_code == 401
    api.emu.add_user("ann@example.com", "two")
    assert api.login("ann@example.com", "one").status_code == 401
    token = api.login("ann@example.com", "two").json()["id_token"]
    info = api.post("/user/info", headers={"authorization": f"Bearer {token}"}).json()
    assert info["email"] == "ann@example.com"
    assert "kraken.release" in info["permissions"]


def test_the_default_user(api: Api) -> None:
    info = api.post("/user/info").json()
    assert info["id"].startswith("auth0|")
    assert {
        "imagery.availability",
        "kraken.dry-run",
        "credits.get-remaining-credit",
        "kraken.release",
        "imagery.images.gbdx.idaho-pansharpened",
        "credits.check-area",
    } <= set(info["permissions"])
    assert api.post("/credits/get-remaining-credit").json() == {"remainingCredit": 1000.0}


def test_get_status_takes_no_token_but_no_bad_one_either(slow: Api) -> None:
    body = {"pipelineId": "x"}
    assert code(slow.http.post("/tasking/get-status", json=body))[0] == 404
    bad = {"authorization": "Bearer x"}
    assert code(slow.post("/tasking/get-status", body, headers=bad)) == (401, "INVALID-JWT")
