"""One station's plan: what stands in it, what is left out, and that leaving out is told."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.compile import CompiledPlan, PlanHorizon, compile_plan
from schedules.conflict import ConflictCode
from schedules.errors import InvalidInput
from schedules.message_class import MessageClass
from schedules.programme import JingleItem, LiveItem, PauseItem, Programme
from schedules.recurrence import Frequency, Recurrence
from schedules.slot import LanguageRule, MissedChoice, Slot
from schedules.wire.plan import ItemKind, MissedRule, Plan, QuietRule
from tests.schedules.villages import BOTH, CHIME, NOW, audio, daily, programme, recording, slot, village


def compiled(*slots: Slot, recordings: tuple = BOTH, **changes: object) -> CompiledPlan:
    """The plan of Dakcheung."""
    values = {"serial": 1, "now": NOW, **changes}
    return compile_plan(village(), slots, recordings, **values)  # type: ignore[arg-type]


def test_twenty_eight_days_of_a_daily_slot_are_explicit_instants() -> None:
    """17:00 in Vientiane is 10:00 UTC; the first is tomorrow, since today's is four hours ago."""
    plan = compiled(slot()).plan
    assert [one.planned_start for one in plan.broadcasts] == [
        datetime(2026, 11, 24, 10, tzinfo=UTC) + timedelta(days=n) for n in range(28)
    ]
    assert (plan.fresh_until - plan.issued_at, plan.not_after - plan.issued_at) == (
        timedelta(days=28),
        timedelta(days=180),
    )


def test_a_broadcast_holds_what_this_village_hears() -> None:
    """The chime, then its first language, then Lao; keys name slot, instant and position."""
    first = compiled(slot()).plan.broadcasts[0]
    assert first.key == "evening-20261124T100000Z"
    assert [(item.key, item.kind, item.language) for item in first.items] == [
        ("evening-20261124T100000Z/1", ItemKind.JINGLE, None),
        ("evening-20261124T100000Z/2", ItemKind.ANNOUNCEMENT, "tdf"),
        ("evening-20261124T100000Z/3", ItemKind.ANNOUNCEMENT, "lo"),
    ]
    assert first.zones == ("main", "school")
    assert first.duration_ms == 121_600


def test_standing_slots_go_on_for_half_a_year() -> None:
    """180 days without network are filled by what may always be heard; the rest ends after 28."""
    plan = compiled(slot("news"), slot("anthem", standing=True, recurrence=daily("06:00"))).plan
    last = {
        key: max(one.planned_start for one in plan.broadcasts if one.slot == key)
        for key in ("news", "anthem")
    }
    assert last["news"] < NOW + timedelta(days=28) < last["anthem"] < NOW + timedelta(days=180)
    assert sum(one.slot == "anthem" for one in plan.broadcasts) == 180


def test_a_broadcast_that_began_ten_minutes_ago_stays() -> None:
    """A plan published during a broadcast must not take it away; what is longer ago is history."""
    times = daily("20:49", "20:50", "21:00", until=date(2026, 11, 23))  # now is 21:00
    starts = [one.planned_start for one in compiled(slot(recurrence=times)).plan.broadcasts]
    assert starts == [NOW - timedelta(minutes=10), NOW]


def test_keys_are_the_same_in_every_plan_that_holds_the_broadcast() -> None:
    """Otherwise a new plan would air a broadcast twice."""
    today = {one.key for one in compiled(slot()).plan.broadcasts}
    tomorrow = {one.key for one in compiled(slot(), serial=2, now=NOW + timedelta(days=1)).plan.broadcasts}
    assert len(today & tomorrow) == 27


def test_slots_for_other_places_are_passed_over() -> None:
    """A slot is for a village when its own code or one above it is a target."""
    by_target = [
        slot(code, targets=frozenset({code}))
        for code in ("LA1503-dakcheung", "LA1503", "LA15", "LA1504", "LA1")
    ]
    heard = {one.slot for one in compiled(*by_target, slot("nowhere", targets=frozenset())).plan.broadcasts}
    assert heard == {"LA1503-dakcheung", "LA1503", "LA15"}


def test_an_announcement_without_recording_is_left_out_and_told_once() -> None:
    """The rest of the programme airs; the gap names item, place, first instant and how often."""
    result = compiled(slot(programme=programme("results", "health")))
    assert {item.title for one in result.plan.broadcasts for item in one.items} == {"Chime", "Results"}
    (gap,) = result.gaps
    assert (gap.code, gap.slot, gap.station, gap.subject) == (
        ConflictCode.NO_RECORDING,
        "evening",
        "dakcheung",
        "Health",
    )
    assert gap.at == datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert gap.params["count"] == 28
    assert gap.sentence == (
        "Health has no approved recording for Dakcheung on 2026-11-24 17:00 and 27 more times. "
        "If kept, it is left out there."
    )


