"""Views of the library that people keep: by name, their own or shared, one of them opening with the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, joinedload, lazyload, load_only

from broadcaster.accounts import service as accounts
from broadcaster.accounts.models import Person
from broadcaster.errors import BadInput, NotAllowed, NotPossible, NotThere
from broadcaster.newsroom.library_models import SavedView
from broadcaster.newsroom.plain_text import one_line

PAGES = ("announcements", "recordings")
LONGEST_NAME = 80
MOST_VIEWS = 100


def views(session: Session, person: Person, page: str) -> list[SavedView]:
    """One's own and the shared ones of a page, one's own first, by name."""
    wanted = (
        select(SavedView)
        .where(SavedView.page == page, SavedView.removed_at.is_(None))
        .where(or_(SavedView.person_id == person.id, SavedView.shared))
        .options(joinedload(SavedView.person).options(load_only(Person.name), lazyload(Person.roles)))
        .order_by(SavedView.person_id != person.id, SavedView.name, SavedView.id)
    )
    return list(session.scalars(wanted))


def default_view(session: Session, person: Person, page: str) -> SavedView | None:
    """What a person's page opens with."""
    return session.scalar(
        select(SavedView).where(
            SavedView.page == page,
            SavedView.person_id == person.id,
            SavedView.default,
            SavedView.removed_at.is_(None),
        )
    )


def own_view(session: Session, view_id: int, person: Person) -> SavedView:
    """One's own view, removed or not. Of others: `NotThere` for a private, `NotAllowed` for a shared one."""
    found = session.get(SavedView, view_id)
    if found is None or (found.person_id != person.id and not found.shared):
        raise NotThere(
            f"there is no view {view_id}; look it up among your views",
            code="view_not_there",
        )
    if found.person_id != person.id and not person.may(accounts.Role.ADMINISTRATOR):
        raise NotAllowed(f"this view is {found.person.name}'s; save one of your own", code="view_of_another")
    return found


def save_view(
    session: Session,
    person: Person,
    page: str,
    name: str,
    asked: Mapping[str, Sequence[str]],
    now: datetime,
    *,
    shared: bool = False,
    default: bool = False,
) -> SavedView:
    """Keep what a page shows. `BadInput` for a name that is empty, too long or in use by the person."""
    if page not in PAGES:
        raise BadInput(f"there is no list {page!r}; known are {', '.join(PAGES)}", field="page")
    words = _clean_name(session, person, page, name)
    if len([one for one in views(session, person, page) if one.person_id == person.id]) >= MOST_VIEWS:
        raise NotPossible(f"there are {MOST_VIEWS} views; remove one first", code="too_many_views")
    view = SavedView(
        person=person,
        page=page,
        name=words,
        asked={key: list(values) for key, values in asked.items()},
        shared=shared,
        created_at=now,
    )
    session.add(view)
    session.flush()
    if default:
        make_default(session, view, person, now)
    _note(session, "view.saved", view, person, now, {"name": words, "page": page, "shared": shared})
    return view


def rename_view(session: Session, view: SavedView, name: str, person: Person, now: datetime) -> None:
    """Another name; `BadInput` as for a new one."""
    before, view.name = view.name, _clean_name(session, view.person, view.page, name, but=view.id)
    if view.name != before:
        _note(session, "view.renamed", view, person, now, {"name": view.name}, {"name": before})


def share_view(session: Session, view: SavedView, shared: bool, person: Person, now: datetime) -> None:
    """Offer it to everybody, or to its owner only."""
    if view.shared != shared:
        view.shared = shared
        _note(session, "view.shared", view, person, now, {"shared": shared}, {"shared": not shared})


def make_default(
    session: Session, view: SavedView, person: Person, now: datetime, default: bool = True
) -> None:
    """Let the owner's page open with it, or with everything again. One of a page is."""
    if view.default == default:
        return
    if default:
        others = update(SavedView).where(
            SavedView.person_id == view.person_id, SavedView.page == view.page, SavedView.default
        )
        session.execute(others.values(default=False))
    view.default = default
    _note(session, "view.default", view, person, now, {"default": default}, {"default": not default})


def remove_view(session: Session, view: SavedView, person: Person, now: datetime) -> None:
    """Away with it; `restore_view` brings it back."""
    if view.removed_at is None:
        view.removed_at = now
        _note(session, "view.removed", view, person, now, None, {"name": view.name})


def restore_view(session: Session, view: SavedView, person: Person, now: datetime) -> None:
    """Back again, and no longer the default if another one is by now."""
    if view.removed_at is None:
        return
    there = default_view(session, view.person, view.page)
    view.removed_at = None
    view.default = view.default and there is None
    _note(session, "view.restored", view, person, now, {"name": view.name})


def _clean_name(session: Session, owner: Person, page: str, name: str, but: int = 0) -> str:
    words = one_line(name)
    if not words:
        raise BadInput("a view needs a name", field="name", code="view_name_missing")
    if len(words) > LONGEST_NAME:
        raise BadInput(
            f"the name has {len(words)} characters; {LONGEST_NAME} are possible",
            field="name",
            code="view_name_too_long",
            longest=LONGEST_NAME,
        )
    same = select(SavedView.id).where(
        SavedView.person_id == owner.id,
        SavedView.page == page,
        SavedView.name == words,
        SavedView.id != but,
        SavedView.removed_at.is_(None),
    )
    if session.scalar(same.limit(1)) is not None:
        raise BadInput(
            f"there is a view {words!r} already; choose another name", field="name", code="view_name_taken"
        )
    return words


def _note(
    session: Session,
    action: str,
    view: SavedView,
    person: Person,
    now: datetime,
    after: dict[str, object] | None,
    before: dict[str, object] | None = None,
) -> None:
    subject = f"view:{view.id}"
    accounts.record(
        session, action=action, subject=subject, before=before, after=after, actor=person, now=now
    )
