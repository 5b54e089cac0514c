"""Views of the library that people keep."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from broadcaster.accounts.models import Person
from broadcaster.errors import BadInput, NotAllowed, NotThere
from broadcaster.newsroom import saved_views
from broadcaster.newsroom.library_models import SavedView
from tests.broadcaster.conftest import FixedClock

SignIn = Callable[..., FlaskClient]
ASKED = {"language": ["kuf"], "sort": ["title"]}


def somebody(session: Session, clock: FixedClock, name: str) -> Person:
    """A person without any role."""
    values = {"email": f"{name}@example.org", "name": name, "language": "en", "active": True}
    person = Person(**values, created_at=clock.now, fs_uniquifier=name)
    session.add(person)
    session.flush()
    return person


def test_one_sees_ones_own_views_and_the_shared_ones(session: Session, clock: FixedClock) -> None:
    """One's own first; only the owner changes one, and of a private one others learn nothing."""
    editor, other = somebody(session, clock, "editor"), somebody(session, clock, "other")
    mine = saved_views.save_view(session, editor, "recordings", "Katu", ASKED, clock.now)
    shared = saved_views.save_view(session, editor, "recordings", "A", ASKED, clock.now, shared=True)
    own = saved_views.save_view(session, other, "recordings", "Z", ASKED, clock.now)
    assert saved_views.views(session, editor, "recordings") == [shared, mine]
    assert saved_views.views(session, other, "recordings") == [own, shared]
    assert saved_views.views(session, other, "announcements") == []
    with pytest.raises(NotThere):
        saved_views.own_view(session, mine.id, other)
    with pytest.raises(NotAllowed):
        saved_views.own_view(session, shared.id, other)


def test_names_are_ones_own_only_once(session: Session, clock: FixedClock) -> None:
    """Others may use them; a removed one gives its name free."""
    editor, other = somebody(session, clock, "editor"), somebody(session, clock, "other")
    first = saved_views.save_view(session, editor, "recordings", " Katu ", ASKED, clock.now)
    saved_views.save_view(session, other, "recordings", "Katu", ASKED, clock.now)
    for name in ("Katu", "", "x" * 81):
        with pytest.raises(BadInput):
            saved_views.save_view(session, editor, "recordings", name, ASKED, clock.now)
    saved_views.remove_view(session, first, editor, clock.now)
    second = saved_views.save_view(session, editor, "recordings", "Katu", ASKED, clock.now)
    saved_views.rename_view(session, second, "Katu again", editor, clock.now)
    assert second.name == "Katu again"


def test_a_page_opens_with_one_view_at_most(session: Session, clock: FixedClock) -> None:
    """The newest choice; one that was removed and brought back gives way."""
    editor = somebody(session, clock, "editor")
    first = saved_views.save_view(session, editor, "recordings", "1", ASKED, clock.now, default=True)
    second = saved_views.save_view(session, editor, "recordings", "2", ASKED, clock.now, default=True)
    session.refresh(first)
    assert not first.default
    assert saved_views.default_view(session, editor, "recordings") is second
    saved_views.remove_view(session, second, editor, clock.now)
    assert saved_views.default_view(session, editor, "recordings") is None
    saved_views.make_default(session, first, editor, clock.now)
    saved_views.restore_view(session, second, editor, clock.now)
    assert saved_views.default_view(session, editor, "recordings") is first


def test_a_view_is_saved_opened_removed_and_brought_back_on_the_page(
    signed_in: SignIn, session: Session
) -> None:
    """Its address says all of it; the page opens with the default; Undo brings it back."""
    editor = signed_in("editor")
    answer = editor.post(
        "/library/views",
        data={
            "page": "recordings",
            "asked": "language=kuf&sort=title&nonsense=1",
            "name": "Katu",
            "default": "1",
        },
    )
    assert answer.location == "/recordings?language=kuf&sort=title&view=1"
    assert "Katu" in editor.get(answer.location).text
    assert editor.get("/recordings").location == answer.location
    page = editor.get("/recordings?language=lo").text
    assert 'href="/recordings?language=kuf&amp;sort=title&amp;view=1"' in page
    answer = editor.post("/library/views/1/remove")
    assert "/library/views/1/restore" in editor.get(answer.location).text
    assert editor.get("/recordings").status_code == 200
    editor.post("/library/views/1/restore", data={"page": "recordings"})
    assert editor.get("/recordings").status_code == 302
    assert signed_in("approver").post("/library/views/1/remove").status_code == 404
    session.expire_all()
    assert session.get_one(SavedView, 1).removed_at is None


def test_a_bad_name_is_told_and_the_list_stays(signed_in: SignIn, session: Session) -> None:
    """With its filters as they were."""
    editor = signed_in("editor")
    answer = editor.post(
        "/library/views", data={"page": "announcements", "asked": "kind=health", "name": " "}
    )
    assert answer.location == "/announcements?kind=health"
    assert "Give the view a name" in editor.get(answer.location).text
    assert session.query(SavedView).count() == 0
