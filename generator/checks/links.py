"""The links: from the start of a pipeline to its status and its result, and all others."""

from __future__ import annotations

from spaceknow_client.contract.document import PIPELINE_ID, media_of
from spaceknow_client.generated.types import is_secret

from .operation import Operation
from .place import SourceLocation, similar
from .schemas import members_of, required_of

STATUS = "tasking.get_status"
JSON = "application/json"


def check(operations: list[Operation], ids: dict[str, Operation]) -> None:
    reached: set[str] = set()
    for operation in operations:
        links = {
            link.name: link.followed()
            for answer in operation.successes()
            for link in answer["links"]
        }
        for link in links.values():
            target = link["operationId"].text
            reached.add(target)
            if target in ids:
                _members(operation, link, ids[target])
            elif "operationRef" in link:
                text = "operationRef is not supported. Use operationId."
                operation.mistake(link["operationRef"], text)
            elif operation.place.document.readable:
                text = f"unknown operationId {target!r} in the link"
                text += similar(target, ids)
                operation.mistake(link["operationId"], f"{text}. Correct the link.")
        if operation.id.endswith(".initiate"):
            reached.add(_result(operation))  # a missing link of it is reported here
            _pipeline(operation, links, ids)
    for operation in operations:
        is_known = operation.id in reached or not operation.place.document.readable
        if operation.id.endswith(".retrieve") and not is_known:
            pair = operation.id.replace(".retrieve", ".initiate")
            text = (
                f"no link names this operation. Add the link result to the 200 response of {pair}."
            )
            operation.mistake(operation.place["operationId"], text)


def _result(operation: Operation) -> str:
    return operation.id.removesuffix("initiate") + "retrieve"


def _pipeline(
    operation: Operation, links: dict[str, SourceLocation], ids: dict[str, Operation]
) -> None:
    for name, target in (("status", STATUS), ("result", _result(operation))):
        link = links.get(name)
        if link is None:
            text = f"the link {name} to {target} is missing. Add it to the 200 response."
            operation.mistake(next(operation.successes(), operation.place), text)
            continue
        found = link["operationId"].text
        handed = [member.name for member in link["requestBody"]]
        if name == "result":  # its operation may take the ID anywhere, under any name
            every = (*link["requestBody"], *link["parameters"])
            handed += ["pipelineId" for member in every if member.text == PIPELINE_ID]
        if found != target and found in ids:
            text = f"the link {name} names {found} instead of {target}. Correct it."
            operation.mistake(link["operationId"], text)
        elif found in ids and not similar("pipelineId", handed):
            text = f"the link {name} does not pass the pipelineId. Add it to its requestBody."
            operation.mistake(link, text)
        elif found in ids and name == "result":
            _hands_on(operation, link, ids[found])
        elif found in ids:
            _hands_on_id_alone(operation, link, ids[found])


def _hands_on_id_alone(operation: Operation, link: SourceLocation, target: Operation) -> None:
    """Reports values beside the ID: a status request has no others."""
    for member in (*link["requestBody"], *link["parameters"]):
        if member.name != "pipelineId" and not similar("pipelineId", [member.name]):
            text = f"the link {link.name} passes {member.name}, but {target.id} takes only the"
            operation.mistake(member, f"{text} pipelineId. Remove it.")


def _hands_on(operation: Operation, link: SourceLocation, target: Operation) -> None:
    """Reports what the retrieve requires and the link to the result does not pass, or cannot.

    A handle stores values of the request, and of the body of its response.
    """
    body = target.place["requestBody"].followed()
    body = body["content"][media_of(body.value or {})]["schema"]
    needed = {*required_of(body)}
    needed |= {item["name"].text for item in target.parameters() if item["required"].value is True}
    given = {member.name.rpartition(".")[2]: member for member in link["parameters"]}
    given |= {member.name: member for member in link["requestBody"]}
    # A misspelled name is reported elsewhere.
    for name in sorted(one for one in needed - given.keys() if not similar(one, given)):
        text = f"{target.id} requires {name}, but the link {link.name} does not pass it."
        operation.mistake(link, f"{text} Add it to its requestBody or its parameters.")
    for name, member in given.items():
        where = member.text.partition("#")[0]
        if name == "pipelineId" and member.text != PIPELINE_ID:
            text = "pipelineId must be $response.body#/pipelineId."
            operation.mistake(member, text)
        elif is_secret(name):
            text = f"the link passes {name}, a secret, but handles are stored and printed."
            operation.mistake(member, f"{text} Remove it.")
        elif "{$" in member.text or (where.startswith("$") and not _can_be_kept(member.text)):
            text = f"a handle cannot store {member.text}. Pass a value from the response body"
            operation.mistake(
                member, f"{text}, or from the body, path, query or headers of the request."
            )
        elif name in needed and not _is_there(operation, member.text):
            text = (
                f"{target.id} requires {name}, but {member.text} is optional. Make it required in"
            )
            operation.mistake(member, f"{text} {operation.id}.")


