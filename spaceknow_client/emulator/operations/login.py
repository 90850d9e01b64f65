"""Auth0: exchanges email and password for a token."""

from __future__ import annotations

from ..state import State
from ..stores.identifiers import identifier
from ..stores.pipelines import JSON
from .registry import OperationRequest, handles


@handles("auth0.login")
def login(state: State, asked: OperationRequest) -> JSON:
    """Accepts any client ID."""
    token = state.users.login(asked.body["username"], asked.body["password"])
    access_token = identifier(32, state.seed, "access token", token)
    return {"id_token": token, "access_token": access_token, "token_type": "bearer"}
