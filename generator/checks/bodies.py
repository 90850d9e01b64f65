"""The bodies of requests: JSON, a form, or a file; and what neither of them can say."""

from __future__ import annotations

from spaceknow_client.contract.document import is_file, media_of
from spaceknow_client.generated.types import FORM, JSON, is_json

from .parameters import may_be_null
from .place import SourceLocation
from .schemas import members_of


def check_body(named: SourceLocation, title: str) -> None:
    """What of a body the client could not send. `named` is the member requestBody."""
    body = named.followed()
    if body.broken or not isinstance(body["content"].value, dict):
        return
    media = media_of(body.value)
    content = body["content"][media]
    if media.startswith("multipart/"):
        text = f"{title}: the generated client sends no multipart form. Describe the body as {FORM}"
        content.mistake(f"{text}, or a file of its own as application/octet-stream.")
    elif is_json(media) and "schema" not in content:
        named.mistake(f"{title}: a body in JSON needs a schema. Refer to one of openapi/schemas/.")
    elif media == FORM:
        _form(content, title)
    elif is_file(media):
        schema = content["schema"].followed()
        is_binary = not schema or schema["format"].text == "binary"
        if "*" in media or not is_binary:
            text = f"{title}: a body of {media} is a file, which is sent as it is. Name its media type,"
            content.mistake(
                f"{text} and leave the schema out or say format: binary; or describe it as {JSON}."
            )


def _form(content: SourceLocation, title: str) -> None:
    if "encoding" in content:
        text = f"{title}: in a form arrays are repeated, and objects are JSON. Leave encoding out."
        content["encoding"].mistake(text)
    members = members_of(content["schema"])
    if not members and not content["schema"].followed()["additionalProperties"]:
        content.mistake(f"{title}: a form is an object with members. Give its schema properties.")
    for member in members.values():
        if may_be_null(member):
            text = f"{title}: a form has no null. Let {member.name} be missing instead"
            member.mistake(f"{text}, or describe the body as {JSON}.")
