"""Messages of the package in the words of the command: its options, where the package names arguments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

# What programs call, and what people type instead.
_CALLS = {
    r"sk\.map_types\(\)": "spaceknow map types",
    r"sk\.datasets\(\)": "spaceknow datasets",
    r"client\.kraken\.download\(\.\.\.\)": "spaceknow map download",
    r"client\.credits\.remaining\(\)": "spaceknow credits remaining",
    r"client\.credits\.allocate_area\(\.\.\.\)` or `spaceknow credits allocate": "spaceknow credits allocate",
    r"client\.credits\.allocate_area\(\.\.\.\)": "spaceknow credits allocate",
    r"client\.pipelines\.recover\(\)": "spaceknow pipeline recover",
    r"allocate=True, max_credits=N": "--allocate --max-credits N",
    r"max_credits=N": "--max-credits N",
    r"save_mosaic": "`spaceknow map mosaic`",
    r"a KrakenMap is needed here": "a map is needed here",
    r"It is what the result\(\) of a (release|query) gives\.": r"It is what a \1 prints.",
    r"by its handle, the result of token\(\)": "by its handle",
    r"Pass the JSON string returned by token\(\)\.": (
        "Pass the JSON that `spaceknow release --detach` prints."
    ),
    r", and use Extent\(\.\.\.\)\.repaired\(\)": "",
    r"Use Extent\(\.\.\.\)\.repaired\(\), and compare the areas": (
        "Repair it, for example with ogr2ogr -makevalid, and compare the areas"
    ),
    r"Extent\(\.\.\.\)\.split_at_antimeridian\(short_edges=True\).*split_at_antimeridian\(\)[^.]*": (
        "Write it in two parts, one on each side of the antimeridian, as ogr2ogr -wrapdateline does"
    ),
    r", for example with shapely's buffer\(\)": "",
    r"shapely's simplify\(\)": "ogr2ogr -simplify",
    r"Choose one: sk\.Extent\(geopandas\.read_file\(path, layer=\.\.\.\)\)\.": (
        "Write one of them to a file of its own, for example with ogr2ogr."
    ),
    r"with geopandas, use \.to_crs\('OGC:CRS84'\)": "ogr2ogr can convert them",
    r"properties\.collection, or the argument collection=": "properties.collection, or --collection",
    r"Poll tasking\.get_status at intervals of nextTry until the status is RESOLVED, then retrieve again": (
        "Wait for it with `spaceknow pipeline wait`"
    ),
    r"(Request less data),( or)? raise max_response_bytes": r"\1",
}
# What methods call otherwise than their command; the others are found by their name.
_ARGUMENTS = {
    "scene_ids": "--scene",
    "files": "--file",
    "decompose": "--tile-size",
    "base_url": "--base-url",
    "clip": "--whole",
}


def for_people(text: str, options: Mapping[str, str]) -> str:
    """A message with the options of the command that runs, by the argument that each is."""
    for pattern, words in _CALLS.items():
        quoted = f"`{words}`" if words.startswith(("spaceknow", "--")) else words
        text = re.sub(f"`?{pattern}`?", quoted, text)
    known = {**_ARGUMENTS, **options}
    for name, option in known.items():
        # name=VALUE; a name that is no English word; and a short one where it can be nothing else.
        value = r"""=("[^"]*"|'[^']*'|[^\s,;)]*[^\s,;).])"""
        text = re.sub(rf"\b{name}{value}", partial(_given, option), text)
        if "_" in name:
            text = re.sub(rf"(?<![\w.`/-]){name}(\[\d+\])?(?![\w(/])", option, text)
        else:
            text = re.sub(rf"^{name}(?= must | cannot |: | \()|(?<=\bas ){name}\b", option, text)
            text = re.sub(rf"(?<= is before ){name}(?= \()", option, text)
    return text


def _given(option: str, found: re.Match[str]) -> str:
    value = found[1].strip("\"'")
    return option if value in ("True", "False") else f"{option} {value}"
