"""Who wanted what was aired, told from a broadcast's key."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from schedules.airing_origin import Origin, origin_of, unplanned_key

AT = datetime(2026, 11, 24, 22, 30, 1, 999_000, tzinfo=UTC)


@pytest.mark.parametrize("origin", [one for one in Origin if one is not Origin.PLAN])
def test_what_no_plan_holds_says_so_in_its_key(origin: Origin) -> None:
    """And so do the keys of its items."""
    key = unplanned_key(origin, "flood-1/2", AT)
    assert key == f"{origin.value}:flood-1/2/20261124T223001Z"
    assert origin_of(key) is origin
    assert origin_of(f"{key}/1") is origin


@pytest.mark.parametrize("key", ["s1-20261124T223000Z", "alert", "alerts:x", "plan:x", "x/alert:1", ":"])
def test_everything_else_is_the_plans(key: str) -> None:
    """Whatever its slot is called."""
    assert origin_of(key) is Origin.PLAN
