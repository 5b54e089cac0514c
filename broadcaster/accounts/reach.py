"""How far somebody's roles reach: the whole province, or the places named and all that lies below them.

What belongs to no place belongs to the province: everybody with a reach may see it, only those who reach
everywhere may touch it. What belongs to a place above one's own, such as the district of one's village, is
seen and not touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Reach:
    """`places` are the codes named, `inside` those and all below them, `above` all that they lie in."""

    everywhere: bool = False
    places: frozenset[str] = frozenset()
    inside: frozenset[str] = frozenset()
    above: frozenset[str] = frozenset()

    def covers(self, place_path: Iterable[str]) -> bool:
        """Whether a place lies within, by the codes from itself up to the province."""
        return self.everywhere or not self.places.isdisjoint(place_path)

    def holds(self, code: str) -> bool:
        """Whether one place lies within."""
        return self.everywhere or code in self.inside

    def touches(self, codes: Iterable[str]) -> bool:
        """Whether a thing of these places may be changed: all of them lie within. None is the province."""
        wanted = frozenset(codes)
        return self.everywhere or (bool(wanted) and wanted <= self.inside)

    def sees(self, codes: Iterable[str]) -> bool:
        """Whether a thing of these places concerns this reach: one lies within or above, or it is of none."""
        wanted = frozenset(codes)
        if self.everywhere:
            return True
        return bool(self.places) and (not wanted or not wanted.isdisjoint(self.inside | self.above))

    def narrowed(self, code: str, parents: Mapping[str, str | None]) -> Reach:
        """Only so far as it lies in this place; as it is, where the place lies outside or holds all of it."""
        return reach_of((code,), parents) if self.holds(code) and code in parents else self


EVERYWHERE = Reach(everywhere=True)
NOWHERE = Reach()


def reach_of(named: Iterable[str], parents: Mapping[str, str | None]) -> Reach:
    """The reach over these places; `parents` has every place's parent. Codes nobody knows reach nothing."""
    places = frozenset(named)
    ways = {code: way_up(code, parents) for code in parents}
    return Reach(
        places=places,
        inside=frozenset(code for code, way in ways.items() if not places.isdisjoint(way)),
        above=frozenset(step for code in places for step in ways.get(code, ())[1:]) - places,
    )


def way_up(code: str, parents: Mapping[str, str | None]) -> tuple[str, ...]:
    """The codes from a place up to the province, its own first; a circle ends where it closes."""
    way: list[str] = []
    step: str | None = code
    while step is not None and step in parents and step not in way:
        way.append(step)
        step = parents[step]
    return tuple(way)
