# Compiled by `python -m generator` from _async/. Never edit by hand.
"""Users: `client.user`."""

from __future__ import annotations

from ..errors.base import InvalidArgumentError
from ..generated.api.user import user_create_guardian_user, user_delete_guardian_user, user_info
from ..generated.models import CreateGuardianUserRequest, DeleteGuardianUserRequest, UserInfo
from .transport import Transport


class User:
    """The user's own account, and the accounts that a manager keeps."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def info(self) -> UserInfo:
        """Id, e-mail, name, accounting and permissions. API facts, section 13."""
        answer = self._transport.send(user_info.get_request(), user_info.parse)
        return answer.parsed

    def create_guardian_user(self, *, email: str, password: str, name: str) -> None:
        """Creates an account with an initial password. Needs `admin.users.create-guardian-user`.

        The call is never sent twice: AmbiguousRequestError says when the account may exist all the
        same. API facts, section 13.
        """
        body = CreateGuardianUserRequest(
            email=_given("email", email),
            password=_given("password", password),
            name=_given("name", name),
        )
        request = user_create_guardian_user.get_request(body=body)
        self._transport.send(request, user_create_guardian_user.parse)

    def delete_guardian_user(self, *, email: str) -> None:
        """Deletes an account of the manager's own group. Needs `admin.users.delete-guardian-user`.

        Raises NonExistentUserError. API facts, section 13.
        """
        body = DeleteGuardianUserRequest(email=_given("email", email))
        request = user_delete_guardian_user.get_request(body=body)
        self._transport.send(request, user_delete_guardian_user.parse)


def _given(name: str, value: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidArgumentError(f"{name} is a text that is not empty.")
    return value
