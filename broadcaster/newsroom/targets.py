"""For which places an announcement is: higher rooms that send it somewhere tell this one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from flask import Flask, current_app
from sqlalchemy.orm import Session

from broadcaster.newsroom.models import Announcement
from broadcaster.places import service as places
from broadcaster.places.models import Place

Finder = Callable[[Session, Collection[int]], Mapping[int, Collection[str]]]
"""Codes of places by the announcement's number, for those among the numbers that it knows."""


def add_targets(app: Flask, finder: Finder) -> None:
    """From now on ask this, too, for which places announcements are."""
    app.extensions.setdefault("announcement_targets", []).append(finder)


def target_places(session: Session, announcements: Iterable[Announcement]) -> dict[int, frozenset[str]]:
    """The places each is for: where slots and campaigns send it, else whose it is; none is the province."""
    rows = {one.id: one for one in announcements}
    found: dict[int, set[str]] = {number: set() for number in rows}
    finders: list[Finder] = current_app.extensions.get("announcement_targets", [])
    for finder in finders:
        for number, codes in finder(session, rows.keys()).items():
            found[number].update(codes)
    return {
        number: frozenset(codes or ({rows[number].place_code} - {None}))  # type: ignore[arg-type]  # without None
        for number, codes in found.items()
    }


def target_villages(session: Session, announcements: Sequence[Announcement]) -> dict[int, tuple[Place, ...]]:
    """The villages each is for, in three queries however many there are."""
    wanted = target_places(session, announcements)
    villages = places.villages(session)
    ways_up = places.paths(session)
    return {
        number: tuple(one for one in villages if not codes or codes.intersection(ways_up[one.code]))
        for number, codes in wanted.items()
    }
