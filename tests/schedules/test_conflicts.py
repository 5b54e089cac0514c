"""What an editor is told before a slot is saved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.conflict import ConflictCode
from schedules.conflicts import Conflict, meetings, slot_conflicts
from schedules.message_class import MessageClass
from schedules.programme import LiveItem, Programme
from schedules.slot import LanguageRule, Slot
from schedules.wire.plan import QuietRule, StationLimits, Zone
from tests.schedules.villages import BOTH, NOW, daily, programme, recording, slot, village


def told(
    one: Slot, *others: Slot, profiles: tuple = (village(),), recordings: tuple = BOTH
) -> tuple[Conflict, ...]:
    """Conflicts of a slot in Dakcheung."""
    return slot_conflicts(one, profiles, others, recordings, NOW, timedelta(days=7))


def test_a_slot_without_conflicts_is_told_nothing() -> None:
    """Silence means: save it."""
    assert told(slot()) == ()


def test_two_slots_at_the_same_time_in_the_same_zone_overlap() -> None:
    """Named with the other programme, the place, the first instant and the count."""
    other = slot("health", programme=programme("results", title="Health"), recurrence=daily("17:01"))
    (conflict,) = told(slot(), other)
    assert (conflict.code, conflict.subject, conflict.station) == (
        ConflictCode.OVERLAP,
        "Health",
        "dakcheung",
    )
    assert conflict.at == datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert conflict.params["count"] == 7
    assert conflict.sentence == (
        "Evening news meets Health in Dakcheung on 2026-11-24 17:00 and 6 more times. "
        "If kept, the later of the two waits until Health is over."
    )


@pytest.mark.parametrize(
    ("mine", "theirs", "effect"),
    [
        ("priority", "ordinary", "cuts_it"),
        ("filler", "ordinary", "is_cut"),
        ("emergency", "emergency", "waits"),
    ],
)
def test_the_message_class_decides_who_gives_way(mine: str, theirs: str, effect: str) -> None:
    """A higher class cuts, a lower one is cut, an equal one waits; the sentence says which."""
    (conflict,) = told(
        slot(message_class=MessageClass(mine)), slot("other", message_class=MessageClass(theirs))
    )
    assert conflict.params["effect"] == effect
    assert ("cuts" in conflict.sentence) == (effect != "waits")


def test_what_ends_as_the_other_begins_does_not_overlap() -> None:
    """121.6 s of programme from 17:00 reach 17:02:01.6."""
    assert told(slot(), slot("next", recurrence=daily("17:02:02"))) == ()
    assert told(slot(), slot("next", recurrence=daily("17:02:01"))) != ()


def test_other_zones_other_villages_and_silent_slots_do_not_overlap() -> None:
    """Only what sounds from the same loudspeaker can meet."""
    assert told(slot(zones=("main",)), slot("b", zones=("school",))) == ()
    assert told(slot(), slot("b", targets=frozenset({"LA1504"}))) == ()
    assert told(slot(), slot("b", programme=programme("nothing"))) == ()


def test_a_saved_slot_does_not_meet_its_former_self() -> None:
    """A change is checked against all slots, its own old version among them."""
    assert told(slot(), slot()) == ()


def test_a_slot_can_be_in_its_own_way() -> None:
    """Two of its times closer together than its programme is long."""
    (conflict,) = told(slot(recurrence=daily("17:00", "17:01")))
    assert (conflict.code, conflict.subject) == (ConflictCode.OVERLAP, "Evening news")
    assert conflict.at == datetime(2026, 11, 24, 10, 1, tzinfo=UTC)


def test_a_broadcast_begun_before_the_window_is_met() -> None:
    """A two-hour stream from yesterday evening is still on as the window begins."""
    stream = Programme("live", "Assembly", (LiveItem("Assembly", "https://radio.example/live", 7_200_000),))
    conflicts = told(
        slot(recurrence=daily("21:00:30"), quiet=QuietRule.IGNORE),
        slot("live", programme=stream, recurrence=daily("20:00"), message_class=MessageClass.PRIORITY),
    )
    overlap = next(one for one in conflicts if one.code is ConflictCode.OVERLAP)
    assert overlap.at == NOW + timedelta(seconds=30)


def test_quiet_hours_are_named_with_what_happens() -> None:
    """Quarter past three is quiet: held back, in words."""
    (conflict,) = told(slot(recurrence=daily("03:15")))
    assert conflict.code is ConflictCode.QUIET_HOURS
    assert conflict.sentence == (
        "Evening news falls into the quiet hours of Dakcheung on 2026-11-24 03:15 and 6 more times. "
        "If kept, it is held back and not heard."
    )


def test_a_broadcast_that_runs_into_quiet_hours_is_named() -> None:
    """20:59 is still allowed, two minutes of programme are not over by 21:00."""
    assert [one.code for one in told(slot(recurrence=daily("20:59")))] == [ConflictCode.QUIET_HOURS]


@pytest.mark.parametrize(
    ("clock", "unusual"),
    [("04:59:59", True), ("05:00", False), ("12:00", False), ("21:00", False), ("21:00:01", True)],
)
def test_before_five_and_after_nine_is_unusual_where_it_is_not_held(clock: str, unusual: bool) -> None:
    """A slot that ignores quiet hours, or a village without any, is asked all the same."""
    profiles = (village(limits=StationLimits(quiet_hours=None)),)
    codes = [one.code for one in told(slot(recurrence=daily(clock)), profiles=profiles)]
    assert codes == ([ConflictCode.UNUSUAL_TIME] if unusual else [])
    ignoring = [one.code for one in told(slot(recurrence=daily(clock), quiet=QuietRule.IGNORE))]
    assert ignoring == codes


def test_a_missing_translation_is_seen_before_it_airs() -> None:
    """Each of the village's languages without recording, and what is heard instead."""
    (conflict,) = told(slot(), recordings=BOTH[1:])
    assert conflict.code is ConflictCode.MISSING_LANGUAGE
    assert (conflict.params["language"], conflict.params["heard_instead"]) == ("tdf", "lo")
    assert conflict.sentence == (
        "Results has no recording in Talieng for Dakcheung on 2026-11-24 17:00 and 6 more times. "
        "If kept, it is heard in Lao only."
    )


