"""Areas and centroids on the WGS84 ellipsoid, of rings whose edges are straight in degrees.

No projection is needed: by Green's theorem an area is a sum over the edges, and each term is an
integral along longitude of the area between the equator and the edge (Snyder, Map Projections - A
Working Manual, 1987, equation 3-12 for the area between the equator and a parallel).
"""

from __future__ import annotations

import numpy as np

from .rings import Floats, Rings

SEMI_MAJOR = 6_378_137.0
FLATTENING = 1 / 298.257223563
_ECCENTRICITY = np.sqrt(FLATTENING * (2 - FLATTENING))
_SHORT = 1.0  # degrees; shorter edges need 3 points for a mean to 15 digits, others 24
METERS_PER_DEGREE = 111_195.0
RADIUS = 6_371_007.2  # of the sphere of the same area


def area(rings: Rings) -> float:
    """Area in square meters of rings in degrees, with edges straight in longitude and latitude."""
    starts = rings.edges()
    (west, south), (east, north) = rings.points[starts].T, rings.points[starts + 1].T
    width = np.radians(east - west)
    total = 0.0
    for places, chosen in (
        (3, np.abs(north - south) <= _SHORT),
        (24, np.abs(north - south) > _SHORT),
    ):
        nodes, weights = np.polynomial.legendre.leggauss(places)
        middle, half = (south + north)[chosen] / 2, (north - south)[chosen] / 2
        mean = np.zeros(len(middle))
        for node, weight in zip(nodes, weights, strict=True):
            mean += weight / 2 * _zone(middle + node * half)
        total -= float(np.sum(mean * width[chosen]))
    return total


def _zone(latitude: Floats) -> Floats:
    """Square meters between the equator and a parallel (degrees), per radian of longitude."""
    sine = np.sin(np.radians(latitude))
    shrunk = _ECCENTRICITY * sine
    curved = sine / (1 - shrunk**2) + np.arctanh(shrunk) / _ECCENTRICITY
    return np.asarray(SEMI_MAJOR**2 * (1 - _ECCENTRICITY**2) / 2 * curved)


def unit_vectors(points: Floats) -> Floats:
    """(n, 3) unit vectors of points (n, 2) in degrees."""
    longitude, latitude = np.radians(points).T
    level = np.cos(latitude)
    return np.stack(
        [level * np.cos(longitude), level * np.sin(longitude), np.sin(latitude)], axis=1
    )


def middle(rings: Rings) -> tuple[float, float]:
    """Longitude and latitude of the centroid in degrees; an arbitrary point if it has none.

    The integral of positions over a part of the sphere is half the integral of r x dr along its boundary,
    so the antimeridian and the poles need no special treatment.
    """
    vectors = unit_vectors(rings.points)
    starts = rings.edges()
    x, y, z = np.cross(vectors[starts], vectors[starts + 1]).sum(axis=0)
    return float(np.degrees(np.arctan2(y, x))), float(np.degrees(np.arctan2(z, np.hypot(x, y))))


def reach(rings: Rings, center: tuple[float, float]) -> float:
    """The largest angle in degrees between a point and the rings."""
    cosine = unit_vectors(rings.points) @ unit_vectors(np.array([center]))[0]
    return float(np.degrees(np.arccos(np.clip(cosine.min(), -1, 1))))
