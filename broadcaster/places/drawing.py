"""The province as a small picture: outlines and villages on an equirectangular projection, drawn as SVG."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from broadcaster.places.boundaries import districts
from broadcaster.places.models import Place

WIDTH = 720.0
MARGIN = 14.0
NAME_HEIGHT = 28.0
"""Of a district's name on a phone, where it is largest; a letter is less than `LETTER_WIDTH` wide."""
LETTER_WIDTH = 17.0
DOT_RADIUS = 11.0
"""Of a village on a phone."""
NAME_STEP = 7.0
NAME_STEPS_AWAY = 12


@dataclass(frozen=True)
class Projection:
    """Degrees to picture units; one degree of longitude is shortened by the cosine of the middle latitude."""

    west: float
    north: float
    squeeze: float
    scale: float
    height: float

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        """The point in the picture, x to the right and y down."""
        x = (longitude - self.west) * self.squeeze * self.scale + MARGIN
        y = (self.north - latitude) * self.scale + MARGIN
        return round(x, 1), round(y, 1)


@dataclass(frozen=True)
class DrawnDistrict:
    """An outline as an SVG path, and where its name stands."""

    code: str
    name: str
    name_lo: str
    path: str
    label_x: float
    label_y: float


@dataclass(frozen=True)
class DrawnVillage:
    """A dot. `tone` and `words` come from the page that draws the map."""

    place: Place
    x: float
    y: float
    tone: str
    words: str


@dataclass(frozen=True)
class ProvinceMap:
    """Everything the `province_map` template draws."""

    width: float
    height: float
    districts: tuple[DrawnDistrict, ...]
    villages: tuple[DrawnVillage, ...]


def province_map(
    villages: Iterable[Place], tones: Mapping[str, tuple[str, str]] | None = None
) -> ProvinceMap:
    """The districts with these villages; `tones` gives a village's code its tone and the words about it.

    Villages without coordinates are left out. Names make way for dots, which tell a state and are links.
    """
    projection = _projection()
    drawn = []
    for village in villages:
        if village.latitude is None or village.longitude is None:
            continue
        x, y = projection.at(village.longitude, village.latitude)
        tone, words = (tones or {}).get(village.code, ("", ""))
        drawn.append(DrawnVillage(village, x, y, tone, words))
    named = tuple(_clear_of(drawn, district) for district in _drawn_districts())
    return ProvinceMap(WIDTH, projection.height, named, tuple(drawn))


@functools.cache
def _projection() -> Projection:
    points = [point for district in districts() for ring in district.rings for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = (WIDTH - 2 * MARGIN) / ((east - west) * squeeze)
    return Projection(west, north, squeeze, scale, round((north - south) * scale + 2 * MARGIN, 1))


@functools.cache
def _drawn_districts() -> tuple[DrawnDistrict, ...]:
    projection = _projection()
    drawn = []
    for district in districts():
        rings = [[projection.at(*point) for point in ring] for ring in district.rings]
        path = "".join("M" + "L".join(f"{x} {y}" for x, y in ring) + "Z" for ring in rings)
        x, y = _middle(rings[0])
        drawn.append(DrawnDistrict(district.code, district.name, district.name_lo, path, x, y))
    return tuple(drawn)


def _clear_of(dots: Sequence[DrawnVillage], district: DrawnDistrict) -> DrawnDistrict:
    """With its name as near to its middle as no dot, or the fewest, can lie over it, above or below."""
    half_width = len(district.name) * LETTER_WIDTH / 2 + DOT_RADIUS
    beside = [dot.y for dot in dots if abs(dot.x - district.label_x) < half_width]

    def covered(y: float) -> int:
        return sum(y - NAME_HEIGHT - DOT_RADIUS < dot < y + NAME_HEIGHT / 4 + DOT_RADIUS for dot in beside)

    away = sorted(range(-NAME_STEPS_AWAY, NAME_STEPS_AWAY + 1), key=abs)
    best = min((district.label_y + step * NAME_STEP for step in away), key=covered)
    return replace(district, label_y=round(best, 1))


def _middle(ring: list[tuple[float, float]]) -> tuple[float, float]:
    """The centre of area (the shoelace formula's centroid)."""
    area = x_sum = y_sum = 0.0
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        cross = x1 * y2 - x2 * y1
        area += cross
        x_sum += (x1 + x2) * cross
        y_sum += (y1 + y2) * cross
    return round(x_sum / (3 * area), 1), round(y_sum / (3 * area), 1)
