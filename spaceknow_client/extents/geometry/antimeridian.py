"""Removes the cut that RFC 7946 requires at the antimeridian and down to an enclosed pole."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
from attrs import define

from .rings import Floats, Rings

EDGE = 180.0
POLE = 90.0
SNAP = 1e-9  # degrees, 0.1 mm; points nearer to the antimeridian or a pole count as on it


@define(eq=False)
class _Chain:
    """A section of a ring between two points on the antimeridian, by their latitudes."""

    points: Floats
    first: float
    last: float


def snapped(points: Floats) -> Floats:
    """Points (n, 2) in degrees, moved onto the antimeridian or a pole if almost on it."""
    size = np.abs(points)
    near = np.abs(size - (EDGE, POLE)) <= SNAP
    if not near.any():
        return points
    return np.where(near, np.sign(points) * (EDGE, POLE), points)


def joined(rings: Rings) -> Rings:
    """Rings between -180 and 180 degrees, without the edges along 180 that two sides share.

    Longitudes continue beyond 180 instead. A ring around a pole ends 360 degrees from its start: on
    the sphere it is closed. The whole Earth has no ring left.
    """
    starts = rings.edges()
    points = rings.points
    seam = (np.abs(points[starts]) == EDGE)[:, 0] & (points[starts, 0] == points[starts + 1, 0])
    sides = np.unique(points[starts[seam], 0])
    if len(sides) < 2:
        return rings
    edges = starts[seam]
    levels = np.unique(points[np.concatenate([edges, edges + 1]), 1])
    owners = np.searchsorted(rings.offsets, edges, side="right") - 1
    kept: list[Floats] = []
    chains: list[_Chain] = []
    net: Counter[tuple[float, float]] = Counter()
    for number, ring in enumerate(rings.split()):
        breaks = edges[owners == number] - rings.offsets[number] if number in owners else ()
        if len(breaks) == 0:
            kept.append(ring)
            continue
        for edge in breaks:
            _count(net, levels, float(ring[edge, 1]), float(ring[edge + 1, 1]))
        chains += _chains(ring[:-1], [int(edge) for edge in breaks])
    for (low, high), count in net.items():
        if count:
            step = (low, high) if count > 0 else (high, low)
            chains.append(_Chain(np.array([(EDGE, step[0]), (EDGE, step[1])]), *step))
    return Rings.of_list(kept + _linked(chains))


def _count(net: Counter[tuple[float, float]], levels: Floats, begin: float, end: float) -> None:
    """Counts the steps between adjacent latitudes of an edge: up is 1, down is -1."""
    low, high = np.searchsorted(levels, sorted((begin, end)))
    steps = levels[low : high + 1].tolist()
    for step in pairwise(steps):
        net[step] += 1 if end > begin else -1


def _chains(ring: Floats, breaks: list[int]) -> list[_Chain]:
    """The sections of a ring (without its repeated start) between the edges at `breaks`."""
    made = []
    for index, edge in enumerate(breaks):
        begin = edge + 1
        stop = breaks[index + 1] if index + 1 < len(breaks) else breaks[0] + len(ring)
        if stop <= begin:
            continue  # two such edges in a row
        points = ring[np.arange(begin, stop + 1) % len(ring)]
        if not (np.abs(points[:, 1]) == POLE).all():  # a section along a pole encloses nothing
            made.append(_Chain(points, float(points[0, 1]), float(points[-1, 1])))
    return made


def _linked(chains: list[_Chain]) -> list[Floats]:
    """Rings of chains: each continues with one that starts at its end, preferably across the cut."""
    waiting: dict[float, list[_Chain]] = {}
    for chain in chains:
        waiting.setdefault(chain.first, []).append(chain)
    rings = []
    while any(waiting.values()):
        home = next(latitude for latitude, some in waiting.items() if some)
        chain = waiting[home].pop()
        pieces, end = [chain.points], chain.points[-1, 0]
        while chain.last != home:
            choices = waiting.get(chain.last, [])
            if not choices:
                break  # rounding left the ring open: it is closed below
            side = chain.points[-1, 0]
            across = [n for n, other in enumerate(choices) if other.points[0, 0] == -side]
            chain = choices.pop(across[0] if across else 0)
            turns = np.round((end - chain.points[0, 0]) / 360) * 360
            pieces.append(chain.points[1:] + np.array((turns, 0)))
            end = pieces[-1][-1, 0]
        ring = np.concatenate(pieces)
        if len(ring) > 2 or ring[0, 0] != ring[-1, 0]:
            if ring[0, 1] != ring[-1, 1] or (ring[-1, 0] - ring[0, 0]) % 360 != 0:
                ring = np.concatenate([ring, ring[:1]])
            rings.append(ring)
    return rings


def contiguous(rings: Rings) -> Rings:
    """The rings of `joined` within 360 degrees of longitude, starting in the widest gap.

    Without a gap, or around a pole, the rings stay as they are, from -180 to 180.
    """
    made = joined(rings)
    if len(made) == 0:
        return rings
    first, last = made.points[made.offsets[:-1], 0], made.points[made.offsets[1:] - 1, 0]
    west, east = (
        low.reduceat(made.points[:, 0], made.offsets[:-1]) for low in (np.minimum, np.maximum)
    )
    start = np.mod(west, 360)
    order = np.argsort(start)
    reached = np.maximum.accumulate((start + east - west)[order])
    gaps = np.append(start[order][1:], start[order][0] + 360) - reached
    widest = int(np.argmax(gaps))
    if (first != last).any() or gaps[widest] <= SNAP or reached[-1] - 360 > start[order][0]:
        return rings
    cut = (reached[widest] + gaps[widest] / 2 + 180) % 360 - 180
    turns = -np.floor((west - cut) / 360) * 360
    turns -= np.floor(((west + turns).min() + EDGE) / 360) * 360
    if (east + turns).max() > 2 * EDGE:
        turns -= 360
    moved = made.points + np.column_stack(
        [np.repeat(turns, np.diff(made.offsets)), np.zeros(len(made.points))]
    )
    return Rings(moved, made.offsets)
