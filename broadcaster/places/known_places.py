"""The places told to the room of accounts, which says where roles hold."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.accounts.service import KnownPlace, NamedSubject, known_places
from broadcaster.database import db
from broadcaster.places.models import Place
from broadcaster.web.language import page_language


def all_places(session: Session) -> Iterator[KnownPlace]:
    """Every place, ended ones too."""
    rows = session.execute(select(Place.code, Place.kind, Place.name, Place.name_lo, Place.parent_code))
    for code, kind, name, name_lo, parent_code in rows:
        yield KnownPlace(code, kind.value, name, name_lo, parent_code)


def name_places(session: Session, codes: Collection[str]) -> dict[str, NamedSubject]:
    """Places in the trail, by code."""
    known = known_places(session)
    return {
        code: NamedSubject(known[code].name_in(page_language()), url_for("places.one", code=code))
        for code in codes
        if code in known
    }


def place_words(code: object) -> str:
    """A code in a line of the trail, as the reader calls the place."""
    known = known_places(db.session).get(str(code))
    return known.name_in(page_language()) if known else str(code)


def owner_of_place(_session: Session, code: str) -> tuple[str, ...]:
    """A place belongs to itself."""
    return (code,)