def _can_be_kept(expression: str) -> bool:
    where, hash, pointer = expression.partition("#")
    if where in ("$response.body", "$request.body"):
        return pointer.startswith("/")
    return where.startswith(("$request.path.", "$request.query.", "$request.header.")) and not hash


def _is_there(operation: Operation, expression: str) -> bool:
    """Whether the value of an expression is always present."""
    where, _, pointer = expression.partition("#/")
    if where == "$response.body":
        answers = [answer["content"][JSON]["schema"] for answer in operation.successes()]
        return all(_is_required(answer, pointer.split("/")) for answer in answers)
    if where == "$request.body":
        body = operation.place["requestBody"].followed()
        schema = body["content"][JSON]["schema"]
        return body["required"].value is True and _is_required(schema, pointer.split("/"))
    if where.startswith("$request.query."):
        name = where.removeprefix("$request.query.")
        return any(
            item["name"].text == name and item["required"].value is True
            for item in operation.parameters()
        )
    return True


def _is_required(schema: SourceLocation, steps: list[str]) -> bool:
    if not steps:
        return True
    name = steps[0].replace("~1", "/").replace("~0", "~")
    if name not in required_of(schema):
        return False
    return _is_required(members_of(schema)[name], steps[1:]) if name in members_of(schema) else True


def _members(operation: Operation, link: SourceLocation, target: Operation) -> None:
    body = target.place["requestBody"].followed()["content"][JSON]["schema"].followed()
    for member in link["requestBody"]:
        if not _has(body, member.name):
            text = (
                f"the link passes {member.name}, but the body of {target.id} ({body}) has no such"
            )
            text += f" member{similar(member.name, body['properties'].value or ())}"
            operation.mistake(member, f"{text}. Correct the spelling, or add it there.")
        _expression(operation, member)
    names = {item["name"].text for item in target.parameters()}
    for member in link["parameters"]:
        if member.name.removeprefix("path.").removeprefix("query.") not in names:
            text = f"the link passes the parameter {member.name}, but {target.id} has no such parameter"
            operation.mistake(member, f"{text}{similar(member.name, names)}. Correct the spelling.")
        _expression(operation, member)


def _expression(operation: Operation, member: SourceLocation) -> None:
    """Reports an expression such as `$response.body#/pipelineId` that refers to nothing."""
    where, _, pointer = member.text.partition("#")
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/") if part]
    if not where.startswith("$"):
        return  # a constant
    if where == "$response.body":
        content = [answer["content"][JSON]["schema"] for answer in operation.successes()]
        found = any(_has(schema, *parts) for schema in content)
    elif where == "$request.body":
        body = operation.place["requestBody"].followed()["content"][JSON]["schema"]
        found = _has(body, *parts)
    elif where.startswith(("$request.path.", "$request.query.")):
        names = {(item["in"].text, item["name"].text) for item in operation.parameters()}
        place, _, name = where.removeprefix("$request.").partition(".")
        found = (place, name) in names
    else:
        found = where in ("$url", "$method", "$statusCode") or where.startswith(
            ("$response.header.", "$request.header.")
        )
    if not found:
        text = f"the link passes {member.text}, which {operation.id} does not have."
        operation.mistake(member, f"{text} Correct the expression.")


def _has(schema: SourceLocation, *parts: str) -> bool:
    """Whether a value of this schema can have a member at `parts`, as far as the document shows."""
    schema = schema.followed()
    if not parts:
        return True
    forms = [form for keyword in ("anyOf", "oneOf", "allOf") for form in schema[keyword]]
    if any(_has(form, *parts) for form in forms if "required" not in form or "$ref" in form):
        return True
    if parts[0].isdecimal() and "items" in schema:
        return _has(schema["items"], *parts[1:])
    if "properties" in schema:
        return parts[0] in schema["properties"] and _has(schema["properties"][parts[0]], *parts[1:])
    return schema.broken or (isinstance(schema.value, dict) and "type" not in schema and not forms)
