"""The province's picture: the districts' names and the dots of villages keep clear of each other."""

from __future__ import annotations

import pytest

from broadcaster.places.drawing import DOT_RADIUS, NAME_HEIGHT, DrawnDistrict, DrawnVillage, province_map
from broadcaster.places.models import Place, PlaceKind

THATENG = "LA1504"
AROUND = [(15.43 + 0.01 * row, 106.36 + 0.02 * column) for row in range(3) for column in range(6)]


def village(code: str, latitude: float | None, longitude: float | None) -> Place:
    return Place(code=code, kind=PlaceKind.VILLAGE, name=code, latitude=latitude, longitude=longitude)


def covers(dot: DrawnVillage, district: DrawnDistrict) -> bool:
    """Whether the dot touches the line the name stands in, right over it."""
    over_or_under = abs(dot.x - district.label_x) < DOT_RADIUS
    return (
        over_or_under and district.label_y - NAME_HEIGHT - DOT_RADIUS < dot.y < district.label_y + DOT_RADIUS
    )


def named(villages: list[Place]) -> tuple[DrawnDistrict, tuple[DrawnVillage, ...]]:
    drawn = province_map(villages)
    return next(one for one in drawn.districts if one.code == THATENG), drawn.villages


def test_a_districts_name_stands_in_its_middle_where_no_village_is() -> None:
    """And a village without coordinates takes no room."""
    alone, _none = named([])
    beside, dots = named([village("V1", None, 106.4)])
    assert dots == ()
    assert beside == alone


@pytest.mark.parametrize("most", range(1, len(AROUND) + 1))
def test_a_name_makes_way_for_the_villages_of_its_district(most: int) -> None:
    """Up or down, never aside; no dot lies over it, and it stays near."""
    alone, _none = named([])
    district, dots = named([village(f"V{number}", *where) for number, where in enumerate(AROUND[:most])])
    assert len(dots) == most
    assert [dot.place.code for dot in dots if covers(dot, district)] == []
    assert district.label_x == alone.label_x
    assert abs(district.label_y - alone.label_y) < 90


def test_the_villages_of_this_test_lie_where_the_name_would_stand() -> None:
    """Else the one above proved nothing."""
    alone, _none = named([])
    _moved, dots = named([village(f"V{number}", *where) for number, where in enumerate(AROUND)])
    assert [dot for dot in dots if covers(dot, alone)]


def test_where_dots_are_everywhere_the_name_stands_where_the_fewest_are() -> None:
    """It is never left out, nor far away."""
    alone, _none = named([])
    everywhere = [village(f"V{row}", 15.1 + 0.01 * row, 106.4) for row in range(80)]
    district, _dots = named(everywhere)
    assert abs(district.label_y - alone.label_y) < 90
