"""Damages JSON data and bytes, at random and from a seed."""

from __future__ import annotations

import copy
import json
import math
import random
import re
from typing import Any

ODD: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    7,
    1.5,
    -0.0,
    1e-320,
    1e308,
    -1e308,
    math.nan,
    math.inf,
    -math.inf,
    2**53 + 1,
    10**18,
    -(10**30),
    10**400,
    10**4299,
    "",
    " ",
    "null",
    "\x1b[31m\x9b2J\u202egnp.exe\x00",
    "\ud800",
    "\u2028<script>alert(1)</script>",
    "x" * 5000,
    "2018-13-45 99:99:99",
    "0001-01-01 00:00:00",
    "9999-12-31T23:59:59-14:00",
    [],
    {},
    [[]],
    [None],
    {"": {}},
    {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]},
)
# JSON that Python's own values cannot express: numbers of any length, endless depth.
RAW = ("9" * 5000, "-" + "1" * 4301, "1e999999", "-1E+400", "0." + "1" * 6000, "[" * 3000)
NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


class Damage:
    """Creates damaged copies, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def json(self, value: Any) -> Any:
        """A copy of JSON data with one to three values changed, removed, doubled or added."""
        found = copy.deepcopy(value)
        for _ in range(self.random.randint(1, 3)):
            found = self._changed(found)
        return found

    def _changed(self, value: Any) -> Any:
        holders: list[Any] = []
        left = [value]
        while left:
            each = left.pop()
            if isinstance(each, (dict, list)) and each:
                holders.append(each)
                left += each.values() if isinstance(each, dict) else each
        if not holders or self.random.random() < 0.02:
            return self.odd()
        holder = self.random.choice(holders)
        key = self.random.choice([*holder] if isinstance(holder, dict) else range(len(holder)))
        match self.random.randrange(8):
            case 0:
                del holder[key]
            case 1:
                holder[key] = [holder[key]]
            case 2 if isinstance(holder, list):
                holder.insert(key, copy.deepcopy(self.random.choice(holder)))
            case 2:
                holder[str(self.odd())[:50]] = self.odd()
            case 3:
                holder[key] = {"more": holder[key]}
            case _:
                holder[key] = self.odd()
        return value

    def odd(self) -> Any:
        """A value that is seldom valid."""
        return copy.deepcopy(self.random.choice(ODD))

    def text(self, value: Any) -> bytes:
        """JSON data as bytes, sometimes damaged as bytes."""
        plain = json.dumps(value, ensure_ascii=self.random.random() < 0.5)
        content = plain.encode("utf-8", "surrogatepass")
        chance = self.random.random()
        if chance < 0.6:
            return content
        if chance < 0.75 and (numbers := [*NUMBER.finditer(content)]):
            number = self.random.choice(numbers)
            raw = self.random.choice(RAW).encode()
            return content[: number.start()] + raw + content[number.end() :]
        if chance < 0.8:
            return plain.encode(self.random.choice(("utf-16", "utf-8-sig", "utf-32")), "replace")
        return self.bytes(content)

    def bytes(self, content: bytes) -> bytes:
        """Bytes truncated, flipped, doubled or overwritten."""
        if not content:
            return self.random.randbytes(self.random.randrange(40))
        at = self.random.randrange(len(content))
        length = min(len(content) - at, self.random.choice((1, 1, 1, 2, 4, 16, 200)))
        match self.random.randrange(6):
            case 0:
                return content[:at]
            case 1:
                return content[:at] + content[at + length :]
            case 2:
                return content[:at] + content[at : at + length] * 2 + content[at + length :]
            case 3:
                return (
                    content[:at]
                    + bytes([content[at] ^ 1 << self.random.randrange(8)])
                    + (content[at + 1 :])
                )
            case 4:
                return (
                    content[:at]
                    + self.random.choice((b"\xff", b"\0")) * length
                    + (content[at + length :])
                )
            case _:
                return content[:at] + self.random.randbytes(length) + content[at + length :]
