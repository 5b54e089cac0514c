"""Pages: who did what, searched, told in sentences, and handed out in full. For administrators."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from apiflask import APIBlueprint
from flask import Response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from broadcaster import clock
from broadcaster.accounts import people, trail_names, trail_search, trail_words
from broadcaster.accounts.access import current_person, requires
from broadcaster.accounts.audit import record
from broadcaster.accounts.models import AuditEntry
from broadcaster.accounts.origin import Via
from broadcaster.accounts.roles import Role
from broadcaster.accounts.trail_search import TrailFilter
from broadcaster.accounts.trail_vocabulary import ACTIONS
from broadcaster.database import db
from broadcaster.spreadsheet_cells import safe_cell
from broadcaster.web.mishaps import add_sentences
from broadcaster.web.wording import local_day, zone

COLUMNS = ("line", "at", "actor", "person", "action", "subject", "via", "from", "before", "after")
MISHAPS = {"no_such_line": lazy_gettext("The list cannot go on from there. Begin at its newest line.")}
FILTERS = ("person", "actor", "action", "subject", "words", "via", "since", "until")

blueprint = APIBlueprint("trail", __name__, template_folder="templates", enable_openapi=False)
blueprint.record_once(lambda _state: add_sentences(MISHAPS))


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """What lists of who did what call, here and on a person's page."""
    return {"trail_lines": trail_lines}


@blueprint.get("/settings/trail")
@requires(Role.ADMINISTRATOR)
def show() -> str:
    """Who did what, newest first, as far as it fits the filters in the address."""
    asked = _asked()
    wanted = wanted_of(asked)
    found = trail_search.page(db.session, wanted, request.args.get("after", type=int))
    return render_template(
        "accounts/trail.html",
        entries=found.entries,
        older=_address(**asked, after=str(found.older)) if found.older else None,
        asked=asked,
        in_force=list(_chips(asked)),
        people=people.people(db.session),
        actions=sorted(((code, str(words)) for code, words in ACTIONS.items()), key=lambda pair: pair[1]),
        ways=trail_words.WAYS,
        with_filter=lambda **more: _address(**{**asked, **more}),
    )


@blueprint.get("/settings/trail.csv")
@requires(Role.ADMINISTRATOR)
def as_csv() -> Response:
    """All of it that fits the filters, for a spreadsheet; instants in UTC."""
    return _download("csv", "text/csv", csv_lines)


@blueprint.get("/settings/trail.jsonl")
@requires(Role.ADMINISTRATOR)
def as_json_lines() -> Response:
    """The same for programs, one JSON object a line."""
    return _download("jsonl", "application/jsonl", json_lines)


def trail_lines(entries: Iterable[AuditEntry]) -> list[dict[str, Any]]:
    """Entries told in the reader's words."""
    entries = list(entries)
    subjects = {name for one in entries for name in (one.subject, one.actor)}
    names = trail_names.names_of(db.session, subjects)
    return [
        {
            "entry": one,
            "who": trail_words.actor_words(one, names),
            "did": trail_words.action_words(one.action),
            "what": names[one.subject].name
            if one.subject in names
            else trail_words.subject_words(one.subject),
            "url": names[one.subject].url if one.subject in names else None,
            "way": trail_words.way_words(one),
            "changes": trail_words.changes(one),
        }
        for one in entries
    ]


def wanted_of(asked: dict[str, str]) -> TrailFilter:
    """The filter a page or a command was asked for; what cannot be read asks for nothing. Days are local."""
    number = asked.get("person", "")
    way = asked.get("via", "")
    return TrailFilter(
        person=int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None,
        actor=asked.get("actor", ""),
        action=asked.get("action", ""),
        subject=asked.get("subject", ""),
        words=asked.get("words", ""),
        via=Via(way) if way in list(Via) else None,
        since=_midnight(asked.get("since", "")),
        until=_midnight(asked.get("until", ""), timedelta(days=1)),
    )


def json_lines(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """One JSON object a line."""
    for entry in entries:
        yield json.dumps(trail_search.facts(entry), ensure_ascii=False) + "\n"


def _asked() -> dict[str, str]:
    return {name: text for name in FILTERS if (text := request.args.get(name, "").strip()[:200])}


def _midnight(day: str, later: timedelta = timedelta()) -> datetime | None:
    """The beginning of a local day, or of the one after."""
    try:
        return datetime.combine(date.fromisoformat(day) + later, time(), tzinfo=zone())
    except (ValueError, OverflowError):
        return None


def _download(ending: str, mimetype: str, lines: Any) -> Response:
    asked = _asked()
    now = clock.now()
    record(db.session, action="trail.export", subject="trail", after=asked, actor=current_person(), now=now)
    db.session.commit()
    sessions = db.sessionmaker
    answer = Response(lines(trail_search.stream(sessions, wanted_of(asked))), mimetype=mimetype)
    name = f"trail-{now.astimezone(zone()).date()}.{ending}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def csv_lines(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """A CSV table that spreadsheets open rightly, its heads first."""
    yield "\ufeff" + _csv_line(COLUMNS)
    for entry in entries:
        facts = trail_search.facts(entry)
        yield _csv_line([_cell(facts[column]) for column in COLUMNS])


def _csv_line(cells: Iterable[object]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([safe_cell(cell) for cell in cells])
    return text.getvalue()


def _cell(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value


def _chips(asked: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Each filter in force in words, and the address of the list without it."""
    for name, text in asked.items():
        rest = {other: value for other, value in asked.items() if other != name}
        yield _filter_words(name, text), _address(**rest)


def _address(**asked: str) -> str:
    return url_for("trail.show", **asked)  # type: ignore[arg-type]  # values go into the query


def _filter_words(name: str, text: str) -> str:
    if name == "person":
        known = trail_names.names_of(db.session, [f"person:{text}"]).get(f"person:{text}")
        return known.name if known else text
    if name == "actor":
        return trail_words.actor_words(AuditEntry(actor=text))
    if name == "action":
        return trail_words.action_words(text)
    if name == "subject":
        return trail_words.subject_words(text, trail_names.names_of(db.session, [text]))
    if name == "via":
        return str(trail_words.WAYS.get(text, text))
    if name in ("since", "until"):
        try:
            day = local_day(date.fromisoformat(text))
        except ValueError:
            return text
        return str(_("from %(day)s", day=day) if name == "since" else _("until %(day)s", day=day))
    return f"“{text}”"
