"""The steps of approval: submit, approve, return, withdraw. The table of states is content_library's.

An approval is bound to the SHA-256 the approver saw: other bytes are never approved by it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster import jobs
from broadcaster.accounts import service as accounts
from broadcaster.accounts.models import Person
from broadcaster.errors import BadInput, NotAllowed, NotPossible
from broadcaster.newsroom.models import Jingle, Recording
from broadcaster.newsroom.sound import IngestState
from content_library.approval import ApprovalAction, ApprovalState, allowed, next_state

LONGEST_REASON = 1000


def submit_recording(
    session: Session, sound: Recording | Jingle, person: Person | None, now: datetime
) -> None:
    """Ask for approval. `NotPossible` while the audio is not ready or the state forbids it."""
    if sound.ingest != IngestState.DONE:
        raise NotPossible(
            "the audio is not ready; wait until it is, or bring another file", code="audio_not_ready"
        )
    _step(session, sound, ApprovalAction.SUBMIT, person, now)


def approve_recording(
    session: Session,
    sound: Recording | Jingle,
    approver: Person | None,
    sha256: str,
    now: datetime,
    *,
    author_may_approve: bool = False,
) -> None:
    """Approve exactly the bytes with this hash. `approver` None is the administrator at the command line.

    `NotPossible` when other bytes are there by now, `NotAllowed` when the author approves their own work.
    Another version in the same language that was on the air until now is replaced.
    """
    if sound.sha256 is None or sound.sha256 != sha256:
        raise NotPossible(
            "the audio changed since it was shown; listen to it again, then approve it",
            code="audio_changed",
        )
    is_author = approver is not None and approver.id == sound.created_by_id
    if is_author and not author_may_approve:
        raise NotAllowed(
            "nobody approves their own recording; ask another approver", code="author_is_approver"
        )
    sound.approved_by = approver
    sound.approved_at = now
    sound.approved_sha256 = sha256
    sound.comment = None
    _step(session, sound, ApprovalAction.APPROVE, approver, now, sha256=sha256)
    if isinstance(sound, Recording):
        _replace_older(session, sound, approver, now)
    jobs.ask(session, "publish_plans", now)


def return_recording(
    session: Session, sound: Recording | Jingle, person: Person | None, comment: str, now: datetime
) -> None:
    """Give it back to its author with a comment that says what to change."""
    sound.comment = _words(comment, "comment")
    _step(session, sound, ApprovalAction.RETURN, person, now, comment=sound.comment)


def withdraw_recording(
    session: Session, sound: Recording | Jingle, person: Person | None, reason: str, now: datetime
) -> list[Recording | Jingle]:
    """Stop it wherever it can be reached, with all else that is the very same audio. What was stopped."""
    words = _words(reason, "reason")
    stopped: list[Recording | Jingle] = []
    for one in (sound, *_same_audio(session, sound)):
        one.withdrawn_at = now
        one.comment = words
        _step(session, one, ApprovalAction.WITHDRAW, person, now, reason=words)
        stopped.append(one)
    jobs.ask(session, "publish_plans", now)
    return stopped


def may(sound: Recording | Jingle, action: ApprovalAction) -> bool:
    """Whether the table has this step from where it stands."""
    return sound.ingest == IngestState.DONE and allowed(ApprovalState(sound.state), action)


def _step(
    session: Session,
    sound: Recording | Jingle,
    action: ApprovalAction,
    person: Person | None,
    now: datetime,
    **after: Any,
) -> None:
    before = ApprovalState(sound.state)
    if not allowed(before, action):
        raise NotPossible(
            f"a recording that is {before.value} cannot take the step '{action.value}'; see where it stands",
            code="step_not_possible",
            state=before.value,
        )
    sound.state = next_state(before, action).value
    session.flush()
    accounts.record(
        session,
        action=f"{sound.subject.partition(':')[0]}.{action.value}",
        subject=sound.subject,
        before={"state": before.value},
        after={"state": sound.state, **after},
        actor=person,
        now=now,
    )


def _replace_older(session: Session, newer: Recording, person: Person | None, now: datetime) -> None:
    older = session.scalars(
        select(Recording).where(
            Recording.announcement_id == newer.announcement_id,
            Recording.language == newer.language,
            Recording.state == ApprovalState.APPROVED.value,
            Recording.id != newer.id,
        )
    )
    for one in older:
        _step(session, one, ApprovalAction.EXPIRE, person, now, replaced_by=newer.id)


def _same_audio(session: Session, sound: Recording | Jingle) -> list[Recording | Jingle]:
    approved = ApprovalState.APPROVED.value
    found: list[Recording | Jingle] = []
    found += session.scalars(
        select(Recording).where(
            Recording.state == approved, Recording.approved_sha256 == sound.approved_sha256
        )
    )
    found += session.scalars(
        select(Jingle).where(Jingle.state == approved, Jingle.approved_sha256 == sound.approved_sha256)
    )
    return [one for one in found if one is not sound]


def _words(text: str, field: str) -> str:
    words = text.strip()
    if not words:
        raise BadInput("say in a few words why", field=field, code="reason_missing")
    if len(words) > LONGEST_REASON:
        raise BadInput(
            f"at most {LONGEST_REASON} characters are possible; shorten it",
            field=field,
            code="reason_too_long",
        )
    return words
