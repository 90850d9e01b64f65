"""User: the user's account, and accounts that the user manages."""

from __future__ import annotations

from ..accounts.users import User
from ..state import State
from ..stores.pipelines import JSON
from ..validation.failures import AnswerError
from .registry import OperationRequest, handles

_MANAGER = "management@clients"
_SCOPES = " ".join(
    f"{right}:{what}"
    for what in ("users", "users_app_metadata")
    for right in ("read", "update", "delete", "create")
)


@handles("user.info")
def info(state: State, asked: OperationRequest) -> JSON:
    """The user's account."""
    user = asked.caller
    group = {} if user.group is None else {"accounting": user.group.name}
    return {**_account(user), **group}


@handles("user.create_guardian_user")
def create_guardian_user(state: State, asked: OperationRequest) -> JSON:
    """Adds an account to the user's group."""
    body = asked.body
    state.users.create(asked.caller, body["email"], body["password"], body["name"])
    return {}


@handles("user.delete_guardian_user")
def delete_guardian_user(state: State, asked: OperationRequest) -> JSON:
    """Deletes an account of the user's group."""
    state.users.delete(asked.caller, asked.body["email"])
    return {}


@handles("user.authorize")
def authorize(state: State, asked: OperationRequest) -> JSON:
    """The user of another token."""
    try:
        user = state.users.of_token(asked.body["token"])
    except AnswerError:
        return {"authorized": False}
    groups = [] if user.group is None else [user.group.name]
    return {"authorized": True, "user": {**_account(user), "groups": groups}}


@handles("user.manage")
def manage(state: State, asked: OperationRequest) -> JSON:
    """A token for Auth0's Management API; the emulator does not implement that API."""
    return {"token": state.tokens.issue(_MANAGER, scope=_SCOPES)}


def _account(user: User) -> JSON:
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "permissions": list(user.permissions),
    }
