"""Pages: the library's two lists, announcements and every recording, and their tables to download."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlencode

from apiflask import APIBlueprint
from flask import Response, current_app, redirect, render_template, request, stream_with_context, url_for
from flask.sansio.blueprints import BlueprintSetupState
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from broadcaster import clock
from broadcaster.accounts import service as accounts
from broadcaster.accounts.models import Person
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.newsroom import library, library_words, list_wishes, saved_views, service, tags, wording
from broadcaster.newsroom.announcements import LanguageNeed
from broadcaster.newsroom.found_words import excerpt, marked
from broadcaster.newsroom.library_question import (
    ANNOUNCEMENT_SORTS,
    NEWEST_FIRST,
    RECORDING_SORTS,
    Wanted,
    wanted_from,
)
from broadcaster.newsroom.matrix import LanguageLine, language_lines
from broadcaster.newsroom.models import Announcement, Recording
from broadcaster.newsroom.pages import blueprint as newsroom
from broadcaster.newsroom.search import Question, question
from broadcaster.newsroom.targets import target_villages
from broadcaster.places import service as places
from broadcaster.spreadsheet_cells import safe_cell
from broadcaster.web.mishaps import add_sentences
from broadcaster.web.wording import language_name
from schedules.languages import LANGUAGES
from schedules.wire.base import format_instant

blueprint = APIBlueprint("library", __name__, template_folder="templates", enable_openapi=False)
EDITOR, APPROVER = accounts.Role.EDITOR, accounts.Role.APPROVER
ROWS_AT_ONCE = 500
RECORDING_COLUMNS = (
    "recording", "announcement", "title", "kind", "language", "version", "state", "duration_ms", "verdict",
    "loudness_lufs", "tags", "valid_from_utc", "valid_until_utc", "created_at_utc", "brought_by",
    "approved_at_utc", "original_name", "sha256",
)  # fmt: skip
ANNOUNCEMENT_COLUMNS = (
    "announcement", "title", "kind", "languages", "approved_languages", "tags", "place", "valid_from_utc",
    "valid_until_utc", "created_at_utc", "created_by",
)  # fmt: skip


@blueprint.record_once
def prepare(_state: BlueprintSetupState) -> None:
    """Errors are told in the library's words."""
    add_sentences(library_words.MISHAPS)


@newsroom.get("/announcements")
def announcements() -> str | BaseResponse:
    """All announcements that fit, a part at a time; each with its languages and where they stand."""
    opening = _default("announcements")
    if opening is not None:
        return opening
    wanted, around = _asked(ANNOUNCEMENT_SORTS), _around()
    part = library.announcements(db.session, wanted, around, _wish("announcements").rows)
    reached = {village.code for village in places.villages(db.session, reach=around.reach)}
    return render_template(
        "newsroom/announcements.html",
        rows=_with_languages(part.rows, reached),
        may_edit=accounts.current_person().may(EDITOR),
        **_frame("announcements", part, wanted),
    )


def _with_languages(
    found: Sequence[Announcement], reached: Collection[str]
) -> list[tuple[Announcement, tuple[LanguageLine, ...]]]:
    """Each with its languages, and those that the villages it is for need, as far as the person reaches."""
    targets = target_villages(db.session, found)
    needs: dict[tuple[str, ...], tuple[LanguageNeed, ...]] = {}
    rows = []
    for one in found:
        villages = [village for village in targets[one.id] if village.code in reached]
        key = tuple(village.code for village in villages)
        if key not in needs:  # most are for the same villages: for all of them
            needs[key] = service.language_needs(villages)
        rows.append((one, language_lines(one, needs[key])))
    return rows


@blueprint.get("/recordings")
def recordings() -> str | BaseResponse:
    """Every recording that fits: to hear, to judge, to act on several at once."""
    opening = _default("recordings")
    if opening is not None:
        return opening
    wanted = _asked(RECORDING_SORTS)
    part = library.recordings(db.session, wanted, _around(), _wish("recordings").rows)
    person = accounts.current_person()
    return render_template(
        "newsroom/library_recordings.html",
        rows=part.rows,
        said=_said(part.rows, question(wanted.search)),
        may_edit=person.may(EDITOR),
        **_frame("recordings", part, wanted),
    )


@blueprint.get("/recordings.csv")
def recordings_csv() -> Response:
    """Every recording that fits, for a spreadsheet; instants in UTC."""
    return _table(
        "recordings", RECORDING_COLUMNS, _asked(RECORDING_SORTS), library.recordings, _recording_row
    )


@blueprint.get("/announcements.csv")
def announcements_csv() -> Response:
    """Every announcement that fits, for a spreadsheet."""
    return _table(
        "announcements",
        ANNOUNCEMENT_COLUMNS,
        _asked(ANNOUNCEMENT_SORTS),
        library.announcements,
        _announcement_row,
    )


def address(endpoint: str, asked: Mapping[str, Any], **more: Any) -> str:
    """A list's address with what is asked for; with nothing it says so, lest the default view opens."""
    return url_for(endpoint, **({**asked, **more} or {"sort": NEWEST_FIRST}))


