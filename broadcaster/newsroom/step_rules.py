"""The steps of approval as this province's settings want them: what every door calls."""

from __future__ import annotations

from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

from broadcaster.accounts.models import Person
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.errors import NotPossible
from broadcaster.newsroom import steps
from broadcaster.newsroom.authorship import had_a_hand_in
from broadcaster.newsroom.models import Jingle, Recording
from content_library import AudioStore
from content_library.approval import ApprovalAction, ApprovalState
from content_library.errors import NotInStore, StoreError


def language_check() -> steps.LanguageCheck:
    """Whether a language check is required, offered or off here."""
    settings: Settings = current_app.config["SETTINGS"]
    return steps.LanguageCheck(settings.newsroom.language_check)


def approve(
    session: Session, sound: Recording | Jingle, approver: Person | None, sha256: str, now: datetime
) -> None:
    """`steps.approve_recording` under the settings. `NotPossible` when what lies in the store, and so was
    listened to, is not what the hash says.
    """
    settings: Settings = current_app.config["SETTINGS"]
    if sound.sha256 == sha256:  # whatever else was sent is refused by the step itself
        _refuse_damaged(sha256)
    steps.approve_recording(
        session,
        sound,
        approver,
        sha256,
        now,
        author_may_approve=settings.province.author_may_approve,
        language_check=language_check(),
    )


def _refuse_damaged(sha256: str) -> None:
    store: AudioStore = current_app.extensions["audio_store"]
    try:
        store.verify(sha256)
    except NotInStore:  # nobody could listen to other bytes; a station is told that they are missing
        return
    except StoreError as error:
        raise NotPossible(str(error), code=error.code) from error


def check(session: Session, recording: Recording, checker: Person | None, sha256: str, now: datetime) -> None:
    """`steps.confirm_language` under the settings."""
    settings: Settings = current_app.config["SETTINGS"]
    steps.confirm_language(
        session,
        recording,
        checker,
        sha256,
        now,
        language_check=language_check(),
        author_may_check=settings.newsroom.author_may_check,
    )


def may_check(recording: Recording, person: Person) -> bool:
    """Whether this person may say that the language is right, where it stands now."""
    settings: Settings = current_app.config["SETTINGS"]
    return (
        language_check() is not steps.LanguageCheck.OFF
        and steps.may(recording, ApprovalAction.CONFIRM_LANGUAGE)
        and steps.understands(person, recording.language)
        and (settings.newsroom.author_may_check or not had_a_hand_in(db.session, person, recording))
    )


def is_own(recording: Recording, person: Person) -> bool:
    """Whether this person brought or edited it, and so leaves the approval to others here."""
    settings: Settings = current_app.config["SETTINGS"]
    return not settings.province.author_may_approve and had_a_hand_in(db.session, person, recording)


def waits_for_check(recording: Recording) -> bool:
    """Whether it cannot be approved before somebody checked its language."""
    return recording.state == ApprovalState.SUBMITTED and language_check() is steps.LanguageCheck.REQUIRED
