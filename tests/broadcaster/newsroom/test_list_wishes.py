"""Rows on a page and columns of the library's lists, as each person wants them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from broadcaster.accounts.models import Person
from broadcaster.newsroom.library_words import COLUMNS
from broadcaster.newsroom.list_wishes import ROWS, wish_of
from tests.broadcaster.conftest import FixedClock
from tests.broadcaster.newsroom.test_library import many

SignIn = Callable[..., FlaskClient]


def wanted(page: str, rows: object, *columns: str) -> dict[str, object]:
    """What the form sends."""
    return {"page": page, "rows": str(rows), "column": list(columns), "asked": "sort=title"}


@pytest.mark.parametrize(
    ("page", "address"), [("announcements", "/announcements"), ("recordings", "/recordings")]
)
def test_a_list_shows_the_rows_and_columns_a_person_chose(
    signed_in: SignIn, session: Session, clock: FixedClock, page: str, address: str
) -> None:
    """From another browser too, for this list alone, and for nobody else."""
    many(session, clock, 60)
    first = next(iter(COLUMNS[page]))
    editor = signed_in("editor")
    assert editor.get(f"{address}?sort=title").text.count('name="chosen"') == 50
    answer = editor.post("/library/lists", data=wanted(page, 25, first))
    assert answer.location == f"{address}?sort=title"
    shown = signed_in("editor").get(answer.location).text
    assert shown.count('name="chosen"') == 25
    headings = {name: f'data-label="{words}"' for name, words in COLUMNS[page].items()}
    assert [name for name, there in headings.items() if there in shown] == [first]
    assert shown.count('<th scope="col"') == 3  # the boxes, the title and the one column
    other = signed_in("administrator").get(f"{address}?sort=title").text
    assert other.count('name="chosen"') == 50
    assert all(there in other for there in headings.values())


def test_no_column_beside_the_title_is_a_wish_too(
    signed_in: SignIn, session: Session, clock: FixedClock
) -> None:
    """And every count that is offered can be had; what no form offers is refused and changes nothing."""
    editor = signed_in("editor")
    for rows in ROWS:
        assert editor.post("/library/lists", data=wanted("recordings", rows)).status_code == 303
    for bad in (wanted("recordings", 26), wanted("recordings", "many"), wanted("people", 25)):
        assert editor.post("/library/lists", data=bad).status_code == 422
    person = session.get_one(Person, editor.person.id)  # type: ignore[attr-defined]  # the fixture's
    assert (wish_of(person, "recordings").rows, wish_of(person, "recordings").columns) == (200, ())
    assert wish_of(person, "announcements").rows == 50
    person.list_wishes = {"recordings": {"rows": 7, "without": ["of an older version"]}}
    assert wish_of(person, "recordings").rows == 50
