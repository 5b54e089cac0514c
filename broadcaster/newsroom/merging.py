"""Two people changed the same thing: what goes together, and what somebody must choose. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Conflict:
    """A field both changed, each to something else: what it was, what is saved, and what was written."""

    field: str
    base: Any
    theirs: Any
    mine: Any


@dataclass(frozen=True)
class Merged:
    """The fields as they go together; in a conflict stands what was written, until somebody chooses."""

    values: dict[str, Any]
    conflicts: tuple[Conflict, ...]


def merge(base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any]) -> Merged:
    """`base` is what both began with, `theirs` what is saved by now, `mine` what is to be saved.

    A field one of them changed takes that change; one that both changed alike is no conflict. A field that
    is not in a mapping counts as None; one that is None in the end is left out.
    """
    values: dict[str, Any] = {}
    conflicts: list[Conflict] = []
    for field in {**base, **theirs, **mine}:
        was, saved, written = base.get(field), theirs.get(field), mine.get(field)
        if written == was:
            values[field] = saved
            continue
        values[field] = written
        if saved not in (was, written):
            conflicts.append(Conflict(field, was, saved, written))
    return Merged({field: value for field, value in values.items() if value is not None}, tuple(conflicts))
