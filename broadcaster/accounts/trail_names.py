"""What the things in the trail are called: the rooms that keep them tell their names and pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, url_for
from flask_babel import LazyString
from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.accounts.models import Person


@dataclass(frozen=True)
class NamedSubject:
    """How a thing is called, in the reader's language, and the page it has."""

    name: str
    url: str | None = None


Namer = Callable[[Session, Collection[str]], Mapping[str, NamedSubject]]
"""From what stands behind the colon of subjects of one kind to their names; gone things are left out."""

ValueWords = Callable[[object], str]


def names_subjects(app: Flask, kind: str, namer: Namer) -> None:
    """Lines about `kind:…` are told by these names."""
    app.extensions.setdefault("subject_namers", {})[kind] = namer


def words_values(app: Flask, key: str, words: ValueWords) -> None:
    """Values under this key of `before` and `after` are told in these words."""
    app.extensions.setdefault("trail_values", {})[key] = words


def by_table(table: Mapping[Any, LazyString]) -> ValueWords:
    """The words of a table, by what is recorded; what is not in it stays as it is."""
    return lambda value: str(table.get(value, value))


def value_words(key: str) -> ValueWords | None:
    """How values under a key are told; None where no room has said."""
    found: ValueWords | None = current_app.extensions.get("trail_values", {}).get(key)
    return found


def names_of(session: Session, subjects: Iterable[str]) -> dict[str, NamedSubject]:
    """The names of all these subjects that are still there, one query a kind."""
    by_kind: dict[str, set[str]] = defaultdict(set)
    for subject in subjects:
        kind, colon, key = subject.partition(":")
        if colon:
            by_kind[kind].add(key)
    namers: dict[str, Namer] = {"person": people} | current_app.extensions.get("subject_namers", {})
    found: dict[str, NamedSubject] = {}
    for kind, keys in by_kind.items():
        if kind in namers:
            named = namers[kind](session, keys)
            found |= {f"{kind}:{key}": name for key, name in named.items()}
    return found


def people(session: Session, keys: Collection[str]) -> dict[str, NamedSubject]:
    """People's names; their page is for administrators, who alone read the trail."""
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(numbers(keys))))
    return {str(key): NamedSubject(name, url_for("accounts.one", person_id=key)) for key, name in rows}


def numbers(keys: Iterable[str]) -> list[int]:
    """Those of the keys that are numbers of rows."""
    return [int(key) for key in keys if key.isascii() and key.isdigit() and len(key) < 10]
