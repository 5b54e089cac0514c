"""Places are found by code, by what lies below, and as a tree."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from broadcaster.errors import NotThere
from broadcaster.places.models import Place, PlaceKind
from broadcaster.places.service import make_districts, place, tree, villages


@pytest.fixture
def province(session: Session) -> Session:
    """The four districts and three villages, one of which merged into another."""
    make_districts(session)
    session.add_all(
        [
            Place(code="V1", kind=PlaceKind.VILLAGE, name="Dakdom", parent_code="LA1503", population=330),
            Place(code="V2", kind=PlaceKind.VILLAGE, name="Chalam", parent_code="LA1504", population=430),
        ]
    )
    session.flush()
    session.add(
        Place(
            code="V3", kind=PlaceKind.VILLAGE, name="Old Chalam", parent_code="LA1504", merged_into_code="V2"
        )
    )
    session.add(
        Place(code="V4", kind=PlaceKind.VILLAGE, name="Left", parent_code="LA1504", valid_to=date(2020, 1, 1))
    )
    session.flush()
    return session


@pytest.mark.parametrize(
    ("under", "found"),
    [
        ((), ["V2", "V1"]),
        (("LA1503",), ["V1"]),
        (("LA15",), ["V2", "V1"]),
        (("V2", "LA1503"), ["V2", "V1"]),
        (("LA1501",), []),
    ],
)
def test_villages_below_any_of_the_codes_are_found(province: Session, under, found) -> None:
    """A village is meant by its own code and by every place above it; those that ended are not."""
    assert [village.code for village in villages(province, under)] == found


def test_an_unknown_code_is_said_to_be_unknown(province: Session) -> None:
    """The message names the code."""
    with pytest.raises(NotThere, match="'XYZ'"):
        place(province, "XYZ")


def test_the_tree_counts_people_on_every_level(province: Session) -> None:
    """A district's people are its present villages' people."""
    (root,) = tree(province)
    assert root.place.code == "LA15"
    assert root.population == 760
    assert {branch.place.code: branch.population for branch in root.below}["LA1504"] == 430


def test_making_the_districts_twice_adds_nothing(province: Session) -> None:
    """`init` may run again."""
    assert make_districts(province) == 0
