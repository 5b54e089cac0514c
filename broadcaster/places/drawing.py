"""The province as a small picture: outlines and villages on an equirectangular projection, drawn as SVG."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from broadcaster.places.boundaries import districts
from broadcaster.places.models import Place

WIDTH = 720.0
MARGIN = 14.0


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

    Villages without coordinates are left out.
    """
    projection = _projection()
    drawn = []
    for village in villages:
        if village.latitude is None or village.longitude is None:
            continue
        x, y = projection.at(village.longitude, village.latitude)
        tone, words = (tones or {}).get(village.code, ("", ""))
        drawn.append(DrawnVillage(village, x, y, tone, words))
    return ProvinceMap(WIDTH, projection.height, _drawn_districts(), tuple(drawn))


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


def _middle(ring: list[tuple[float, float]]) -> tuple[float, float]:
    """The centre of area (the shoelace formula's centroid)."""
    area = x_sum = y_sum = 0.0
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        cross = x1 * y2 - x2 * y1
        area += cross
        x_sum += (x1 + x2) * cross
        y_sum += (y1 + y2) * cross
    return round(x_sum / (3 * area), 1), round(y_sum / (3 * area), 1)