def test_a_missing_first_language_is_told_although_something_is_heard() -> None:
    """Lao airs in a Talieng village; that Talieng is missing stands beside the plan, once a slot."""
    only_lao = tuple(one for one in BOTH if one.language == "lo")
    result = compiled(slot(), recordings=only_lao)
    assert len(result.plan.broadcasts) == 28
    (gap,) = result.gaps
    assert (gap.code, gap.subject) == (ConflictCode.MISSING_LANGUAGE, "Results")
    assert (gap.params["language"], gap.params["heard_instead"], gap.params["count"]) == ("tdf", "lo", 28)


def test_a_missing_second_language_is_no_gap() -> None:
    """The village hears its own language; the editor's check told of the other."""
    assert compiled(slot(), recordings=tuple(one for one in BOTH if one.language == "tdf")).gaps == ()


def test_a_withdrawn_first_language_is_missing() -> None:
    """What must not be heard again counts as not recorded."""
    talieng = next(one for one in BOTH if one.language == "tdf")
    (gap,) = compiled(slot(), withdrawn=[talieng.audio.sha256]).gaps
    assert (gap.code, gap.params["language"]) == (ConflictCode.MISSING_LANGUAGE, "tdf")


def test_a_chime_does_not_air_alone_where_the_announcement_is_missing() -> None:
    """A broadcast without any announcement left says nothing, so it does not air."""
    result = compiled(slot(), recordings=())
    assert result.plan.broadcasts == ()
    assert result.plan.audio == ()
    assert [gap.code for gap in result.gaps] == [ConflictCode.NO_RECORDING]


def test_a_programme_of_jingles_only_airs() -> None:
    """An anthem needs no language."""
    anthem = Programme("anthem", "Anthem", (JingleItem("Anthem", audio("anthem")), PauseItem(1000)))
    result = compiled(slot(programme=anthem), recordings=())
    assert len(result.plan.broadcasts) == 28
    assert result.gaps == ()


def test_a_live_stream_is_something_to_hear() -> None:
    """A missing announcement does not take the live item with it."""
    live = LiveItem("Assembly", "https://radio.example/live", 3_600_000)
    mixed = Programme("assembly", "Assembly", (*programme("results").items, live))
    first = compiled(slot(programme=mixed), recordings=()).plan.broadcasts[0]
    assert [item.kind for item in first.items] == [ItemKind.JINGLE, ItemKind.LIVE]
    assert first.items[1].url == "https://radio.example/live"


def test_validity_is_judged_for_each_instant() -> None:
    """A recording that is valid for one week is in one week of the plan, and says until when."""
    until = NOW + timedelta(days=14)
    week = recording("results", "lo", valid_from=NOW + timedelta(days=7), valid_until=until)
    plan = compiled(slot(), recordings=(week,)).plan
    assert [one.planned_start for one in plan.broadcasts] == [
        datetime(2026, 12, 1, 10, tzinfo=UTC) + timedelta(days=n) for n in range(7)
    ]
    assert {one.items[1].valid_until for one in plan.broadcasts} == {until}


def test_a_withdrawn_recording_and_a_withdrawn_jingle_are_gone() -> None:
    """What was withdrawn is neither aired nor fetched, and the station is told its hash."""
    gone = (CHIME.audio.sha256, audio("results.tdf").sha256)
    result = compiled(slot(), withdrawn=gone)
    assert result.plan.withdrawn == tuple(sorted(gone))
    assert [item.language for item in result.plan.broadcasts[0].items] == ["lo"]
    assert [one.sha256 for one in result.plan.audio] == [audio("results.lo").sha256]
    assert [(gap.code, gap.subject) for gap in result.gaps] == [
        (ConflictCode.NO_RECORDING, "Chime"),
        (ConflictCode.MISSING_LANGUAGE, "Results"),
    ]


def test_the_audio_list_is_in_the_order_it_is_first_needed() -> None:
    """Sync fetches from the top, so the earliest airing is complete first."""
    late = slot("late", programme=programme("health"), recurrence=daily("19:00"))
    early = slot("early", recurrence=daily("06:00"), language_rule=LanguageRule.FIRST)
    plan = compiled(late, early, recordings=(*BOTH, recording("health", "lo"))).plan
    assert [one.sha256 for one in plan.audio] == [
        CHIME.audio.sha256,
        audio("results.tdf").sha256,
        audio("health.lo").sha256,
    ]


def test_late_is_carried_as_an_instant() -> None:
    """A station computes nothing: `until` is the planned start and how late it may be."""
    choice = MissedChoice(MissedRule.LATE, 90 * 60_000)
    first = compiled(slot(missed=choice, quiet=QuietRule.IGNORE)).plan.broadcasts[0]
    assert first.missed.rule is MissedRule.LATE
    assert first.missed.until == first.planned_start + timedelta(minutes=90)
    assert first.quiet is QuietRule.IGNORE


