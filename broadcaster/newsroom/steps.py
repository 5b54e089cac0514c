"""The steps of approval: submit, take back, check the language, approve, return, withdraw, expire.

The table of states is content_library's. An approval is bound to the SHA-256 the approver saw: other bytes
are never approved by it. Whoever is None acts at the server's command line, as its administrator.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster import jobs
from broadcaster.accounts import service as accounts
from broadcaster.accounts.models import Person
from broadcaster.errors import BadInput, NotAllowed, NotPossible
from broadcaster.newsroom.authorship import had_a_hand_in
from broadcaster.newsroom.belonging import may_touch
from broadcaster.newsroom.models import Announcement, Jingle, Recording
from broadcaster.newsroom.sound import IngestState
from broadcaster.newsroom.transition import CALENDAR, take
from content_library.approval import ApprovalAction, ApprovalState, allowed

LONGEST_REASON = 1000
PLANS_LOOK_BACK = timedelta(minutes=15)
"""A plan still names what has just ended, so that long it stays approved; the pages call it over at once."""


class LanguageCheck(StrEnum):
    """Whether somebody who understands the language must listen before approval, may, or is not asked."""

    REQUIRED = "required"
    OFFERED = "offered"
    OFF = "off"


def submit_recording(
    session: Session, sound: Recording | Jingle, person: Person | None, now: datetime
) -> None:
    """Ask for approval. `NotPossible` while the audio is not ready, from a wrong state, or too late."""
    if sound.ingest != IngestState.DONE:
        raise NotPossible(
            "the audio is not ready; wait until it is, or bring another file", code="audio_not_ready"
        )
    _refuse_past(sound, now)
    nobody: dict[str, object] = {"checked_at": None, "checked_by_id": None}
    take(
        session,
        sound,
        ApprovalAction.SUBMIT,
        person,
        now,
        values=nobody if isinstance(sound, Recording) else None,
    )


def take_back(session: Session, sound: Recording | Jingle, person: Person | None, now: datetime) -> None:
    """Undo a submission that nobody has decided on: it is a draft again."""
    take(session, sound, ApprovalAction.TAKE_BACK, person, now)


def confirm_language(
    session: Session,
    recording: Recording,
    checker: Person | None,
    sha256: str,
    now: datetime,
    *,
    language_check: LanguageCheck = LanguageCheck.OFFERED,
    author_may_check: bool = False,
) -> None:
    """Somebody who understands the language says that these very bytes are right in it.

    `NotAllowed` for who does not, and for its authors; `NotPossible` where no check is asked for.
    """
    if language_check is LanguageCheck.OFF:
        raise NotPossible("this province asks for no language check", code="language_check_off")
    _refuse_other_bytes(recording, sha256)
    if checker is not None and not understands(checker, recording.language):
        raise NotAllowed(
            f"only somebody who understands {recording.language} can check it; "
            "say in the settings which languages you understand",
            code="language_unknown",
        )
    if not author_may_check and had_a_hand_in(session, checker, recording):
        raise NotAllowed("nobody checks their own recording; ask another speaker", code="author_is_checker")
    take(
        session,
        recording,
        ApprovalAction.CONFIRM_LANGUAGE,
        checker,
        now,
        values={"checked_at": now, "checked_by_id": checker.id if checker else None},
        after={"sha256": sha256},
    )


def approve_recording(
    session: Session,
    sound: Recording | Jingle,
    approver: Person | None,
    sha256: str,
    now: datetime,
    *,
    author_may_approve: bool = False,
    language_check: LanguageCheck = LanguageCheck.OFFERED,
) -> None:
    """Approve exactly the bytes with this hash.

    `NotPossible` when other bytes are there by now, a language check is required and lacking, or the last day
    has passed; `NotAllowed` for everybody who brought or edited it. Another version in the same language that
    was on the air until now is replaced.
    """
    _refuse_other_bytes(sound, sha256)
    if not author_may_approve and had_a_hand_in(session, approver, sound):
        raise NotAllowed(
            "nobody approves their own recording; ask another approver", code="author_is_approver"
        )
    unchecked = isinstance(sound, Recording) and sound.state == ApprovalState.SUBMITTED
    if unchecked and language_check is LanguageCheck.REQUIRED:
        raise NotPossible(
            "somebody who understands the language must listen to it first", code="language_not_checked"
        )
    _refuse_past(sound, now)
    values = {
        "approved_by_id": approver.id if approver else None,
        "approved_at": now,
        "approved_sha256": sha256,
        "comment": None,
    }
    take(session, sound, ApprovalAction.APPROVE, approver, now, values=values, after={"sha256": sha256})
    if isinstance(sound, Recording):
        _replace_older(session, sound, approver, now)
    jobs.ask(session, "publish_plans", now)


def return_recording(
    session: Session, sound: Recording | Jingle, person: Person | None, comment: str, now: datetime
) -> None:
    """Give it back to its author with a comment that says what to change.

    For approvers, and for who understands the language of a recording that awaits its check.
    """
    words = _words(comment, "comment")
    decides = person is None or person.may(accounts.Role.APPROVER)
    checks = (
        isinstance(sound, Recording)
        and person is not None
        and sound.state != ApprovalState.LANGUAGE_CHECKED
        and understands(person, sound.language)
        and not had_a_hand_in(session, person, sound)
    )
    if not decides and not checks:
        raise NotAllowed(
            "only an approver or a speaker of its language returns it", code="not_yours_to_return"
        )
    take(
        session,
        sound,
        ApprovalAction.RETURN,
        person,
        now,
        values={"comment": words},
        after={"comment": words},
    )


def withdraw_recording(
    session: Session, sound: Recording | Jingle, person: Person | None, reason: str, now: datetime
) -> list[Recording | Jingle]:
    """Stop it wherever it can be reached, with all else of the very same audio as far as the person's role
    reaches: what a district brought does not stop the province's. What was stopped.
    """
    words = _words(reason, "reason")
    stopped: list[Recording | Jingle] = []
    for one in (sound, *(twin for twin in _same_audio(session, sound) if _decides_on(person, twin))):
        values = {"withdrawn_at": now, "comment": words}
        take(session, one, ApprovalAction.WITHDRAW, person, now, values=values, after={"reason": words})
        stopped.append(one)
    jobs.ask(session, "publish_plans", now)
    return stopped


def expire_recordings(session: Session, now: datetime) -> list[Recording]:
    """The calendar's step: recordings whose announcement's last day has passed are no longer approved.

    Plans hold to the last day by themselves; this makes what the pages say and what may air the same.
    """
    over = session.scalars(
        select(Recording)
        .join(Announcement)
        .where(
            Recording.state == ApprovalState.APPROVED.value, Announcement.valid_until < now - PLANS_LOOK_BACK
        )
        .order_by(Recording.id)
    ).all()
    for one in over:
        take(session, one, ApprovalAction.EXPIRE, CALENDAR, now)
    return list(over)


def may(sound: Recording | Jingle, action: ApprovalAction) -> bool:
    """Whether the table has this step from where it stands."""
    return sound.ingest == IngestState.DONE and allowed(ApprovalState(sound.state), action)


def understands(person: Person, language: str) -> bool:
    """Whether they have said that they understand it."""
    return language in (person.languages_known or ())


def _decides_on(person: Person | None, sound: Recording | Jingle) -> bool:
    if person is None:
        return True
    if isinstance(sound, Recording):
        return may_touch(sound.announcement, person, accounts.Role.APPROVER)
    return accounts.reach(person, accounts.Role.APPROVER).touches(())


def _refuse_other_bytes(sound: Recording | Jingle, sha256: str) -> None:
    if sound.sha256 is None or sound.sha256 != sha256:
        raise NotPossible(
            "the audio changed since it was shown; listen to it again, then decide", code="audio_changed"
        )


def _refuse_past(sound: Recording | Jingle, now: datetime) -> None:
    until = sound.announcement.valid_until if isinstance(sound, Recording) else None
    if until is not None and until < now:
        raise NotPossible(
            "its last day has passed; give the announcement another last day first", code="validity_over"
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
    for one in older.all():
        take(session, one, ApprovalAction.REPLACE, person, now, after={"replaced_by": newer.id})


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
