"""Pages: the languages of many announcements at a look, and what one announcement's page shows."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import g, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from broadcaster.accounts import service as accounts
from broadcaster.database import db
from broadcaster.newsroom import matrix_words, wording
from broadcaster.newsroom.belonging import visible
from broadcaster.newsroom.matrix import Matrix, languages_of, matrix
from broadcaster.newsroom.models import Announcement, AnnouncementKind, Recording
from broadcaster.newsroom.targets import target_villages
from schedules.languages import LANGUAGES

blueprint = APIBlueprint("matrix", __name__, template_folder="templates", enable_openapi=False)
A_PAGE = 50


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """What the announcement's page calls."""
    return {
        "announcement_matrix": announcement_matrix,
        "matrix_words": matrix_words.matrix_words,
        "line_words": matrix_words.line_words,
        "hears_label": matrix_words.hears_label,
    }


@blueprint.get("/announcements/languages")
def languages() -> str:
    """Announcements against languages, newest first, by kind and by what is missing."""
    asked = {
        "kind": request.args.get("kind", ""),
        "language": request.args.get("language", ""),
        "missing": bool(request.args.get("missing")),
        "before": request.args.get("before", type=int),
    }
    found = _page(asked)
    villages = target_villages(db.session, found)
    rows = [(one, matrix(one, villages[one.id])) for one in found]
    return render_template(
        "newsroom/languages.html",
        rows=[row for row in rows if _fits(row[1], asked)],
        columns=languages_of(of for _one, of in rows),
        asked=asked,
        kinds={kind.value: label for kind, label in wording.KINDS.items()},
        known=LANGUAGES,
        older=_older(asked, found),
    )


def announcement_matrix(announcement: Announcement) -> Matrix:
    """The matrix of the announcement being shown, worked out once a request."""
    made: dict[int, Matrix] = g.setdefault("matrices", {})
    if announcement.id not in made:
        villages = target_villages(db.session, [announcement])
        made[announcement.id] = matrix(announcement, villages[announcement.id])
    return made[announcement.id]


def _page(asked: dict[str, Any]) -> list[Announcement]:
    reach = accounts.in_view(accounts.current_person())
    wanted = select(Announcement).where(visible(reach)).order_by(Announcement.id.desc()).limit(A_PAGE)
    if asked["kind"] in set(AnnouncementKind):
        wanted = wanted.where(Announcement.kind == AnnouncementKind(asked["kind"]))
    if asked["before"]:
        wanted = wanted.where(Announcement.id < asked["before"])
    light = selectinload(Announcement.recordings).load_only(
        Recording.announcement_id,
        Recording.language,
        Recording.version,
        Recording.state,
        Recording.ingest,
        Recording.sha256,
        Recording.approved_sha256,
    )
    return list(db.session.scalars(wanted.options(light)))


def _fits(found: Matrix, asked: dict[str, Any]) -> bool:
    lacking = {line.language for line in found.missing}
    if asked["language"] in LANGUAGES:
        return asked["language"] in lacking
    return bool(lacking) or not asked["missing"]


def _older(asked: dict[str, Any], found: list[Announcement]) -> str | None:
    if len(found) < A_PAGE:
        return None
    kept = {name: value for name, value in asked.items() if value and name != "before"}
    return url_for("matrix.languages", **(kept | {"before": found[-1].id}))
