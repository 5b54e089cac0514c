"""The places told to the room of accounts, which says where roles hold."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.accounts.service import KnownPlace
from broadcaster.places.models import Place


def all_places(session: Session) -> Iterator[KnownPlace]:
    """Every place, ended ones too."""
    rows = session.execute(select(Place.code, Place.kind, Place.name, Place.name_lo, Place.parent_code))
    for code, kind, name, name_lo, parent_code in rows:
        yield KnownPlace(code, kind.value, name, name_lo, parent_code)


def owner_of_place(_session: Session, code: str) -> tuple[str, ...]:
    """A place belongs to itself."""
    return (code,)
