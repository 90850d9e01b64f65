"""Bodies of requests: JSON, a form, or a file."""

from __future__ import annotations

from spaceknow_client.contract.document import is_file, media_of
from spaceknow_client.generated.types import FORM, JSON, is_json

from .parameters import may_be_null
from .place import SourceLocation
from .schemas import members_of


def check_body(named: SourceLocation, title: str) -> None:
    """Reports a body that the client could not send. `named` is the member requestBody."""
    body = named.followed()
    if body.broken or not isinstance(body["content"].value, dict):
        return
    media = media_of(body.value)
    content = body["content"][media]
    if media.startswith("multipart/"):
        text = f"{title}: the generated client cannot send a multipart form. Describe the body as {FORM}"
        content.mistake(f"{text}, or as one file of the type application/octet-stream.")
    elif is_json(media) and "schema" not in content:
        named.mistake(f"{title}: a JSON body must have a schema. Refer to one in openapi/schemas/.")
    elif media == FORM:
        _form(content, title)
    elif is_file(media):
        schema = content["schema"].followed()
        is_binary = not schema or schema["format"].text == "binary"
        if "*" in media or not is_binary:
            text = (
                f"{title}: a body of the type {media} is sent as a file. Use one exact media type"
            )
            content.mistake(
                f"{text} without a schema or with format: binary, or describe the body as {JSON}."
            )


def _form(content: SourceLocation, title: str) -> None:
    if "encoding" in content:
        text = f"{title}: encoding is not supported. Forms repeat arrays and send objects as JSON."
        content["encoding"].mistake(f"{text} Remove it.")
    members = members_of(content["schema"])
    if not members and not content["schema"].followed()["additionalProperties"]:
        content.mistake(f"{title}: the schema of a form must have members. Add properties.")
    for member in members.values():
        if may_be_null(member):
            text = f"{title}: a form cannot send null. Make {member.name} optional instead"
            member.mistake(f"{text}, or describe the body as {JSON}.")
