"""Reads the hand-written document of `openapi/` and bundles its files into one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .inline import name_objects
from .source_positions import DocumentError as DocumentError
from .source_positions import Mistake, Pointer, Source

# Where a referenced object of another file goes in the bundle, by the file or folder it comes from.
# Path items are inlined: openapi-python-client silently skips references to them.
SECTIONS = {
    "schemas": "schemas",
    "responses.yaml": "responses",
    "headers.yaml": "headers",
    "parameters.yaml": "parameters",
}


class Broken(dict[str, Any]):
    """Replaces a reference to a missing object in the bundle, so that the rest can be checked."""


class Document:
    """The multi-file document, read and bundled once.

    Attributes:
        content: one self-contained document: every reference points into `components`.
        mistakes: those found so far. Checks of `content` add theirs by `mistake`.
    """

    def __init__(self, root: Path) -> None:
        """Raises DocumentError if the root file is not an OpenAPI document."""
        self.root = root.resolve()
        self.folder = self.root.parent
        self.content: dict[str, Any] = {}
        self.mistakes: list[Mistake] = []
        self._sources: dict[Path, Source] = {}
        self._components: dict[str, dict[str, Any]] = {}
        # The source of a part of the bundle; parts below it have the same pointer there.
        self._origins: dict[Pointer, tuple[Source, Pointer]] = {}
        self._named: set[tuple[Path, str]] = set()  # the path items that the root refers to
        self._read()

    def bundle(self) -> dict[str, Any]:
        """The content. Raises DocumentError with all the mistakes, if there are any."""
        self.stop()
        return self.content

    def stop(self) -> None:
        """Raises DocumentError with all the mistakes, if there are any."""
        if self.mistakes:
            raise DocumentError(*sorted(set(self.mistakes)))

    def mistake(self, pointer: Pointer, text: str) -> None:
        """Adds a mistake at `pointer` of the bundle, or at the nearest existing part around it."""
        source, inside = self._origin(pointer)
        self.mistakes.append(Mistake(source.name, source.line(inside), text))

    def place(self, pointer: Pointer) -> str:
        """File and line of a part of the bundle."""
        source, inside = self._origin(pointer)
        return f"{source.name}:{source.line(inside)}"

    def moved(self, pointer: Pointer, to: Pointer) -> None:
        """Stores the source of a part of the bundle that was moved to `to`."""
        self._origins[to] = self._origin(pointer)

    @property
    def readable(self) -> bool:
        """Whether all files could be read, so that `content` is complete."""
        return all(source.whole for source in self._sources.values())

    def unused(self) -> list[Mistake]:
        """Path items that the root does not refer to: nothing is generated from them."""
        found = []
        for path in sorted((self.folder / "paths").glob("*.yaml")):
            source = self._load(path)
            for name in source.data if isinstance(source.data, dict) else ():
                if (path, name) not in self._named:
                    text = f"{name} is not used: no path of openapi.yaml refers to it."
                    text += " Refer to it under paths, or remove it."
                    found.append(Mistake(source.name, source.line((name,)), text))
        return found

    def _origin(self, pointer: Pointer) -> tuple[Source, Pointer]:
        for length in range(len(pointer), 0, -1):
            if pointer[:length] in self._origins:
                source, inside = self._origins[pointer[:length]]
                return source, inside + pointer[length:]
        return self._sources[self.root], pointer

    def _read(self) -> None:
        source = self._load(self.root)
        if not isinstance(source.data, dict) or not isinstance(source.data.get("paths"), dict):
            if source.whole:
                text = "not an OpenAPI document: paths is missing. Add it, with an entry for each URL path."
                self.mistakes.append(Mistake(source.name, 1, text))
            self.stop()
        root = dict(source.data)
        own = root.pop("components", {})
        if isinstance(own, dict):
            self._components = {
                section: dict(items) for section, items in own.items() if isinstance(items, dict)
            }
        for section, items in [*self._components.items()]:
            for name in [*items]:
                where = ("components", section, name)
                items[name] = self._resolve(items[name], source, where)
        for key, value in root.items():
            if key == "paths":
                self.content[key] = {
                    path: self._inline(item, source, (key, path)) for path, item in value.items()
                }
            elif key.startswith("x-"):
                self.content[key] = self._inline(value, source, (key,))
            else:
                self.content[key] = self._resolve(value, source, (key,))
        self.content["components"] = {
            section: dict(sorted(items.items()))
            for section, items in sorted(self._components.items())
        }
        self._find_circles()
        name_objects(self)

    def _load(self, path: Path) -> Source:
        if path not in self._sources:
            top = self.folder.parent
            name = path.relative_to(top).as_posix() if path.is_relative_to(top) else str(path)
            self._sources[path] = source = Source(path, name)
            self.mistakes += source.mistakes
        return self._sources[path]

    def _follow(
        self, reference: str, source: Source, where: Pointer
    ) -> tuple[Source, Pointer, Any] | None:
        """The file, the pointer and the object that a reference names; None if it is broken."""
        file, _, fragment = reference.partition("#")
        path = (source.path.parent / file).resolve() if file else source.path
        if not path.is_file():
            self._dangling(source, where, f"{reference!r} is broken: no such file {file}.")
            return None
        target = self._load(path)
        if not target.whole:
            return None  # that file's own mistakes are reported
        value = target.data
        pointer = tuple(
            part.replace("~1", "/").replace("~0", "~") for part in fragment.split("/") if part
        )
        for part in pointer:
            if isinstance(value, list) and part.isdecimal() and int(part) < len(value):
                value = value[int(part)]
            elif isinstance(value, dict) and part in value:
                value = value[part]
            else:
                problem = f"{reference!r} is broken: {target.name} has no #{fragment}."
                self._dangling(source, where, problem)
                return None
        return target, pointer, value

    def _dangling(self, source: Source, where: Pointer, problem: str) -> None:
        text = f"the reference {problem} Correct the reference, or add its target."
        self.mistakes.append(Mistake(source.name, source.line((*where, "$ref")), text))

    def _inline(self, value: Any, source: Source, bundled: Pointer) -> Any:
        """`value`, or the target of its reference, with the references inside it bundled."""
        where = bundled
        seen: set[tuple[Path, Pointer]] = set()
        while isinstance(value, dict) and isinstance(value.get("$ref"), str):
            found = self._follow(value["$ref"], source, where)
            if found is None:
                return Broken()
            if (found[0].path, found[1]) in seen:
                self._dangling(source, where, f"{value['$ref']!r} is circular.")
                return Broken()
            source, where, value = found
            seen.add((source.path, where))
            self._named.add((source.path, "".join(where[:1])))
            self._origins[bundled] = source, where
        return self._resolve(value, source, where)

    def _resolve(self, value: Any, source: Source, where: Pointer) -> Any:
        """`value`, found at `where` in its file, with every reference bundled."""
        if isinstance(value, list):
            return [
                self._resolve(item, source, (*where, str(index)))
                for index, item in enumerate(value)
            ]
        if not isinstance(value, dict):
            return value
        reference = value.get("$ref")
        if isinstance(reference, str):
            bundled = self._component(reference, source, where)
            if bundled is None:
                return Broken()
            rest = {key: item for key, item in value.items() if key != "$ref"}
            return {"$ref": bundled} | self._resolve(rest, source, where)
        return {
            key: (
                self._mapping(item, source, (*where, key))
                if key == "mapping" and "propertyName" in value and isinstance(item, dict)
                else self._resolve(item, source, (*where, key))
            )
            for key, item in value.items()
        }

    def _mapping(self, mapping: dict[str, str], source: Source, where: Pointer) -> dict[str, str]:
        """A discriminator's mapping contains references as plain strings."""
        bundled = {
            key: self._component(str(reference), source, (*where, key))
            for key, reference in mapping.items()
        }
        return {key: reference for key, reference in bundled.items() if reference is not None}

    def _component(self, reference: str, source: Source, where: Pointer) -> str | None:
        followed = self._follow(reference, source, where)
        if followed is None:
            return None
        target, pointer, found = followed
        if target.path == self.root:
            return "#" + reference.partition("#")[2]
        parts = target.path.relative_to(self.folder).parts if self._is_ours(target) else ()
        section = next((name for part, name in SECTIONS.items() if part in parts), None)
        if section is None or not pointer:
            text = f"{reference!r} has a target in the wrong place."
            text = f"the reference {text} Move the object to one of: {', '.join(SECTIONS)}."
            self.mistakes.append(Mistake(source.name, source.line((*where, "$ref")), text))
            return None
        name = pointer[-1]
        bundled = ("components", section, name)
        items = self._components.setdefault(section, {})
        if name not in items:
            self._origins[bundled] = target, pointer
            items[name] = {}  # reserved before resolving: schemas may be recursive
            items[name] = self._resolve(found, target, pointer)
        elif self._origin(bundled) != (target, pointer):
            text = f"the name {name!r} is already used in {self.place(bundled)}."
            self.mistakes.append(
                Mistake(target.name, target.line(pointer), f"{text} Rename one of them.")
            )
            return None
        return f"#/components/{section}/{name}"

    def _is_ours(self, source: Source) -> bool:
        return source.path.is_relative_to(self.folder)

    def _find_circles(self) -> None:
        """Reports components that are only themselves, by reference or as one of their own forms."""
        for section, items in self.content["components"].items():
            for name in items:
                waiting, seen, own = [items[name]], set(), f"#/components/{section}/{name}"
                while waiting and own not in seen:
                    value = waiting.pop()
                    if not isinstance(value, dict):
                        continue
                    for keyword in ("anyOf", "oneOf", "allOf"):
                        forms = value.get(keyword)
                        waiting += forms if isinstance(forms, list) else []
                    reference = value.get("$ref")
                    if isinstance(reference, str) and reference not in seen:
                        seen.add(reference)
                        waiting.append(items.get(reference.rpartition("/")[2]))
                if own in seen:
                    pointer = ("components", section, name)
                    self.mistake(pointer, f"{name!r} refers only to itself. Define it.")
                    items[name] = Broken()


def dump(document: dict[str, Any]) -> str:
    """The bundle as JSON text that is the same to the byte for the same document.

    It is compact, as it is part of the base install. Each operation and each schema is on a line of its
    own, so that `git diff` is readable.
    """
    return _lines(document, 3) + "\n"


def _lines(value: Any, depth: int) -> str:
    if not depth or not isinstance(value, dict) or not value:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    members = (f"{json.dumps(name)}:{_lines(member, depth - 1)}" for name, member in value.items())
    return "{\n" + ",\n".join(members) + "\n}"
