# Compiled by `python -m generator` from user_async.py. Never edit by hand.
# ruff: noqa
"""The caller's account, and the accounts managed by the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...runtime.secret import hidden as _hidden
from ..argument_checks import text
from ..arguments import Argument, Arguments

if TYPE_CHECKING:
    from ...generated.models import AuthorizeResult, ManagementToken, UserInfo
    from ...transport.transport import Transport

_CREATE_GUARDIAN_USER_BODY = Arguments(
    Argument("email", "email", text(filled=True), required=True),
    Argument("password", "password", text(filled=True, secret=True), required=True),
    Argument("name", "name", text(filled=True), required=True),
)
_DELETE_GUARDIAN_USER_BODY = Arguments(Argument("email", "email", text(filled=True), required=True))
_AUTHORIZE_BODY = Arguments(
    Argument("token", "token", text(filled=True, secret=True), required=True)
)


class UserResource:
    """The caller's account, and the accounts managed by the caller."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def info(self) -> UserInfo:
        """Get the caller's account.

        Returns the account that the token belongs to, with its permissions. The body may be
        missing, empty or an empty object. No permission is needed besides the token.

        Sending it twice costs nothing, so it is retried after temporary failures.

        Errors of the API: NotAuthorizedError, InvalidJwtError, AccessDeniedError,
        MethodNotAllowedError, PayloadTooLargeError, UnsupportedEnvironmentError.
        """
        from ...generated.api.user import user_info as operation

        answer = self._transport.send(operation.get_request(), operation.parse)
        return answer.parsed

    def create_guardian_user(self, email: str, password: str, name: str) -> None:
        """Create an account in the manager's group.

        Creates the account of a Guardian user with an initial password. The response if the email
        already has an account is not known, presumably 409.

        Requires `admin.users.create-guardian-user`. It is never sent twice: AmbiguousRequestError
        reports a failure after which it may have taken effect.

        Args:
            email: Email address, used by the user to log in.
            password: Initial password.
            name: Name of the user.

        Raises InvalidArgumentError before anything is sent. Errors of the API: NoValidBindingError,
        NonExistentGroupError, ApiKeyAuthorizationNotPermittedError, ForbiddenError,
        NotAuthorizedError, InvalidJwtError, AccessDeniedError, MethodNotAllowedError,
        PayloadTooLargeError, UnsupportedEnvironmentError.
        """
        from ...generated.api.user import user_create_guardian_user as operation

        password = _hidden(password)
        body: Any = _CREATE_GUARDIAN_USER_BODY(email=email, password=password, name=name)
        self._transport.send(operation.get_request(body=body), operation.parse)

    def delete_guardian_user(self, email: str) -> None:
        """Delete an account of the manager's group.

        Deletes the account of a Guardian user. Managers can delete only accounts of their own
        group.

        Requires `admin.users.delete-guardian-user`. It is never sent twice: AmbiguousRequestError
        reports a failure after which it may have taken effect.

        Args:
            email: Email address of the account.

        Raises InvalidArgumentError before anything is sent. Errors of the API:
        NonExistentUserError, NoValidBindingError, ApiKeyAuthorizationNotPermittedError,
        ForbiddenError, NotAuthorizedError, InvalidJwtError, AccessDeniedError,
        MethodNotAllowedError, PayloadTooLargeError, UnsupportedEnvironmentError.
        """
        from ...generated.api.user import user_delete_guardian_user as operation

        body: Any = _DELETE_GUARDIAN_USER_BODY(email=email)
        self._transport.send(operation.get_request(body=body), operation.parse)

    def authorize(self, token: str) -> AuthorizeResult:
        """Check a token and get its user.

        Deprecated: only old clients use this form.

        Checks the token of a user, so that another service can accept this user (2018-2019). The
        caller sends its own token as bearer, and the token in question in the body. To learn who
        the caller is, ask `user.info`. It presumably only reads, but no source says that a retry
        costs nothing, so it is not classed as safe to repeat.

        Requires `user.authorize`. It is never sent twice: AmbiguousRequestError reports a failure
        after which it may have taken effect.

        Args:
            token: Token of a user.

        Raises InvalidArgumentError before anything is sent. Errors of the API:
        NonExistentUserError, InvalidAuthorizationHeaderError, NotAuthorizedError, InvalidJwtError,
        AccessDeniedError, MethodNotAllowedError, PayloadTooLargeError, UnsupportedEnvironmentError.
        """
        from ...generated.api.user import user_authorize as operation

        token = _hidden(token)
        body: Any = _AUTHORIZE_BODY(token=token)
        answer = self._transport.send(operation.get_request(body=body), operation.parse)
        return answer.parsed

    def manage(self) -> ManagementToken:
        """Get a token for the administration of users.

        Deprecated: only old clients use this form.

        Returns a token for the Management API of Auth0, with which users and their metadata can be
        read, changed, deleted and created (2018-2019). Treat it as a password. The body is an empty
        object. Whether it may be missing, as for `user.info`, is not known.

        Requires `admin.users.manage`. It is never sent twice: AmbiguousRequestError reports a
        failure after which it may have taken effect.

        Errors of the API: ApiKeyAuthorizationNotPermittedError, InvalidAuthorizationHeaderError,
        NotAuthorizedError, InvalidJwtError, AccessDeniedError, MethodNotAllowedError,
        PayloadTooLargeError, UnsupportedEnvironmentError.
        """
        from ...generated.api.user import user_manage as operation

        answer = self._transport.send(operation.get_request(body={}), operation.parse)
        return answer.parsed
