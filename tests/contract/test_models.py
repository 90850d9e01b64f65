"""Generated models lose nothing, accept unknown members, and name every invalid one."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import UTC, datetime
from typing import Any

import pytest

from spaceknow_client.generated.api.auth0 import auth0_login
from spaceknow_client.generated.catalogue import ErrorCode
from spaceknow_client.generated.models import (
    LoginRequest,
    LoginResult,
    PipelineStatus,
    PipelineStatusResponse,
    Progress,
    Scene,
    ScenePage,
    SearchRequest,
)
from spaceknow_client.generated.types import UNSET, Unset, WrongShapeError

SCENE: dict[str, Any] = {
    "sceneId": "s1",
    "provider": "gbdx",
    "dataset": "idaho-pansharpened",
    "satellite": "WV02",
    "datetime": "2018-01-03 00:20:11",
    "footprint": {"type": "Hexagon", "corners": [1, 2]},
    "bands": [{"names": ["Red", "r"], "gsd": 0.5, "polarisation": "HH"}],
    "weather": {"wind": 3},
}


def test_a_scene_keeps_all_it_came_with() -> None:
    scene = Scene.from_dict(SCENE)
    assert scene.datetime == datetime(2018, 1, 3, 0, 20, 11, tzinfo=UTC)
    assert scene.cloud_cover is None
    assert scene.additional_properties == {"weather": {"wind": 3}}
    assert scene.bands is not None
    assert scene.bands[0].additional_properties == {"polarisation": "HH"}
    assert scene.to_dict() == SCENE
    assert pickle.loads(pickle.dumps(scene)) == scene == copy.deepcopy(scene)


def test_a_null_where_a_member_may_be_absent_is_as_good_as_absent() -> None:
    assert Scene.from_dict({**SCENE, "cloudCover": None}).cloud_cover is None


@pytest.mark.parametrize(
    ("change", "path", "problem"),
    [
        ({"sceneId": None}, "results[1].sceneId", "null"),
        ({"sceneId": 7}, "results[1].sceneId", "int"),
        ({"datetime": "yesterday"}, "results[1].datetime", "time"),
        ({"footprint": [1]}, "results[1].footprint", "an object"),
        ({"bands": {"a": 1}}, "results[1].bands", "an array"),
        ({"bands": [{"names": "Red"}]}, "results[1].bands[0].names", "an array"),
        ({"cloudCover": "none"}, "results[1].cloudCover", "a number"),
        ({"cloudCover": True}, "results[1].cloudCover", "bool"),
    ],
)
def test_a_wrong_value_is_named_by_its_path(
    change: dict[str, Any], path: str, problem: str
) -> None:
    page = {"results": [SCENE, {**SCENE, **change}], "cursor": None}
    read = ScenePage.from_dict(page)
    assert read.results[0].scene_id == "s1"
    with pytest.raises(WrongShapeError, match=problem) as caught:
        read.results[1]
    assert caught.value.path == path


def test_a_missing_member_is_named() -> None:
    with pytest.raises(WrongShapeError, match=r"results\[0\]\.sceneId is missing"):
        ScenePage.from_dict({"results": [{}], "cursor": None}).results[0]


def test_what_was_wrong_is_not_repeated_in_the_error() -> None:
    with pytest.raises(WrongShapeError) as caught:
        ScenePage.from_dict({"results": "secret", "cursor": None})
    assert "secret" not in str(caught.value)


def test_enumerations_are_open() -> None:
    state = PipelineStatusResponse.from_dict({"status": "PAUSED", "why": 1})
    assert state.status == "PAUSED"
    assert not state.status.is_known
    assert PipelineStatus.NEW.is_known
    assert state.to_dict() == {"status": "PAUSED", "why": 1}
    assert "PAUSED" not in list(PipelineStatus)
    for value in (state.status, PipelineStatus.NEW):
        for same in (pickle.loads(pickle.dumps(value)), copy.deepcopy(value)):
            assert same == value
            assert type(same) is PipelineStatus
    assert json.dumps(state.status) == '"PAUSED"'
    assert ErrorCode("NEW-CODE") == "NEW-CODE"
    assert str(ErrorCode.NOT_ENOUGH_CREDITS) == "NOT-ENOUGH-CREDITS"


@pytest.mark.parametrize("progress", ["Analyzing gbdx", {"message": "Analyzing", "step": 4}])
def test_progress_is_an_object_or_a_text(progress: Any) -> None:
    state = PipelineStatusResponse.from_dict({"status": "PROCESSING", "progress": progress})
    assert isinstance(state.progress, (str, Progress))
    assert state.to_dict()["progress"] == progress


def test_requests_write_times_in_the_form_of_the_api() -> None:
    request = SearchRequest(
        provider="gbdx",
        dataset="idaho-pansharpened",
        extent={"type": "Polygon", "coordinates": []},
        start_datetime=datetime(2018, 1, 1),
    )
    assert request.to_dict() == {
        "provider": "gbdx",
        "dataset": "idaho-pansharpened",
        "extent": {"type": "Polygon", "coordinates": []},
        "startDatetime": "2018-01-01 00:00:00",
    }


def test_no_secret_is_in_a_repr() -> None:
    request = LoginRequest(
        client_id="id",
        username="me@example.com",
        password="kookaburra",
        connection="Username-Password-Authentication",
        grant_type="password",
        scope="openid",
    )
    result = LoginResult(id_token="x.y.z", access_token="a-token", token_type="bearer")
    shown = repr(request) + repr(result) + repr(auth0_login.get_request(body=request))
    for secret in ("kookaburra", "x.y.z", "a-token"):
        assert secret not in shown


def test_there_is_one_unset() -> None:
    assert Unset("UNSET") is UNSET
    assert pickle.loads(pickle.dumps(UNSET)) is UNSET
    assert copy.deepcopy([UNSET])[0] is UNSET
    assert repr(UNSET) == "UNSET"
