"""One step of approval, taken once: however many people press at the same time, one of them does it.

The row is changed by an update that names the state, and the bytes, the decision was made on. Whoever comes
second is told who was first.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from broadcaster import jobs
from broadcaster.accounts import service as accounts
from broadcaster.accounts.models import Person
from broadcaster.errors import NotPossible
from broadcaster.newsroom.models import Jingle, Recording
from content_library.approval import TRANSITIONS, ApprovalAction, ApprovalState, allowed, next_state

CALENDAR = "calendar"
"""Who acts when a last day has passed, in the trail."""


def take(
    session: Session,
    sound: Recording | Jingle,
    action: ApprovalAction,
    actor: Person | str | None,
    now: datetime,
    *,
    values: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Take the step, set `values` on the row with it, and write it with `after` into the trail.

    `NotPossible` when the table lacks the step, or somebody else was faster.
    """
    before = ApprovalState(sound.state)
    if not allowed(before, action):
        raise _too_late(session, sound, action)
    state = next_state(before, action)
    session.flush()
    table = type(sound)
    changed = session.execute(
        update(table)
        .where(table.id == sound.id, table.state == before.value, table.sha256 == sound.sha256)
        .values(state=state.value, state_since=now, **(values or {}))
        .execution_options(synchronize_session=False)
    )
    session.refresh(sound)
    if changed.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result has it
        raise _too_late(session, sound, action)
    accounts.record(
        session,
        action=f"{sound.subject.partition(':')[0]}.{action.value}",
        subject=sound.subject,
        before={"state": before.value},
        after={"state": state.value, **(after or {})},
        actor=actor,
        now=now,
    )
    jobs.ask(session, "tell_people", now)


def _too_late(session: Session, sound: Recording | Jingle, action: ApprovalAction) -> NotPossible:
    """Why the step is not there: somebody decided already, or it was never possible from here."""
    decided = {to.value for (_state, step), (to, _roles) in TRANSITIONS.items() if step is action}
    decided |= {ApprovalState.APPROVED.value, ApprovalState.RETURNED.value}
    last = next(iter(accounts.trail(session, sound.subject, most=1)), None)
    was_up_for_it = action in (ApprovalAction.APPROVE, ApprovalAction.RETURN, ApprovalAction.CONFIRM_LANGUAGE)
    if last is not None and sound.state in decided and was_up_for_it:
        return NotPossible(
            f"{last.actor} was first: it is {sound.state} now; nothing was done a second time",
            code="decided_before",
            name=last.actor,
            state=sound.state,
        )
    return NotPossible(
        f"a recording that is {sound.state} cannot take the step '{action.value}'; see where it stands",
        code="step_not_possible",
        state=sound.state,
    )
