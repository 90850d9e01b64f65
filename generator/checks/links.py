"""The links: from a pipeline's start to its status and its result, and whatever else they join."""

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
                text = "operationRef is not used. Name the operation by its operationId."
                operation.mistake(link["operationRef"], text)
            elif operation.place.document.readable:
                text = f"the link leads to {target!r}, and no operation has this operationId"
                text += similar(target, ids)
                operation.mistake(link["operationId"], f"{text}. Mend the link.")
        if operation.id.endswith(".initiate"):
            reached.add(_result(operation))  # else its missing link is reported
            _pipeline(operation, links, ids)
    for operation in operations:
        is_known = operation.id in reached or not operation.place.document.readable
        if operation.id.endswith(".retrieve") and not is_known:
            pair = operation.id.replace(".retrieve", ".initiate")
            text = f"no link leads to this retrieve. Add the link result to the 200 of {pair}."
            operation.mistake(operation.place["operationId"], text)


def _result(operation: Operation) -> str:
    return operation.id.removesuffix("initiate") + "retrieve"


def _pipeline(
    operation: Operation, links: dict[str, SourceLocation], ids: dict[str, Operation]
) -> None:
    for name, target in (("status", STATUS), ("result", _result(operation))):
        link = links.get(name)
        if link is None:
            text = f"an initiate has the link {name} to {target}. Add it to its 200."
            operation.mistake(next(operation.successes(), operation.place), text)
            continue
        found = link["operationId"].text
        handed = [member.name for member in link["requestBody"]]
        if name == "result":  # where its operation takes the ID, and as what, is its own business
            every = (*link["requestBody"], *link["parameters"])
            handed += ["pipelineId" for member in every if member.text == PIPELINE_ID]
        if found != target and found in ids:
            text = f"the link {name} leads to {found}, and should to {target}. Mend it."
            operation.mistake(link["operationId"], text)
        elif found in ids and not similar("pipelineId", handed):
            text = f"the link {name} should hand on the pipelineId. Add it to its requestBody."
            operation.mistake(link, text)
        elif found in ids and name == "result":
            _hands_on(operation, link, ids[found])
        elif found in ids:
            _hands_on_id_alone(operation, link, ids[found])


def _hands_on_id_alone(operation: Operation, link: SourceLocation, target: Operation) -> None:
    """The status is asked for by the id alone, whatever the pipeline."""
    for member in (*link["requestBody"], *link["parameters"]):
        if member.name != "pipelineId" and not similar("pipelineId", [member.name]):
            text = f"the link {link.name} hands on {member.name}, and {target.id} is sent the"
            operation.mistake(member, f"{text} pipelineId alone. Leave it out.")


def _hands_on(operation: Operation, link: SourceLocation, target: Operation) -> None:
    """Whether the link to the result hands on all that the retrieve needs, and can be followed.

    What a handle keeps of the start are values of the request and of the answer's body.
    """
    body = target.place["requestBody"].followed()
    body = body["content"][media_of(body.value or {})]["schema"]
    needed = {*required_of(body)}
    needed |= {item["name"].text for item in target.parameters() if item["required"].value is True}
    given = {member.name.rpartition(".")[2]: member for member in link["parameters"]}
    given |= {member.name: member for member in link["requestBody"]}
    # One that is spelled otherwise is reported as such.
    for name in sorted(one for one in needed - given.keys() if not similar(one, given)):
        text = f"{target.id} needs {name}, and the link {link.name} does not hand it on."
        operation.mistake(link, f"{text} Add it to its requestBody or its parameters.")
    for name, member in given.items():
        where = member.text.partition("#")[0]
        if name == "pipelineId" and member.text != PIPELINE_ID:
            text = "the pipelineId is that of the answer. Write $response.body#/pipelineId."
            operation.mistake(member, text)
        elif is_secret(name):
            text = f"the link hands on {name}, a secret, and handles are stored and shown."
            operation.mistake(member, f"{text} Leave it out.")
        elif "{$" in member.text or (where.startswith("$") and not _can_be_kept(member.text)):
            text = f"a handle cannot keep {member.text}. Hand on a value of the answer's body"
            operation.mistake(member, f"{text}, or of the request's body, path, query or headers.")
        elif name in needed and not _is_there(operation, member.text):
            text = f"{target.id} needs {name}, and {member.text} may be missing. Require it where"
            operation.mistake(member, f"{text} it comes from.")


def _can_be_kept(expression: str) -> bool:
    where, hash, pointer = expression.partition("#")
    if where in ("$response.body", "$request.body"):
        return pointer.startswith("/")
    return where.startswith(("$request.path.", "$request.query.", "$request.header.")) and not hash


def _is_there(operation: Operation, expression: str) -> bool:
    """Whether what an expression names is always there."""
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
            text = f"the link sends {member.name}, and the body of {target.id} ({body}) has no such"
            text += f" member{similar(member.name, body['properties'].value or ())}"
            operation.mistake(member, f"{text}. Mend the spelling, or add it there.")
        _expression(operation, member)
    names = {item["name"].text for item in target.parameters()}
    for member in link["parameters"]:
        if member.name.removeprefix("path.").removeprefix("query.") not in names:
            text = f"the link sends the parameter {member.name}, and {target.id} has none such"
            operation.mistake(member, f"{text}{similar(member.name, names)}. Mend the spelling.")
        _expression(operation, member)


def _expression(operation: Operation, member: SourceLocation) -> None:
    """Whether what a link hands on is there: `$response.body#/pipelineId` and its kin."""
    where, _, pointer = member.text.partition("#")
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/") if part]
    if not where.startswith("$"):
        return  # a value of its own
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
        text = f"the link hands on {member.text}, and {operation.id} has no such thing."
        operation.mistake(member, f"{text} Mend the expression.")


def _has(schema: SourceLocation, *parts: str) -> bool:
    """Whether a value of this schema can have what is at `parts`, as far as the document tells."""
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