def list_address(page: str, asked: str) -> str:
    """The address of the list "announcements" or "recordings" as it was: of what was asked in its address
    only known values are taken.
    """
    announcements_wanted = page == "announcements"
    sorts = ANNOUNCEMENT_SORTS if announcements_wanted else RECORDING_SORTS
    endpoint = "newsroom.announcements" if announcements_wanted else "library.recordings"
    return address(endpoint, wanted_from(parse_qs(asked[:4000]), sorts).to_args())


def _asked(sorts: tuple[str, ...]) -> Wanted:
    return wanted_from(dict(request.args.lists()), sorts)


def _around() -> library.Around:
    settings: Settings = current_app.config["SETTINGS"]
    return library.Around(accounts.in_view(accounts.current_person()), clock.now(), settings.zone)


def _wish(page: str) -> list_wishes.ListWish:
    return list_wishes.wish_of(accounts.current_person(), page)


def _default(page: str) -> BaseResponse | None:
    """To the view that the person's page opens with, where the address asks for nothing."""
    if request.query_string:
        return None
    view = saved_views.default_view(db.session, accounts.current_person(), page)
    return redirect(address(str(request.endpoint), view.asked, view=view.id)) if view and view.asked else None


def _frame(page: str, part: library.Part[Any], wanted: Wanted) -> dict[str, Any]:
    """What both lists' templates show around their rows."""
    asked, person = question(wanted.search), accounts.current_person()
    people = _people()
    endpoint = str(request.endpoint)
    args = wanted.to_args()
    shown = request.args.get("view", "")
    return {
        "page": page,
        "part": part,
        "wanted": wanted,
        "wish": _wish(page),
        "row_counts": list_wishes.ROWS,
        "columns_known": library_words.columns(page),
        "marked": lambda text: marked(text, asked) if asked else (),
        "chips": [(words, address(endpoint, rest)) for words, rest in library_words.chips(wanted, people)],
        "everything": address(endpoint, {}),
        "next": address(endpoint, args, after=part.after) if part.after else None,
        "table_url": address(f"library.{page}_csv", args),
        "views": [
            (view, address(endpoint, view.asked, view=view.id), str(view.id) == shown)
            for view in saved_views.views(db.session, person, page)
        ],
        "me": person,
        "asked_text": urlencode(args, doseq=True),
        "kind_options": {kind.value: words for kind, words in wording.KINDS.items()},
        "states": library_words.states(),
        "languages_known": {tag: language_name(tag) for tag in LANGUAGES},
        "validities": library_words.VALIDITY,
        "sounds": library_words.SOUND,
        "verdicts": library_words.verdicts(),
        "people": people,
        "tags_known": tags.known_tags(db.session, most=100),
    }


def _people() -> dict[int, str]:
    rows = db.session.execute(select(Person.id, Person.name).order_by(Person.name).limit(200))
    return {row.id: row.name for row in rows}


def _said(rows: Any, asked: Question) -> dict[int, Any]:
    """Where a recording's words hold what is searched for: an excerpt of each that does."""
    if not asked.terms:
        return {}
    words = library.words_of(db.session, [one for one in rows if not asked.fits(one.announcement.title)])
    found = {
        number: next(filter(None, (excerpt(text, asked) for text in texts)), None)
        for number, texts in words.items()
    }
    return {number: pieces for number, pieces in found.items() if pieces}


def _table(
    name: str,
    columns: tuple[str, ...],
    wanted: Wanted,
    read: Callable[..., library.Part[Any]],
    row: Callable[[Any], tuple[object, ...]],
) -> Response:
    around = _around()

    def lines() -> Iterator[str]:
        yield "\ufeff" + _line(columns)
        after: int | None = None
        while True:
            part = read(db.session, replace(wanted, after=after), around, ROWS_AT_ONCE)
            for one in part.rows:
                yield _line(row(one))
            after = part.after
            db.session.expunge_all()
            if after is None:
                return

    answer = Response(stream_with_context(lines()), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _line(cells: tuple[object, ...]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([safe_cell(cell) for cell in cells])
    return text.getvalue()


def _recording_row(one: Recording) -> tuple[object, ...]:
    about = one.announcement
    return (
        one.id, about.id, about.title, about.kind.value, one.language, one.version, one.state,
        one.duration_ms, one.verdict, one.loudness_lufs, ", ".join(about.tags), _instant(about.valid_from),
        _instant(about.valid_until), _instant(one.created_at), one.created_by.name if one.created_by else "",
        _instant(one.approved_at), one.original_name, one.sha256,
    )  # fmt: skip


def _announcement_row(one: Announcement) -> tuple[object, ...]:
    languages = dict.fromkeys(recording.language for recording in one.recordings)
    return (
        one.id, one.title, one.kind.value, " ".join(languages),
        " ".join(recording.language for recording in one.on_air_ready()), ", ".join(one.tags), one.place_code,
        _instant(one.valid_from), _instant(one.valid_until), _instant(one.created_at),
        one.created_by.name if one.created_by else "",
    )  # fmt: skip


def _instant(value: datetime | None) -> str:
    return "" if value is None else format_instant(value)
