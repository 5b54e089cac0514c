"""E-mail: letters are queued with the change they tell of, sent by a job, tried again, at last set aside.

A letter holds no secret but a link its reader is meant to have, and that only until it went.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any

import email_validator
import structlog
from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from broadcaster import jobs, smtp
from broadcaster.config import Settings
from broadcaster.errors import BadInput, NotPossible, NotThere
from broadcaster.mail_models import Letter, LetterState

LONGEST_SUBJECT = 300
LONGEST_BODY = 100_000
KEPT_FOR = timedelta(days=30)
TRY_AGAIN_AFTER = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 6 * 60, 12 * 60, 24 * 60)
)
"""Waits between tries, near two days in all: a province's line may be away for a night."""

log = structlog.get_logger(__name__)


def is_configured(settings: Settings) -> bool:
    """Whether there is a server to send by."""
    return bool(settings.mail.host)


def queue(session: Session, to: str, subject: str, body: str, now: datetime) -> Letter:
    """Have a plain-text letter sent once the caller's transaction is committed.

    `BadInput` for an address, or for a subject that holds more than one line: nothing of a letter may
    become a header of it. Without a configured server the letter is set aside at once and says so.
    """
    settings: Settings = current_app.config["SETTINGS"]
    letter = Letter(
        to=_address(to),
        subject=_one_line(subject),
        body=_lines(body),
        message_id=f"<{secrets.token_hex(16)}@{_domain(settings)}>",
        queued_at=now,
    )
    session.add(letter)
    session.flush()
    if is_configured(settings):
        jobs.ask(session, "send_letter", now, {"letter": letter.id})
    else:
        _give_up(letter, "no mail server is configured; fill in [mail] host")
    return letter


def send_letter(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Job `send_letter`: payload `{"letter": id}`. One that went already, or is gone, is passed over."""
    letter = session.get(Letter, payload["letter"])
    if letter is None or letter.state is not LetterState.WAITING:
        return
    settings: Settings = current_app.config["SETTINGS"]
    letter.tries += 1
    try:
        smtp.send(
            settings.mail,
            smtp.written(settings.mail, letter.to, letter.subject, letter.body, letter.message_id, now),
        )
    except smtp.MailRefused as refusal:
        _later_or_never(session, letter, refusal, now)
        return
    except ValueError as error:  # the library's word on a header or an address it cannot write
        _give_up(letter, f"cannot be written as a letter: {error}")
        return
    letter.state = LetterState.SENT
    letter.sent_at, letter.next_try_at, letter.error, letter.body = now, None, None, ""


def set_aside(session: Session, payload: dict[str, Any], why: str, _now: datetime) -> None:
    """Told when the job itself broke again and again: the letter waits no longer."""
    letter = session.get(Letter, payload["letter"])
    if letter is not None and letter.state is LetterState.WAITING:
        _give_up(letter, why)


def send_at_once(settings: Settings, to: str, subject: str, body: str, now: datetime) -> None:
    """Send now and wait for the server's word, as for a test. `MailRefused` says why not."""
    if not is_configured(settings):
        raise NotPossible(
            f"no mail server is configured; fill in [mail] in {settings.data}/broadcaster.toml",
            code="mail_not_configured",
        )
    message_id = f"<{secrets.token_hex(16)}@{_domain(settings)}>"
    letter = smtp.written(settings.mail, _address(to), _one_line(subject), _lines(body), message_id, now)
    smtp.send(settings.mail, letter)


def letters(session: Session, *states: LetterState, most: int = 100) -> Sequence[Letter]:
    """The newest first, of all states or only these."""
    wanted = select(Letter).order_by(Letter.id.desc()).limit(most)
    return session.scalars(wanted.where(Letter.state.in_(states)) if states else wanted).all()


def letter(session: Session, letter_id: int) -> Letter:
    """One letter; `NotThere` otherwise."""
    found = session.get(Letter, letter_id)
    if found is None:
        raise NotThere(
            f"there is no letter {letter_id}; 'broadcaster mail list' shows them", code="no_letter"
        )
    return found


def try_again(session: Session, letter: Letter, now: datetime) -> None:
    """Send a letter that was set aside once more. `NotPossible` for one that was not."""
    if letter.state is not LetterState.FAILED:
        raise NotPossible("only a letter that was set aside can be tried again", code="letter_not_failed")
    letter.state, letter.tries, letter.next_try_at = LetterState.WAITING, 0, None
    jobs.ask(session, "send_letter", now, {"letter": letter.id})


def forget_letters(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """A chore: letters of a month ago are removed, and with those that failed what they said."""
    session.execute(
        delete(Letter).where(Letter.state != LetterState.WAITING, Letter.queued_at < now - KEPT_FOR)
    )


def _later_or_never(session: Session, letter: Letter, refusal: smtp.MailRefused, now: datetime) -> None:
    if refusal.for_good or letter.tries > len(TRY_AGAIN_AFTER):
        _give_up(letter, str(refusal))
        return
    letter.error = str(refusal)
    letter.next_try_at = now + TRY_AGAIN_AFTER[letter.tries - 1]
    jobs.ask(session, "send_letter", now, {"letter": letter.id}).run_after = letter.next_try_at


def _give_up(letter: Letter, why: str) -> None:
    letter.state, letter.error, letter.next_try_at = LetterState.FAILED, why, None
    log.error("letter_set_aside", letter=letter.id, error=why)


def _address(to: str) -> str:
    try:
        found = email_validator.validate_email(to, check_deliverability=False, test_environment=True)
    except email_validator.EmailNotValidError as error:
        message = f"{to!r} is not an e-mail address: {error}"
        raise BadInput(message, field="to", code="bad_email", email=to) from error
    return found.normalized


def _one_line(subject: str) -> str:
    if any(unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") for sign in subject):
        raise BadInput(
            "a subject is one line without control characters", field="subject", code="bad_subject"
        )
    words = subject.strip()
    if not words:
        raise BadInput("a subject is needed", field="subject", code="bad_subject")
    return words if len(words) <= LONGEST_SUBJECT else words[: LONGEST_SUBJECT - 1] + "…"


def _lines(body: str) -> str:
    text = body.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").rstrip() + "\n"
    if len(text) > LONGEST_BODY:
        raise BadInput(
            f"a letter has at most {LONGEST_BODY} characters", field="body", code="letter_too_long"
        )
    return text


def _domain(settings: Settings) -> str:
    return parseaddr(settings.mail.sender)[1].rpartition("@")[2] or "localhost"
