"""The operations: what each must have, and whether it conflicts with others."""

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
        text = f"{other.place['operationId']} has the same operationId. Rename one of them."
        operation.mistake(place["operationId"], text)
    elif same is not operation:
        text = f"{same.id} ({same.place['operationId']}) would have the same method name, {method}."
        operation.mistake(place["operationId"], f"{text} Rename one of them.")
    elif sync_name(method) != method or sync_name(tag) != tag:
        text = f"{name} has async in its name, which the synchronous client removes. Rename it."
        operation.mistake(place["operationId"], text)
    elif iskeyword(method) or iskeyword(tag):
        text = f"{method if iskeyword(method) else tag} is a keyword of Python. Rename it."
        operation.mistake(place["operationId"], text)
    named = place["tags"]
    if named and (len([*named]) != 1 or (name and named[0].value != tag)):
        text = f"its only tag must be the first part of its operationId, {tag}."
        operation.mistake(named[0], f"{text} Correct the tag or the operationId.")
    for each in named:
        known = [item["name"].text for item in tags]
        if each.text and each.text not in known:
            text = f"the tag {each.text} is not listed at {place.root['tags']}"
            operation.mistake(
                each, f"{text}{similar(each.text, known)}. Add it there, or correct it."
            )


def _codes(operation: Operation) -> None:
    codes, known = operation.place["x-error-codes"], operation.place.root["x-errors"]
    seen: set[str] = set()
    for code in codes:
        if code.text in seen:
            operation.mistake(code, f"{code.value} occurs twice in x-error-codes. Remove one.")
        elif code.text not in known and isinstance(known.value, dict) and not known.broken:
            text = f"unknown code {code.value} in x-error-codes: not in openapi/errors.yaml"
            text += similar(code.text, known.value)
            operation.mistake(code, f"{text}. Add it there, or correct the spelling.")
        seen.add(code.text)


def _security(operation: Operation) -> None:
    root = operation.place.root
    schemes = root["components"]["securitySchemes"]
    security = operation.place["security"] or root["security"]
    hold("security", security, operation.title)
    for option in security:
        for scheme in option:
            if scheme.name not in schemes:
                text = f"unknown security scheme {scheme.name!r}: not in components at {root['components']}"
                text += similar(scheme.name, schemes.value or ())
                operation.mistake(scheme, f"{text}. Correct the spelling.")
        _together(operation, option, schemes)


def _together(operation: Operation, option: SourceLocation, schemes: SourceLocation) -> None:
    """Reports schemes and parameters that would use the same header or query parameter."""
    taken = {
        (item["in"].text, item["name"].text): f"the parameter {item['name'].text}"
        for item in operation.parameters()
    }
    for named in option:
        place, name = place_of(schemes[named.name].followed())
        other = taken.setdefault((place, name), f"the scheme {named.name}")
        if name and other != f"the scheme {named.name}":
            text = f"{named.name} and {other} would both use the {place} {name}."
            operation.mistake(named, f"{text} Remove one of them.")


def _parameters(operation: Operation) -> None:
    path = operation.place.path[1]
    names: dict[str, SourceLocation] = {}
    for parameter in operation.parameters():
        if parameter.broken:
            return
        name = parameter["name"].text
        check_parameter(parameter)
        if parameter["in"].text == "path" and f"{{{name}}}" not in path:
            text = f"the path {path} has no {{{name}}}. Add it there, or correct the spelling."
            operation.mistake(parameter["name"], text)
        if parameter["in"].text == "path" and parameter["required"].value is not True:
            operation.mistake(parameter, "a path parameter must be required. Add required: true.")
        python = member_name(name)
        other = names.setdefault(python, parameter)
        if other is not parameter:
            text = (
                f"the parameters {other['name'].text} ({other}) and {name} would both be {python}"
            )
            operation.mistake(parameter, f"{text} in Python. Rename or remove one.")
        elif python == "body" and "requestBody" in operation.place:
            text = f"the parameter {name} conflicts with the argument for the request body."
            operation.mistake(parameter, f"{text} Rename or remove it.")
        for member in spread_members(parameter):
            other = names.setdefault(member_name(member), parameter)
            if other is not parameter:
                text = (
                    f"its member {member} and the parameter {other['name'].text} ({other}) would be"
                )
                operation.mistake(parameter, f"{text} sent under one name. Use style: deepObject.")
    given = {item["name"].text for item in operation.parameters() if item["in"].text == "path"}
    for name in re.findall(r"{([^}]*)}", path):
        if name not in given:
            text = f"the path has {{{name}}}, but there is no parameter of this name. Add it to parameters."
            operation.mistake(operation.place, text)


def _bodies(operation: Operation) -> None:
    place = operation.place
    if "requestBody" in place:
        check_body(place["requestBody"], operation.title)
    pages = []
    for answer in operation.successes():
        content = answer["content"]
        if JSON in content and "schema" not in content[JSON]:
            text = "a JSON response must have a schema. Refer to one in openapi/schemas/."
            operation.mistake(content[JSON], text)
        pages.append(content[JSON]["schema"])
        types = list(content.value) if isinstance(content.value, dict) else []
        if types != [JSON] and types and all(map(is_json, map(str, types))):
            text = f"a JSON response must have the single media type {JSON}. Rename or remove {types[-1]}."
            operation.mistake(content[types[-1]], text)
    told_apart([page for page in pages if page])
    page = place["x-page"]
    names = page_names(place.value)
    if page and not any(_is_page(schema, names) or schema.broken for schema in pages):
        operation.mistake(
            page,
            f"x-page requires a response with a named schema that has {names.items} (an array) and "
            f"{names.next}. Add both members, name others in x-page, or remove x-page.",
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
    """Reports an x-identity that is not a member of the items of the page."""
    identity = operation.place["x-identity"]
    if not operation.place["x-page"]:
        text = "x-identity requires x-page: true. Add it, or remove x-identity."
        operation.mistake(identity, text)
        return
    results = [
        page.followed()["properties"][page_names(operation.place.value).items].followed()
        for page in pages
    ]
    known = {name for each in results for name in members_of(each["items"])}
    if known and identity.text not in known:
        text = f"x-identity is {identity.value!r}, but items have no such member"
        text += similar(identity.text, known)
        operation.mistake(identity, f"{text}. Correct the spelling, or remove it.")


def _is_page(schema: SourceLocation, names: PageNames) -> bool:
    members = schema.followed()["properties"]
    is_array = members[names.items].followed()["type"].text == "array"
    return "$ref" in schema and is_array and names.next in members
