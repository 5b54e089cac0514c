"""Doors of the library: acts on several recordings at once, and saved views."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import parse_qs

from flask import redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from broadcaster import clock
from broadcaster.accounts import service as accounts
from broadcaster.database import db
from broadcaster.errors import BroadcasterError
from broadcaster.newsroom import belonging, removal, saved_views, service, tags
from broadcaster.newsroom.library_models import SavedView
from broadcaster.newsroom.library_pages import EDITOR, address, blueprint, list_address

__all__ = ["blueprint"]
from broadcaster.newsroom.library_question import ANNOUNCEMENT_SORTS, RECORDING_SORTS, wanted_from
from broadcaster.newsroom.models import Recording
from broadcaster.web import toasts
from broadcaster.web.mishaps import say

MOST_AT_ONCE = 200
Undo = tuple[str, Callable[[], Mapping[str, str]]]
"""The address that takes an act back, and what is posted there, known once the act is done."""


@blueprint.post("/library/submit")
@accounts.requires(EDITOR)
def submit() -> Response:
    """Ask for approval of every chosen recording that can be; the others are told with their reason."""
    person, now = accounts.current_person(), clock.now()
    return _each(
        lambda one: service.submit_recording(db.session, one, person, now),
        lambda count: ngettext("%(num)d recording submitted.", "%(num)d recordings submitted.", count),
    )


@blueprint.post("/library/tag")
@accounts.requires(EDITOR)
def tag() -> Response:
    """Add tags to the announcements of every chosen recording."""
    person, now = accounts.current_person(), clock.now()
    try:
        wanted = tags.split_tags(request.form.get("tags", ""))
    except BroadcasterError as error:
        toasts.tell(say(error), "fail")
        return _back()
    if not wanted:
        toasts.tell(_("Write the tag to add."), "fail")
        return _back()

    def add(one: Recording) -> None:
        about = one.announcement
        before = about.tags
        tags.put_tags(about, tags.clean_tags([*before, *wanted]))
        if about.tags == before:
            return
        about.edition += 1
        accounts.record(
            db.session,
            action="announcement.changed",
            subject=f"announcement:{about.id}",
            before={"tags": before},
            after={"tags": about.tags},
            actor=person,
            now=now,
        )

    return _each(
        add, lambda count: ngettext("%(num)d recording tagged.", "%(num)d recordings tagged.", count)
    )


@blueprint.post("/library/remove")
@accounts.requires(EDITOR)
def remove_chosen() -> Response:
    """Take every chosen draft away, and uploads that could not be used; for a while they can come back."""
    person, now = accounts.current_person(), clock.now()
    removed: list[str] = []

    def take_away(one: Recording) -> None:
        removed.append(str(removal.remove_recording(db.session, one, person, now).id))

    return _each(
        take_away,
        lambda count: ngettext(
            "%(num)d recording removed. For an hour it can come back.",
            "%(num)d recordings removed. For an hour they can come back.",
            count,
        ),
        undo=(url_for("library.restore_removed"), lambda: {"removed": " ".join(removed)}),
    )


@blueprint.post("/library/restore")
@accounts.requires(EDITOR)
def restore_removed() -> Response:
    """Bring back what was removed just now, each where the person may write; to where it is shown again."""
    person, now = accounts.current_person(), clock.now()
    wanted = [int(one) for one in request.form.get("removed", "")[:4000].split() if one.isdecimal()]
    restored: list[Recording] = []
    for number in wanted[:MOST_AT_ONCE]:
        try:
            with db.session.begin_nested():
                about = removal.removed_recording(db.session, number, now).announcement_id
                belonging.refuse_unseen(db.session, about, person)
                belonging.refuse_foreign(db.session, service.announcement(db.session, about), person, EDITOR)
                restored.append(removal.restore_recording(db.session, number, person, now))
        except BroadcasterError as error:
            toasts.tell(say(error), "fail")
    db.session.commit()
    if restored:
        toasts.tell(ngettext("%(num)d recording is back.", "%(num)d recordings are back.", len(restored)))
    if len({one.announcement_id for one in restored}) != 1:
        return redirect(address("library.recordings", {}))
    place = url_for("newsroom.show_announcement", announcement_id=restored[0].announcement_id)
    return redirect(f"{place}#recording-{restored[0].id}")


@blueprint.post("/library/views")
def save() -> Response:
    """Keep what the list shows under a name."""
    page = request.form.get("page", "")
    sorts = ANNOUNCEMENT_SORTS if page == "announcements" else RECORDING_SORTS
    asked = wanted_from(parse_qs(request.form.get("asked", "")[:4000]), sorts).to_args()
    try:
        view = saved_views.save_view(
            db.session,
            accounts.current_person(),
            page,
            request.form.get("name", ""),
            asked or {"sort": ["-created"]},
            clock.now(),
            shared="shared" in request.form,
            default="default" in request.form,
        )
    except BroadcasterError as error:
        db.session.rollback()
        toasts.tell(say(error), "fail")
        return _back()
    db.session.commit()
    toasts.tell(_("The view is saved."))
    return _to(view)


@blueprint.post("/library/views/<int:view_id>/rename")
def rename(view_id: int) -> Response:
    """Another name."""
    name, person, now = request.form.get("name", ""), accounts.current_person(), clock.now()
    return _change(view_id, lambda view: saved_views.rename_view(db.session, view, name, person, now))


@blueprint.post("/library/views/<int:view_id>/share")
def share(view_id: int) -> Response:
    """For everybody, or for oneself."""
    shared, person, now = request.form.get("shared") == "1", accounts.current_person(), clock.now()
    return _change(view_id, lambda view: saved_views.share_view(db.session, view, shared, person, now))


@blueprint.post("/library/views/<int:view_id>/default")
def default(view_id: int) -> Response:
    """Let the page open with it, or no longer."""
    wanted, person, now = request.form.get("default") == "1", accounts.current_person(), clock.now()
    return _change(view_id, lambda view: saved_views.make_default(db.session, view, person, now, wanted))


@blueprint.post("/library/views/<int:view_id>/remove")
def remove(view_id: int) -> Response:
    """Away with it; can be undone."""
    person, now = accounts.current_person(), clock.now()
    view = saved_views.own_view(db.session, view_id, person)
    saved_views.remove_view(db.session, view, person, now)
    db.session.commit()
    toasts.tell(
        _("The view “%(name)s” is removed.", name=view.name), undo=url_for("library.restore", view_id=view.id)
    )
    return redirect(address(_list_of(view.page), {}))


@blueprint.post("/library/views/<int:view_id>/restore")
def restore(view_id: int) -> Response:
    """Bring a removed one back."""
    person, now = accounts.current_person(), clock.now()
    return _change(view_id, lambda view: saved_views.restore_view(db.session, view, person, now))


def _each(
    act: Callable[[Recording], None], words: Callable[[int], str], undo: Undo | None = None
) -> Response:
    """Do one thing to every chosen recording; one that cannot be does not stop the others."""
    person = accounts.current_person()
    chosen = [int(one) for one in request.form.getlist("chosen") if one.isascii() and one.isdecimal()]
    if not chosen:
        toasts.tell(_("Choose recordings first."), "fail")
        return _back()
    found = db.session.scalars(
        select(Recording)
        .join(Recording.announcement)
        .where(Recording.id.in_(chosen[:MOST_AT_ONCE]), belonging.visible(accounts.reach(person)))
    ).all()
    done, refused = 0, dict[str, int]()
    for one in found:
        try:
            with db.session.begin_nested():
                belonging.refuse_foreign(db.session, one.announcement, person, EDITOR)
                act(one)
        except BroadcasterError as error:
            refused[say(error)] = refused.get(say(error), 0) + 1
        else:
            done += 1
    db.session.commit()
    if done:
        toasts.tell(words(done), undo=undo[0] if undo else None, hidden=undo[1]() if undo else None)
    for reason, count in refused.items():
        left = ngettext(
            "%(num)d recording stays as it was: ", "%(num)d recordings stay as they were: ", count
        )
        toasts.tell(left + reason, "fail")
    return _back()


def _change(view_id: int, act: Callable[[SavedView], None]) -> Response:
    view = saved_views.own_view(db.session, view_id, accounts.current_person())
    try:
        act(view)
    except BroadcasterError as error:
        db.session.rollback()
        toasts.tell(say(error), "fail")
        return _back()
    db.session.commit()
    toasts.tell(_("The view is changed."))
    return _to(view)


def _to(view: SavedView) -> Response:
    return redirect(address(_list_of(view.page), view.asked, view=view.id))


def _list_of(page: str) -> str:
    return "newsroom.announcements" if page == "announcements" else "library.recordings"


def _back() -> Response:
    """To the list as it was: its address came with the form, and only its values are taken."""
    return redirect(list_address(request.form.get("page", "recordings"), request.form.get("asked", "")))
