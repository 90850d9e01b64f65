"""The operations: what each must say, and whether it fits with the others."""

from __future__ import annotations

import re
from keyword import iskeyword

from spaceknow_client.contract.document import METHODS, PageNames, page_names
from spaceknow_client.contract.parameters import kind_of
from spaceknow_client.generated.types import is_json

from ..document.names import member_name
from ..sync_compiler import sync_name
from .bodies import check_body
from .house_rules import hold
from .operation import Operation
from .parameters import check_parameter, spread_members
from .place import SourceLocation, similar
from .schemas import members_of, told_apart
from .security import place_of

JSON = "application/json"


def check(root: SourceLocation) -> tuple[list[Operation], dict[str, Operation]]:
    """Returns the operations, and those of each operationId."""
    places = (path[method] for path in root["paths"] for method in METHODS if method in path)
    operations = [Operation(place) for place in places]
    ids: dict[str, Operation] = {}
    methods: dict[str, Operation] = {}
    for operation in operations:
        _identity(operation, ids, methods)
        hold("operation", operation.place, operation.title)
        _codes(operation)
        _security(operation)
        _parameters(operation)
        _bodies(operation)
    return operations, ids


def _identity(
    operation: Operation, ids: dict[str, Operation], methods: dict[str, Operation]
) -> None:
    place, name, tags = operation.place, operation.id, operation.place.root["tags"]
    tag, _, rest = name.partition(".")
    method = rest.replace(".", "_")
    other = ids.setdefault(name, operation) if name else operation
    same = methods.setdefault(f"{tag}.{method}", operation) if name else operation
    if other is not operation:
        text = f"{other.place['operationId']} has this operationId too. Rename one of them."
        operation.mistake(place["operationId"], text)
    elif same is not operation:
        text = f"{same.id} ({same.place['operationId']}) would be the same method {method}."
        operation.mistake(place["operationId"], f"{text} Rename one of them.")
    elif sync_name(method) != method or sync_name(tag) != tag:
        text = f"{name} would lose its async in the synchronous client. Rename it."
        operation.mistake(place["operationId"], text)
    elif iskeyword(method) or iskeyword(tag):
        text = f"{method if iskeyword(method) else tag} is a word of Python's own. Rename it."
        operation.mistake(place["operationId"], text)
    named = place["tags"]
    if named and (len([*named]) != 1 or (name and named[0].value != tag)):
        text = f"its one tag should be the first part of its operationId, {tag}."
        operation.mistake(named[0], f"{text} Mend the tag or the operationId.")
    for each in named:
        known = [item["name"].text for item in tags]
        if each.text and each.text not in known:
            text = f"the tag {each.text} is not among the tags of {place.root['tags']}"
            operation.mistake(each, f"{text}{similar(each.text, known)}. Add it there, or mend it.")


def _codes(operation: Operation) -> None:
    codes, known = operation.place["x-error-codes"], operation.place.root["x-errors"]
    seen: set[str] = set()
    for code in codes:
        if code.text in seen:
            operation.mistake(code, f"x-error-codes names {code.value} twice. Leave out one.")
        elif code.text not in known and isinstance(known.value, dict) and not known.broken:
            text = f"x-error-codes names {code.value}, which openapi/errors.yaml lacks"
            text += similar(code.text, known.value)
            operation.mistake(code, f"{text}. Add it there, or mend the spelling.")
        seen.add(code.text)


def _security(operation: Operation) -> None:
    root = operation.place.root
    schemes = root["components"]["securitySchemes"]
    security = operation.place["security"] or root["security"]
    hold("security", security, operation.title)
    for option in security:
        for scheme in option:
            if scheme.name not in schemes:
                text = (
                    f"no security scheme {scheme.name!r} is in components of {root['components']}"
                )
                text += similar(scheme.name, schemes.value or ())
                operation.mistake(scheme, f"{text}. Mend the spelling.")
        _together(operation, option, schemes)


def _together(operation: Operation, option: SourceLocation, schemes: SourceLocation) -> None:
    """Whether schemes that are needed together, and the parameters, leave each other their places."""
    taken = {
        (item["in"].text, item["name"].text): f"the parameter {item['name'].text}"
        for item in operation.parameters()
    }
    for named in option:
        place, name = place_of(schemes[named.name].followed())
        other = taken.setdefault((place, name), f"the scheme {named.name}")
        if name and other != f"the scheme {named.name}":
            text = f"{named.name} and {other} would both be in the {place} {name}."
            operation.mistake(named, f"{text} Leave one of them out.")


