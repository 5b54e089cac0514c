"""Telling people by mail what waits for them: at once, once a day, or never, and each thing only once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, url_for
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from broadcaster import mail
from broadcaster.accounts.models import Person
from broadcaster.config import Settings
from broadcaster.newsroom.inbox import InboxItem, notices, waiting_for
from broadcaster.newsroom.inbox_words import item_url, item_words
from broadcaster.newsroom.notice_models import Notice

AT_ONCE, DAILY, NEVER = "at_once", "daily", "never"
WISHES = (AT_ONCE, DAILY, NEVER)
DIGEST_HOUR = 7
"""Of the province's clock: the daily letter goes then, or when the server is back."""
MOST_LINES = 50
KEPT_FOR = timedelta(days=365)


def tell_people(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Job and chore `tell_people`: queue a letter for everybody who has something new waiting."""
    settings: Settings = current_app.config["SETTINGS"]
    session.execute(delete(Notice).where(Notice.at < now - KEPT_FOR))
    if not mail.is_configured(settings):
        return
    people = select(Person).where(Person.active, Person.mail_wish != NEVER).order_by(Person.id)
    for person in session.scalars(people):
        if person.mail_wish == AT_ONCE or digest_is_due(person.digest_at, now, settings.zone):
            _tell(session, person, settings, now)


def digest_is_due(last: datetime | None, now: datetime, zone: ZoneInfo) -> bool:
    """Whether today's letter is still to go: it is seven o'clock or later and none went since."""
    local = now.astimezone(zone)
    today = local.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    return local >= today and (last is None or last < today)


def _tell(session: Session, person: Person, settings: Settings, now: datetime) -> None:
    items = waiting_for(session, person, settings, now)
    known = notices(session, person, items)
    new = [one for one in items if one.key not in known or _is_untold(known[one.key])]
    if person.mail_wish == DAILY:
        person.digest_at = now
    if not new:
        return
    with current_app.test_request_context(), force_locale(person.language):
        subject = ngettext("%(num)d thing waits for you", "%(num)d things wait for you", len(new))
        body = _body(person, new, settings.mail.base_url.rstrip("/"))
    mail.queue(session, to=person.email, subject=subject, body=body, now=now)
    for one in new:
        row = known.get(one.key) or Notice(person_id=person.id, key=one.key, at=now)
        row.mailed_at = now
        session.add(row)


def _is_untold(notice: Notice) -> bool:
    """Neither told by mail nor seen on the page meanwhile."""
    return notice.mailed_at is None and notice.read_at is None


def _body(person: Person, items: Sequence[InboxItem], base_url: str) -> str:
    lines = [f"{item_words(one)}\n  {base_url}{item_url(one)}" for one in items[:MOST_LINES]]
    all_of_it = f"{base_url}{url_for('inbox.inbox')}"
    wishes = f"{base_url}{url_for('inbox.wishes')}"
    more = len(items) - MOST_LINES
    return "\n\n".join(
        [
            _("Good day, %(name)s.", name=person.name),
            *lines,
            *([ngettext("And %(num)d more.", "And %(num)d more.", more)] if more > 0 else []),
            _("All that waits for you: %(url)s", url=all_of_it),
            _("How often you get this letter: %(url)s", url=wishes),
        ]
    )
