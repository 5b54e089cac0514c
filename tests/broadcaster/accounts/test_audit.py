"""The trail can be added to and read, never changed."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from broadcaster.accounts.service import Role, add_person, record, trail


def test_an_act_is_written_with_who_did_it_and_what_changed(session: Session, clock) -> None:
    """A line names the actor, the action, the thing, and the values before and after."""
    ann = add_person(session, "ann@example.org", "a long pass phrase", [Role.EDITOR], "Ann", clock.now)
    record(
        session,
        action="thing.change",
        subject="thing:1",
        before={"a": 1},
        after={"a": 2},
        actor=ann,
        now=clock.now,
    )
    session.commit()
    (entry,) = trail(session, "thing:1")
    assert (entry.actor, entry.actor_id, entry.before, entry.after) == ("Ann", ann.id, {"a": 1}, {"a": 2})
    assert entry.at == clock.now


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entry SET actor = 'nobody'", "DELETE FROM audit_entry"],
    ids=["change", "remove"],
)
def test_the_database_itself_refuses_to_change_the_trail(session: Session, clock, statement: str) -> None:
    """Whoever reaches the database with plain SQL cannot rewrite what happened."""
    record(session, action="thing.change", subject="thing:1", now=clock.now)
    session.commit()
    with pytest.raises(DatabaseError, match="only grows"):
        session.execute(text(statement))
    session.rollback()
    assert len(trail(session, "thing:1")) == 1


def test_the_command_line_signs_as_itself(session: Session, clock) -> None:
    """Where no person acts, the trail says who did."""
    record(session, action="thing.change", subject="thing:1", now=clock.now)
    record(session, action="thing.change", subject="thing:2", actor="station:dakdom", now=clock.now)
    session.flush()
    assert [entry.actor for entry in trail(session)] == ["station:dakdom", "command line"]