@pytest.mark.parametrize("late_by_ms", [None, 0, -1, 25 * 3_600_000])
def test_late_without_a_sensible_limit_is_refused(late_by_ms: int | None) -> None:
    """`late` needs more than nothing and at most a day; other rules have no limit."""
    with pytest.raises(InvalidInput):
        MissedChoice(MissedRule.LATE, late_by_ms)
    with pytest.raises(InvalidInput):
        MissedChoice(MissedRule.JOIN, 1000)


def test_zones_a_station_lacks_are_dropped_and_a_slot_left_with_none_is_told() -> None:
    """The order of zones is the station's."""
    assert compiled(slot(zones=("school", "hospital", "main"))).plan.broadcasts[0].zones == ("main", "school")
    result = compiled(slot(zones=("hospital",)))
    assert result.plan.broadcasts == ()
    assert [gap.code for gap in result.gaps] == [ConflictCode.NO_ZONE]


def test_at_one_instant_the_more_urgent_stands_first() -> None:
    """Broadcasts are sorted by start, then by class, then by key."""
    classes = (MessageClass.FILLER, MessageClass.PRIORITY, MessageClass.ORDINARY)
    plan = compiled(*(slot(name.value, message_class=name) for name in classes)).plan
    assert [one.slot for one in plan.broadcasts[:3]] == ["priority", "ordinary", "filler"]


@settings(max_examples=30)
@given(st.permutations(range(5)), st.permutations(range(4)))
def test_equal_arguments_in_any_order_give_equal_bytes(slots: list[int], takes: list[int]) -> None:
    """Nothing depends on the order in which a database hands over rows."""
    all_slots = [slot(f"s{n}", recurrence=daily(f"{6 + n}:00".zfill(5))) for n in range(5)]
    all_takes = [recording("results", tag) for tag in ("lo", "tdf", "kuf")] + [
        recording("results", "lo", audio=audio("other"))
    ]
    reference = compile_plan(village(), all_slots, all_takes, serial=1, now=NOW)
    shuffled = compile_plan(
        village(), [all_slots[n] for n in slots], [all_takes[n] for n in takes], serial=1, now=NOW
    )
    assert shuffled.plan.to_bytes() == reference.plan.to_bytes()


def test_a_plan_survives_the_wire() -> None:
    """Bytes → document → the same bytes; sorted keys, no blanks, instants with milliseconds."""
    plan = compiled(slot(), slot("anthem", standing=True, quiet=QuietRule.IGNORE)).plan
    payload = plan.to_bytes()
    assert Plan.from_bytes(payload) == plan
    assert Plan.from_bytes(payload).to_bytes() == payload
    plain = json.loads(payload)
    assert plain["issued_at"] == "2026-11-23T14:00:00.000Z"
    assert payload == json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"station": "Not An Id"}, "station"),
        ({"languages": ()}, "languages"),
        ({"village": ""}, "village"),
        ({"time_zone": "Asia/Sekong"}, "time zone"),
    ],
)
def test_a_profile_no_plan_can_hold_is_the_callers_mistake(changes: dict[str, object], named: str) -> None:
    """One line that names the station and the field."""
    with pytest.raises(InvalidInput, match=named) as refused:
        compile_plan(replace(village(), **changes), (slot(),), BOTH, serial=1, now=NOW)  # type: ignore[arg-type]
    assert "\n" not in str(refused.value)


def test_now_must_have_a_zone() -> None:
    """A naive now is the caller's mistake."""
    with pytest.raises(InvalidInput, match="aware"):
        compiled(slot(), now=NOW.replace(tzinfo=None))


def test_a_programme_has_between_one_and_forty_items() -> None:
    """Forty items in twelve languages still fit a broadcast."""
    for count in (0, 41):
        with pytest.raises(InvalidInput, match="items"):
            Programme("p", "P", (CHIME,) * count)


@settings(max_examples=40)
@given(st.integers(0, 27), st.integers(1, 40), st.integers(0, 86_399))
def test_whatever_the_horizon_nothing_stands_outside_it(start_day: int, days: int, second: int) -> None:
    """From ten minutes ago to the horizon, sorted, each key once."""
    now = NOW + timedelta(days=start_day, seconds=second)
    horizon = PlanHorizon(timedelta(days=days), timedelta(days=2 * days))
    weekly = Recurrence(
        Frequency.WEEKLY, daily("06:00", "18:00").times, start=date(2026, 1, 1), weekdays=frozenset({0, 3})
    )
    slots = (slot("w", recurrence=weekly), slot("d", standing=True))
    broadcasts = compile_plan(village(), slots, BOTH, serial=1, now=now, horizon=horizon).plan.broadcasts
    starts = [one.planned_start for one in broadcasts]
    assert starts == sorted(starts)
    assert len({one.key for one in broadcasts}) == len(broadcasts)
    for one in broadcasts:
        end = horizon.standing if one.standing else horizon.ordinary
        assert now - timedelta(minutes=10) <= one.planned_start < now + end
