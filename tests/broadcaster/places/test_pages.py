"""Places on pages: map, list, one village, with their honest notices."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.places.models import Place, PlaceKind
from broadcaster.places.service import import_villages, make_districts

VILLAGE = {
    "code": "1503061",
    "kind": PlaceKind.VILLAGE,
    "name": "Dakcheung",
    "aliases": ["Dak Chung"],
    "parent_code": "LA1503",
    "languages": ["tdf", "lo"],
    "population": 1060,
    "households": 188,
    "latitude": 15.48,
    "longitude": 107.26,
}


@pytest.fixture
def village(app: APIFlask) -> None:
    with app.app_context():
        make_districts(db.session)
        db.session.add(Place(**VILLAGE))
        db.session.commit()


@pytest.mark.usefixtures("village")
def test_a_village_is_on_the_map_and_in_the_list(signed_in: Callable[..., FlaskClient]) -> None:
    """With its languages by name, the first one marked, and its people; the map names its source."""
    page = signed_in().get("/places").get_data(as_text=True)
    assert '<li class="chip first">Talieng</li>' in page
    assert "1,060" in page
    assert len(re.findall(r'<circle class="village', page)) == 1
    assert len(re.findall(r'<path class="district"', page)) == 4
    assert "OCHA ROAP (COD-AB), CC BY 3.0 IGO" in page


@pytest.mark.usefixtures("village")
@pytest.mark.parametrize(
    ("typed", "found"), [("dak ch", True), ("1503", True), ("DAKCHEUNG", True), ("zz", False)]
)
def test_a_village_is_found_by_any_of_its_spellings(
    signed_in: Callable[..., FlaskClient], typed: str, found: bool
) -> None:
    """Also by a part of it, in any case, and by its code; an empty answer offers the way back."""
    page = signed_in().get("/places", query_string={"search": typed}).get_data(as_text=True)
    assert ("Talieng" in page) is found
    assert ("No village is called like that" in page) is not found


def test_made_up_figures_are_called_illustrative(
    app: APIFlask, signed_in: Callable[..., FlaskClient]
) -> None:
    """And real ones are not."""
    with app.app_context():
        make_districts(db.session)
        db.session.add(Place(**VILLAGE))
        db.session.commit()
    browser = signed_in()
    assert b"illustrative" not in browser.get("/places").data
    with app.app_context():
        db.session.get_one(Place, "1503061").illustrative = True
        db.session.commit()
    for address in ("/places", "/places/1503061", "/places/LA1503"):
        assert b"illustrative figures" in browser.get(address).data


@pytest.mark.usefixtures("village")
def test_a_village_page_says_where_it_belongs(signed_in: Callable[..., FlaskClient]) -> None:
    """Province and district lead up, in the reader's language."""
    page = signed_in(language="lo").get("/places/1503061").get_data(as_text=True)
    assert "ດາກຈຶງ" in page
    assert "ຕະລຽງ" in page


def test_a_list_without_villages_says_what_it_is_for(
    signed_in: Callable[..., FlaskClient], app: APIFlask, settings: Settings, tmp_path: Path, clock
) -> None:
    """And how the first ones come in: the command, and a table that can be taken in as it stands."""
    page = signed_in().get("/places").get_data(as_text=True)
    assert f"broadcaster --data {settings.data} place import FILE.csv" in page
    table = re.search(r"<pre[^>]*>(code,.*?)</pre>", page, re.S)
    assert table
    (tmp_path / "villages.csv").write_text(table[1], encoding="utf-8")
    with app.app_context():
        make_districts(db.session)
        result = import_villages(db.session, tmp_path / "villages.csv", clock.now, dry_run=True)
    assert result.added == ("1501001", "1501002")


def test_an_unknown_place_is_not_found(signed_in: Callable[..., FlaskClient]) -> None:
    """In words, with its code."""
    answer = signed_in().get("/places/XYZ")
    assert answer.status_code == 404
    assert b"There is no place with the code XYZ." in answer.data
