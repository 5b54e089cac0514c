"""Finding places: one, all villages below some, the way up, the tree."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.accounts.service import EVERYWHERE, Reach
from broadcaster.errors import BadInput, NotThere
from broadcaster.places.models import Place, PlaceKind


@dataclass(frozen=True)
class Branch:
    """A place with those directly below it."""

    place: Place
    below: tuple[Branch, ...]

    @property
    def villages(self) -> tuple[Place, ...]:
        """Every village of this branch, itself included when it is one."""
        own = (self.place,) if self.place.kind == PlaceKind.VILLAGE else ()
        return own + tuple(village for branch in self.below for village in branch.villages)

    @property
    def population(self) -> int:
        """People in the villages of this branch, as far as they are counted."""
        return sum(village.population or 0 for village in self.villages)

    @property
    def households(self) -> int:
        """Households likewise."""
        return sum(village.households or 0 for village in self.villages)


def place(session: Session, code: str) -> Place:
    """The place with this code; `NotThere` otherwise."""
    found = session.get(Place, code)
    if found is None:
        raise NotThere(f"there is no place with the code {code!r}", code="place_not_there", place=code)
    return found


def known_code(session: Session, code: str) -> str:
    """The code, if there is such a place; `BadInput` for a field named `place` otherwise."""
    if session.get(Place, code) is None:
        raise BadInput(
            f"there is no place {code!r}; `place list` shows the codes",
            field="place",
            code="place_not_there",
            place=code,
        )
    return code


def villages(session: Session, under: Iterable[str] = (), reach: Reach = EVERYWHERE) -> list[Place]:
    """Present villages, by name: all, or those that are or lie below one of the codes; of them, those within
    the reach.

    Villages that merged into another or are no longer valid are left out.
    """
    wanted = set(under)
    places = _all(session)
    found = [
        village
        for village in places.values()
        if village.kind == PlaceKind.VILLAGE
        and village.merged_into_code is None
        and village.valid_to is None
        and reach.holds(village.code)
        and (not wanted or wanted & set(_way_up(places, village)))
    ]
    return sorted(found, key=lambda village: (village.name.casefold(), village.code))


def path(session: Session, of: Place) -> tuple[str, ...]:
    """The codes from the place itself up to the province, its own first."""
    return _way_up(_all(session), of)


def paths(session: Session) -> dict[str, tuple[str, ...]]:
    """`path` of every place by its code, in one query."""
    places = _all(session)
    return {code: _way_up(places, found) for code, found in places.items()}


def tree(session: Session, reach: Reach = EVERYWHERE) -> tuple[Branch, ...]:
    """The places as a tree, from those without a parent down; by name on each level, ended ones left out.

    Of a reach, the ways down to its places and all below them.
    """
    below: dict[str | None, list[Place]] = defaultdict(list)
    for found in _all(session).values():
        if found.merged_into_code is None and found.valid_to is None and reach.sees((found.code,)):
            below[found.parent_code].append(found)

    def branch(at: Place) -> Branch:
        return Branch(at, tuple(branch(child) for child in _by_name(below[at.code])))

    return tuple(branch(root) for root in _by_name(below[None]))


def choosable(session: Session, reach: Reach) -> tuple[Branch, ...]:
    """What somebody with this reach can choose: the widest branches of the tree that lie within it."""

    def within(branch: Branch) -> tuple[Branch, ...]:
        if reach.holds(branch.place.code):
            return (branch,)
        return tuple(found for below in branch.below for found in within(below))

    return tuple(found for root in tree(session, reach) for found in within(root))


def district_of(session: Session, of: Place) -> Place | None:
    """The district a place lies in."""
    places = _all(session)
    for code in _way_up(places, of):
        if places[code].kind == PlaceKind.DISTRICT:
            return places[code]
    return None


def is_called(of: Place, search: str) -> bool:
    """Whether what somebody typed is part of the place's code, name or another spelling of it."""
    wanted = _folded(search)
    return any(wanted in _folded(text) for text in (of.code, of.name, of.name_lo or "", *of.aliases))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _all(session: Session) -> dict[str, Place]:
    return {found.code: found for found in session.scalars(select(Place))}


def _way_up(places: dict[str, Place], of: Place) -> tuple[str, ...]:
    codes = [of.code]
    parent = of.parent_code
    while parent is not None and parent in places and parent not in codes:
        codes.append(parent)
        parent = places[parent].parent_code
    return tuple(codes)


def _by_name(places: list[Place]) -> list[Place]:
    return sorted(places, key=lambda found: (found.name.casefold(), found.code))