def test_with_first_only_the_first_language_is_missed() -> None:
    """A village of Talieng and Lao that gets one recording misses Talieng, never Lao."""
    one = slot(language_rule=LanguageRule.FIRST)
    assert told(one) == ()
    (conflict,) = told(one, recordings=BOTH[1:])
    assert conflict.params["language"] == "tdf"


def test_no_recording_at_all_is_another_matter() -> None:
    """Nothing in its languages and nothing in Lao: left out."""
    (conflict,) = told(slot(), recordings=(recording("results", "kuf"),))
    assert (conflict.code, conflict.subject) == (ConflictCode.NO_RECORDING, "Results")


def test_longer_than_the_loudspeaker_may_be_on() -> None:
    """Warm-up and tail count; the figures are in the sentence."""
    profiles = (village(limits=StationLimits(max_on_s=122)),)
    (conflict,) = told(slot(), profiles=profiles)
    assert conflict.code is ConflictCode.TOO_LONG
    assert "lasts 124 s" in conflict.sentence
    assert "may be on for 122 s" in conflict.sentence
    assert told(slot(), profiles=(village(limits=StationLimits(max_on_s=124)),)) == ()


def test_a_station_without_the_zone_hears_nothing_and_that_is_all_that_is_told() -> None:
    """No zone makes every other question idle."""
    profiles = (village(zones=(Zone(key="market", name="Market"),)),)
    (conflict,) = told(slot(zones=("main",), recurrence=daily("03:15")), profiles=profiles, recordings=())
    assert conflict.code is ConflictCode.NO_ZONE
    assert conflict.sentence == (
        "Dakcheung has none of the loudspeaker zones of Evening news. If kept, it is not heard there."
    )


def test_each_station_is_told_of_by_itself() -> None:
    """Two villages with different languages have different conflicts."""
    profiles = (
        village("dakcheung"),
        village("xiengluang", languages=("kuf",)),
        village("far", place_path=("X",)),
    )
    conflicts = told(slot(), profiles=profiles)
    assert [(one.station, one.params["language"]) for one in conflicts] == [("xiengluang", "kuf")]


def test_spans_that_touch_do_not_meet() -> None:
    """The end is not part of a span, on either side."""
    first = (NOW, NOW + timedelta(minutes=2))
    second = (first[1], first[1] + timedelta(minutes=2))
    assert meetings([first], [second]) == meetings([second], [first]) == ()
    assert meetings([second], [(NOW, second[0] + timedelta(milliseconds=1))]) == (second[0],)


spans = st.lists(st.tuples(st.integers(0, 2000), st.integers(1, 1440)), max_size=12).map(
    lambda pairs: sorted((NOW + timedelta(minutes=a), NOW + timedelta(minutes=a + b)) for a, b in pairs)
)


@given(spans, spans)
def test_meetings_are_those_of_comparing_each_with_each(mine: list, theirs: list) -> None:
    """The sweep over sorted spans finds what trying all pairs finds, each start once."""
    expected = [a for a, b in mine if any(a < end and start < b for start, end in theirs)]
    assert list(meetings(mine, theirs)) == expected