def _parameters(operation: Operation) -> None:
    path = operation.place.path[1]
    names: dict[str, SourceLocation] = {}
    for parameter in operation.parameters():
        if parameter.broken:
            return
        name = parameter["name"].text
        check_parameter(parameter)
        if parameter["in"].text == "path" and f"{{{name}}}" not in path:
            text = f"the path {path} has no {{{name}}}. Add it there, or mend the spelling."
            operation.mistake(parameter["name"], text)
        if parameter["in"].text == "path" and parameter["required"].value is not True:
            operation.mistake(parameter, "a part of the path must be there. Add required: true.")
        python = member_name(name)
        other = names.setdefault(python, parameter)
        if other is not parameter:
            text = (
                f"the parameters {other['name'].text} ({other}) and {name} would both be {python}"
            )
            operation.mistake(parameter, f"{text} in Python. Rename or leave out one.")
        elif python == "body" and "requestBody" in operation.place:
            text = f"the parameter {name} would take the place of the request's body."
            operation.mistake(parameter, f"{text} Leave it out.")
        for member in spread_members(parameter):
            other = names.setdefault(member_name(member), parameter)
            if other is not parameter:
                text = (
                    f"its member {member} and the parameter {other['name'].text} ({other}) are sent"
                )
                operation.mistake(parameter, f"{text} as one. Write it with style: deepObject.")
    given = {item["name"].text for item in operation.parameters() if item["in"].text == "path"}
    for name in re.findall(r"{([^}]*)}", path):
        if name not in given:
            text = f"the path has {{{name}}}, and no parameter is called so. Add it to parameters."
            operation.mistake(operation.place, text)


def _bodies(operation: Operation) -> None:
    place = operation.place
    if "requestBody" in place:
        check_body(place["requestBody"], operation.title)
    pages = []
    for answer in operation.successes():
        content = answer["content"]
        if JSON in content and "schema" not in content[JSON]:
            text = "an answer in JSON needs a schema. Refer to one of openapi/schemas/."
            operation.mistake(content[JSON], text)
        pages.append(content[JSON]["schema"])
        types = list(content.value) if isinstance(content.value, dict) else []
        if types != [JSON] and types and all(map(is_json, map(str, types))):
            text = f"a response in JSON is described as {JSON} alone. Rename {types[-1]}, or remove it."
            operation.mistake(content[types[-1]], text)
    told_apart([page for page in pages if page])
    page = place["x-page"]
    names = page_names(place.value)
    if page and not any(_is_page(schema, names) or schema.broken for schema in pages):
        operation.mistake(
            page,
            f"x-page says that its answer is a page, and a page is a named object with {names.items} (an "
            f"array) and {names.next}. Give its schema both, name them in x-page, or leave it out.",
        )
    for schema in (each for each in pages if page and _is_page(each, names)):
        cursor = schema.followed()["properties"][names.next]
        if kind_of(cursor.followed().value, place.root.value) != "string":
            cursor.mistake(
                f"the cursor {names.next} is a string. Describe it as one, or remove x-page."
            )
    if "x-identity" in place:
        _identifies(operation, pages)


def _identifies(operation: Operation, pages: list[SourceLocation]) -> None:
    """Whether x-identity names a member of the items of the page."""
    identity = operation.place["x-identity"]
    if not operation.place["x-page"]:
        text = "x-identity stands on an operation with x-page: true. Add that, or leave it out."
        operation.mistake(identity, text)
        return
    results = [
        page.followed()["properties"][page_names(operation.place.value).items].followed()
        for page in pages
    ]
    known = {name for each in results for name in members_of(each["items"])}
    if known and identity.text not in known:
        text = f"x-identity names {identity.value!r}, and an item has no such member"
        text += similar(identity.text, known)
        operation.mistake(identity, f"{text}. Mend the spelling, or leave it out.")


def _is_page(schema: SourceLocation, names: PageNames) -> bool:
    members = schema.followed()["properties"]
    is_array = members[names.items].followed()["type"].text == "array"
    return "$ref" in schema and is_array and names.next in members
