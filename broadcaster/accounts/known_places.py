"""The province's places, as this room needs them: a higher room, which keeps them, hands them over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from flask import Flask, current_app, g, has_request_context
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class KnownPlace:
    """One place: its names, its kind, and what it lies in."""

    code: str
    kind: str
    name: str
    name_lo: str | None
    parent_code: str | None

    def name_in(self, language: str) -> str:
        """The name as readers of that language write it."""
        return (self.name_lo or self.name) if language == "lo" else self.name


KnownPlaces = Mapping[str, KnownPlace]
Source = Callable[[Session], Iterable[KnownPlace]]


def tell_places(app: Flask, source: Source) -> None:
    """From now on ask this for every place there is, ended ones too."""
    app.extensions["known_places"] = source


def known_places(session: Session) -> KnownPlaces:
    """Every place by its code, read once a request."""
    if has_request_context() and "known_places" in g:
        found: KnownPlaces = g.known_places
        return found
    source: Source | None = current_app.extensions.get("known_places")
    found = {place.code: place for place in source(session)} if source else {}
    if has_request_context():
        g.known_places = found
    return found


def parents(session: Session) -> dict[str, str | None]:
    """Every place's parent by its code."""
    return {code: place.parent_code for code, place in known_places(session).items()}
