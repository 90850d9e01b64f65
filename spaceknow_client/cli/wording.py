"""Rewrites messages of the package for the command line: options in place of Python arguments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

# Calls in Python, and the equivalent commands.
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
    r"client\.kraken\.save_mosaic\(\.\.\.\)": "spaceknow map mosaic",
    r"map must be a KrakenMap": "MAPS must hold a map",
    r"Pass the result\(\) of a (release|query)\.": r"Pass the output of a \1.",
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
# Arguments whose options have another name; the others are matched by name.
_ARGUMENTS = {
    "scene_ids": "--scene",
    "files": "--file",
    "decompose": "--tile-size",
    "base_url": "--base-url",
    "clip": "--no-clip",
    "cloud_optimized": "--no-cog",
}


def for_people(text: str, options: Mapping[str, str]) -> str:
    """The message, with argument names replaced by the options of the running command."""
    for pattern, words in _CALLS.items():
        quoted = f"`{words}`" if words.startswith(("spaceknow", "--")) else words
        text = re.sub(f"`?{pattern}`?", quoted, text)
    known = {**_ARGUMENTS, **options}
    for name, option in known.items():
        # name=VALUE; a name with an underscore; and a plain word where it must be an argument.
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
