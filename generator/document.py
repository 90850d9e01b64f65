"""Reads the hand-written document of `openapi/` and bundles its files into one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

# Where a referenced object of another file goes in the bundle, by the file or folder it comes from.
# Path items are inlined: openapi-python-client skips referenced ones without a word.
SECTIONS = {
    "schemas": "schemas",
    "responses.yaml": "responses",
    "headers.yaml": "headers",
    "parameters.yaml": "parameters",
}


class DocumentError(Exception):
    """The document has a mistake; the message names the file and the remedy."""


class Document:
    """The multi-file document, read once and bundled on demand."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.folder = self.root.parent
        self._files: dict[Path, Any] = {}
        self._components: dict[str, dict[str, Any]] = {}
        self._origins: dict[tuple[str, str], str] = {}

    def bundle(self) -> dict[str, Any]:
        """One self-contained document: every reference points into `components`.

        Raises DocumentError for a reference to nowhere, and for two different objects that would
        get one name.
        """
        root = self._load(self.root)
        if not isinstance(root, dict) or not isinstance(root.get("paths"), dict):
            raise DocumentError(
                f"{self._name(self.root)}: is no OpenAPI document: it has no paths."
            )
        root = dict(root)
        own = root.pop("components", {})
        self._components = {
            section: {
                name: self._resolve(item, self.root, (section, name))
                for name, item in items.items()
            }
            for section, items in own.items()
        }
        bundled: dict[str, Any] = {}
        for key, value in root.items():
            if key == "paths":
                bundled[key] = {path: self._inline(item, self.root) for path, item in value.items()}
            elif key.startswith("x-"):
                bundled[key] = self._inline(value, self.root)
            else:
                bundled[key] = self._resolve(value, self.root, (key,))
        bundled["components"] = {
            section: dict(sorted(items.items()))
            for section, items in sorted(self._components.items())
        }
        return bundled

    def _load(self, path: Path) -> Any:
        if path not in self._files:
            try:
                self._files[path] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
            except (OSError, UnicodeDecodeError) as error:
                raise DocumentError(f"{self._name(path)}: cannot be read: {error}") from error
            except YAMLError as error:
                raise DocumentError(f"{self._name(path)}: is not YAML: {error}") from error
        return self._files[path]

    def _name(self, path: Path) -> str:
        return str(path.relative_to(self.folder)) if path.is_relative_to(self.folder) else str(path)

    def _follow(self, reference: str, source: Path) -> tuple[Path, str, Any]:
        """The file, the pointer and the object that a reference in `source` names."""
        file, _, pointer = reference.partition("#")
        target = (source.parent / file).resolve() if file else source
        value = self._load(target)
        for part in pointer.strip("/").split("/") if pointer else ():
            key = part.replace("~1", "/").replace("~0", "~")
            if not isinstance(value, dict) or key not in value:
                raise DocumentError(
                    f"{self._name(source)}: the reference {reference!r} leads nowhere: "
                    f"{self._name(target)} has no {pointer!r}. Correct the reference or add the object."
                )
            value = value[key]
        return target, pointer, value

    def _inline(self, value: Any, source: Path) -> Any:
        """`value`, or what its reference names, with the references inside it bundled."""
        if isinstance(value, dict) and isinstance(value.get("$ref"), str):
            target, _, found = self._follow(value["$ref"], source)
            return self._resolve(found, target, ())
        return self._resolve(value, source, ())

    def _resolve(self, value: Any, source: Path, where: tuple[str, ...]) -> Any:
        if isinstance(value, list):
            return [self._resolve(item, source, where) for item in value]
        if not isinstance(value, dict):
            if value is not None and not isinstance(value, (str, int, float, bool)):
                raise DocumentError(
                    f"{self._name(source)}: {value!r} is no JSON value (YAML read it as a "
                    f"{type(value).__name__}). Put it in quotes."
                )
            return value
        reference = value.get("$ref")
        if isinstance(reference, str):
            rest = {key: item for key, item in value.items() if key != "$ref"}
            return {"$ref": self._component(reference, source)} | self._resolve(rest, source, where)
        return {
            str(key): (
                self._mapping(item, source)
                if key == "mapping" and "propertyName" in value and isinstance(item, dict)
                else self._resolve(item, source, where)
            )
            for key, item in value.items()
        }

    def _mapping(self, mapping: dict[str, str], source: Path) -> dict[str, str]:
        """A discriminator's mapping holds references as plain text."""
        return {key: self._component(reference, source) for key, reference in mapping.items()}

    def _component(self, reference: str, source: Path) -> str:
        target, pointer, found = self._follow(reference, source)
        if target == self.root:
            return f"#{pointer}"
        section = next(
            (
                name
                for part, name in SECTIONS.items()
                if part in target.relative_to(self.folder).parts
            ),
            None,
        )
        if section is None:
            raise DocumentError(
                f"{self._name(source)}: the reference {reference!r} leads to a file whose objects "
                f"have no place in components. Move the object to one of: {', '.join(SECTIONS)}."
            )
        name = pointer.rsplit("/", 1)[-1]
        origin = f"{self._name(target)}#{pointer}"
        known = self._origins.get((section, name))
        if known is None:
            self._origins[section, name] = origin
            items = self._components.setdefault(section, {})
            if name in items:
                raise DocumentError(f"{origin}: openapi.yaml has another {name!r}. Rename one.")
            items[name] = {}  # reserved before resolving: schemas may be recursive
            items[name] = self._resolve(found, target, (section, name))
        elif known != origin:
            raise DocumentError(
                f"{origin}: {known} has the same name {name!r}, and a bundle has room for one. "
                f"Rename one of them."
            )
        return f"#/components/{section}/{name}"


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(path, method, operation) of a bundled document, in its own order."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                for member in ("operationId", "summary", "tags", "responses"):
                    if not item[method].get(member):
                        raise DocumentError(f"{method.upper()} {path}: {member} is missing.")
                yield path, method, item[method]


def followed(value: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """What a value of a bundled document is, once its references are followed."""
    while "$ref" in value:
        target: Any = document
        for part in value["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        value = target
    return value


def dump(document: dict[str, Any]) -> str:
    """The bundle as JSON text that is the same to the byte for the same document."""
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
