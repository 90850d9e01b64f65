"""The HTTP reference: a page for each tag of the document, one of all objects, one of permissions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..document.document import followed, operations
from ..models.error_classes import class_name
from .schemas import Schemas, cell, example, listed

Operation = dict[str, Any]
Methods = Mapping[str, str]


class HTTPPages:
    """`methods` has for an operation the Markdown of the method that calls it."""

    def __init__(self, document: dict[str, Any], methods: Methods) -> None:
        self._document = document
        self._methods = methods
        self._schemas = Schemas(document)
        self._operations = list(operations(document))

    def pages(self) -> dict[str, str]:
        """The text of each page, by its name in the folder."""
        found = {"index.md": self._index(), "permissions.md": self._permissions()}
        for tag in self._document["tags"]:
            found[f"{tag['name']}.md"] = self._tag(tag)
        found["objects.md"] = self._objects()
        return {name: "\n".join(lines) + "\n" for name, lines in found.items()}

    def _index(self) -> Iterator[str]:
        info = self._document["info"]
        yield from ("# HTTP reference", "", info["description"].strip(), "")
        yield from ("## Servers", "", "| | |", "| --- | --- |")
        for server in self._document["servers"]:
            yield f"| `{server['url']}` | {cell(server.get('description', ''))} |"
        yield from ("", "## Authorisation", "")
        for scheme in self._document["components"]["securitySchemes"].values():
            yield from (
                f"`Authorization: {scheme.get('scheme', '').capitalize()} ...`. "
                f"{scheme.get('description', '')}",
                "",
            )
        yield from ("Which operation needs what: [permissions](permissions.md).", "")
        yield from ("## Operations", "", "| operation | request | |", "| --- | --- | --- |")
        for path, method, operation in self._operations:
            about = operation["summary"] + (" (deprecated)" if operation.get("deprecated") else "")
            yield f"| {self._to(operation)} | `{method.upper()} {path}` | {cell(about)} |"
        yield from (
            "",
            "The document itself comes with the package (in a wheel as `.json.gz`): ",
            "",
        )
        yield "`importlib.resources.files('spaceknow_client') / 'generated' / 'openapi.json'`."

    def _permissions(self) -> Iterator[str]:
        yield from ("# Permissions", "")
        yield from (
            "What a user needs for each operation. `client.permissions()` tells what a user has, "
            "`client.check(operation)` whether it is enough. A permission that depends on the body "
            "is told at the operation.",
            "",
        )
        for scheme in self._document["components"]["securitySchemes"].values():
            yield from (scheme.get("description", ""), "")
        yield from ("## By operation", "")
        yield from ("| operation | needs | safe to repeat |", "| --- | --- | --- |")
        for _, _, operation in self._operations:
            safe = "yes" if operation["x-safe-to-repeat"] else "no"
            yield f"| {self._to(operation)} | {needs(operation)} | {safe} |"
        yield from ("", "## By permission", "", "| permission | allows |", "| --- | --- |")
        allowed: dict[str, list[str]] = {}
        for _, _, operation in self._operations:
            for role in roles(operation):
                allowed.setdefault(role, []).append(self._to(operation))
        for role, names in sorted(allowed.items()):
            yield f"| `{role}` | {', '.join(names)} |"

    def _objects(self) -> Iterator[str]:
        # Most words are the name of some object: what one looks for is rather another page.
        yield from ("---", "search:", "  boost: 0.3", "---", "", "# Objects", "")
        yield (
            "What requests and answers are made of. Objects may have members that are not listed "
            "here: the client keeps them in `additional_properties`."
        )
        yield from self._schemas.objects()

    def _tag(self, tag: dict[str, str]) -> Iterator[str]:
        yield from (f"# {tag['name']}", "", tag.get("description", ""))
        for path, method, operation in self._operations:
            if operation["tags"][0] == tag["name"]:
                yield ""
                yield from self._operation(method, path, operation)

    def _operation(self, method: str, path: str, operation: Operation) -> Iterator[str]:
        name = operation["operationId"]
        yield from (f"## {name} {{ #{anchor(name)} }}", "")
        yield from (f"```http\n{method.upper()} {path}\n```", "")
        if operation.get("deprecated"):
            yield from ('!!! warning "Deprecated: only old clients use this form."', "")
        yield from (f"**{operation['summary'].rstrip('.')}.**", "")
        yield from (operation.get("description", "").strip(), "")
        yield from self._facts(operation)
        shared = self._document["paths"][path].get("parameters", [])
        yield from self._parameters([*shared, *operation.get("parameters", [])])
        if "requestBody" in operation:
            body = followed(operation["requestBody"], self._document)
            optional = "" if body.get("required") else " It may be missing."
            yield from ("", f"**Body.**{optional}", "")
            yield from self._content(body.get("content", {}), "Example")
        for status, response in operation["responses"].items():
            if status.startswith("2"):
                answer = followed(response, self._document)
                yield from ("", f"**Answer {status}.** {answer.get('description', '')}", "")
                yield from self._content(answer.get("content", {}), "Example")
        yield from self._refusals(operation)

    def _facts(self, operation: Operation) -> Iterator[str]:
        name = operation["operationId"]
        yield from ("| | |", "| --- | --- |")
        yield f"| Python | {self._methods.get(name, '`client.raw` alone')} |"
        yield f"| command | `spaceknow api {name}` |"
        yield f"| needs | {needs(operation)} |"
        yield (
            "| safe to repeat | yes: the client repeats it after a failure that may pass |"
            if operation["x-safe-to-repeat"]
            else "| safe to repeat | no: the client sends it once |"
        )
        if operation.get("x-page"):
            yield "| listing | a page at a time, by `cursor` |"
        yield from self._links(operation)
        if operation.get("servers"):
            yield f"| servers | {listed([one['url'] for one in operation['servers']])} |"
        source = operation["x-source"]
        yield f"| source | {cell(source['origin'])} |"
        yield f"| confidence | {source['confidence']} |"

    def _links(self, operation: Operation) -> Iterator[str]:
        by_name = {one["operationId"]: one for _, _, one in self._operations}
        for status, response in operation["responses"].items():
            if status.startswith("2"):
                links = followed(response, self._document).get("links", {})
                for name, link in links.items():
                    if link.get("operationId") in by_name:
                        yield f"| {name} | {self._to(by_name[link['operationId']])} |"

    def _parameters(self, parameters: list[dict[str, Any]]) -> Iterator[str]:
        if not parameters:
            return
        yield from ("", "**Parameters.**", "", "| parameter | type | |", "| --- | --- | --- |")
        for one in parameters:
            full = followed(one, self._document)
            schema = full.get("schema", {})
            told = {**schema, "description": full.get("description", schema.get("description"))}
            known = [value["value"] for value in full.get("examples", {}).values()]
            known = known or ([full["example"]] if "example" in full else [])
            if known and "examples" not in schema:
                told["examples"] = known
            yield self._schemas.row(
                full["name"], told, full.get("required", False), f" (in the {full['in']})"
            )

    def _content(self, content: dict[str, Any], title: str) -> Iterator[str]:
        for media, form in content.items():
            schema = form.get("schema")
            kind = f"`{media}`" + (f": {self._schemas.type_of(schema)}" if schema else "")
            yield from (kind, "")
            if schema and self._schemas.has_members(schema):
                yield from self._schemas.members(schema)
                yield ""
            for name, one in form.get("examples", {}).items():
                said = one.get("summary", f"{title}: {name}").replace('"', "'")
                yield from (f'??? example "{said}"', "", "    ```json")
                yield from (f"    {line}" for line in example(one["value"]).split("\n"))
                yield from ("    ```", "")

    def _refusals(self, operation: Operation) -> Iterator[str]:
        known = self._document["x-errors"]
        codes = operation["x-error-codes"]
        if codes:
            yield from (
                "",
                "**Error codes.**",
                "",
                "| code | class | status |",
                "| --- | --- | --- |",
            )
            for code in codes:
                to = f"[`{code}`](../errors.md#{code.lower()})"
                yield f"| {to} | `{class_name(code)}` | {known[code]['status'] or ''} |"
        yield from ("", '??? info "Statuses"', "", "    | status | |", "    | --- | --- |")
        for status, response in operation["responses"].items():
            about = followed(response, self._document).get("description", "")
            yield f"    | {status} | {cell(about)} |"

    def _to(self, operation: Operation) -> str:
        name = operation["operationId"]
        return f"[`{name}`]({operation['tags'][0]}.md#{anchor(name)})"


def anchor(name: str) -> str:
    """Where an operation stands on the page of its tag."""
    return name.replace(".", "-").replace("_", "-")


def roles(operation: Operation) -> list[str]:
    """The permissions that it needs."""
    return [role for way in operation["security"] for found in way.values() for role in found]


def needs(operation: Operation) -> str:
    """What a request has to bring, in words."""
    security = operation["security"]
    if not security:
        return "no token"
    if {} in security:
        return "a token may be sent"
    return listed(roles(operation)) or "a token"
