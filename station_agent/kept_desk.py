"""What the operator has set, in the journal's facts: it outlives a restart."""

from __future__ import annotations

from pydantic import TypeAdapter, ValidationError

from station_agent.journal import Journal
from station_agent.log import log
from station_agent.operator_acts import Desk

FACT = "operator_desk"
DESK: TypeAdapter[Desk] = TypeAdapter(Desk)


def keep_desk(journal: Journal, desk: Desk) -> None:
    """Remember it; durable when it returns."""
    journal.remember(FACT, DESK.dump_json(desk).decode())


def kept_desk(journal: Journal) -> Desk:
    """As it was kept last; untouched where nothing was, or nothing that can be read."""
    text = journal.fact(FACT)
    if text is None:
        return Desk()
    try:
        return DESK.validate_json(text)
    except ValidationError as error:
        log.warning("desk_unreadable", why=str(error).splitlines()[0])
        return Desk()
