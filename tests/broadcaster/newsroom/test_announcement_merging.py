"""Two people change the same announcement: what goes together goes together, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from broadcaster.newsroom.merging import Conflict, merge
from broadcaster.newsroom.models import AnnouncementKind
from broadcaster.newsroom.revisions import merge_announcement
from broadcaster.newsroom.texts import AnnouncementTexts

FIELDS = st.dictionaries(st.sampled_from("abcd"), st.sampled_from([1, 2, 3]))
LAW = AnnouncementTexts(
    "Land law", AnnouncementKind.LAW_ORIENTATION, {"law": "Land law", "year": 2015}, tags=("land",)
)


@given(FIELDS, FIELDS, FIELDS)
def test_every_change_is_in_the_result_or_in_a_conflict(
    base: dict[str, int], theirs: dict[str, int], mine: dict[str, int]
) -> None:
    """What either of them changed is kept, or shown with both sides."""
    merged = merge(base, theirs, mine)
    shown = {conflict.field: conflict for conflict in merged.conflicts}
    for field in "abcd":
        was, saved, written = base.get(field), theirs.get(field), mine.get(field)
        if field in shown:
            assert shown[field] == Conflict(field, was, saved, written)
            assert len({was, saved, written}) == 3
        else:
            changed = {value for value in (saved, written) if value != was}
            assert merged.values.get(field) in (changed or {was})


@given(FIELDS, FIELDS)
def test_without_another_writer_nothing_is_asked(base: dict[str, int], mine: dict[str, int]) -> None:
    """What was written is what is saved; and what the other saved stays where nothing was written."""
    assert merge(base, base, mine).values == mine
    assert merge(base, mine, base).values == mine
    assert not merge(base, base, mine).conflicts


def test_changes_of_different_fields_go_together() -> None:
    """One changes the year, the other title and days: all of it is saved."""
    until = datetime(2026, 4, 1, tzinfo=UTC)
    theirs = replace(LAW, details={"law": "Land law", "year": 2019})
    mine = replace(LAW, title="The land law", valid_until=until, tags=("land", "law"))
    both, conflicts = merge_announcement(LAW, theirs, mine)
    assert conflicts == ()
    assert (both.title, both.valid_until, both.details["year"]) == ("The land law", until, 2019)
    assert both.tags == ("land", "law")


def test_another_kind_goes_with_its_fields_as_a_whole() -> None:
    """A change of the kind against a change of a field of the old kind is one conflict about the kind."""
    theirs = replace(LAW, kind=AnnouncementKind.HEALTH, details={"topic": "Malaria"})
    mine = replace(LAW, details={"law": "Land law", "year": 2019})
    both, (conflict,) = merge_announcement(LAW, theirs, mine)
    assert conflict.field == "kind"
    assert conflict.theirs == {"kind": "health", "detail_topic": "Malaria"}
    assert (both.kind, both.details) == (mine.kind, mine.details)
    alone, none = merge_announcement(LAW, theirs, replace(LAW, title="Fever"))
    assert none == ()
    assert (alone.title, alone.kind, alone.details) == ("Fever", theirs.kind, {"topic": "Malaria"})
