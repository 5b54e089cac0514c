"""The village's languages first; Lao where it has none of them; silence only where there is nothing."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from schedules.language_choice import choose_recordings
from schedules.recordings import ApprovedRecording
from schedules.slot import LanguageRule
from tests.schedules.villages import NOW, audio, recording

EVERY, FIRST = LanguageRule.EVERY, LanguageRule.FIRST
TAGS = ("lo", "tdf", "kuf", "tto", "alk")


def heard(
    languages: tuple[str, ...], recordings: tuple[ApprovedRecording, ...], rule: LanguageRule = EVERY
) -> list[str]:
    """The languages heard, in order."""
    chosen = choose_recordings("results", languages, recordings, rule, NOW)
    return [one.language for one in chosen]


def test_a_village_of_two_languages_hears_both_its_first_language_first() -> None:
    """`every` follows the village's order, not the order of the recordings."""
    takes = (recording("results", "lo"), recording("results", "tdf"), recording("results", "kuf"))
    assert heard(("tdf", "lo"), takes) == ["tdf", "lo"]
    assert heard(("lo", "tdf"), takes) == ["lo", "tdf"]


def test_first_takes_the_first_language_there_is() -> None:
    """`first` gives one recording: the village's first language that has one."""
    takes = (recording("results", "lo"), recording("results", "tdf"))
    assert heard(("kuf", "tdf", "lo"), takes, FIRST) == ["tdf"]


def test_a_village_without_any_of_its_languages_hears_lao() -> None:
    """Lao is the province's lingua franca; one recording, not several."""
    assert heard(("kuf",), (recording("results", "lo"), recording("results", "tdf"))) == ["lo"]


def test_without_its_languages_and_without_lao_nothing_is_heard() -> None:
    """A language nobody there speaks is not aired for the sake of airing."""
    assert heard(("kuf",), (recording("results", "tdf"),)) == []


def test_lao_is_not_added_where_the_village_has_a_recording_of_its_own() -> None:
    """The fallback stands in; it does not join in."""
    assert heard(("kuf",), (recording("results", "kuf"), recording("results", "lo"))) == ["kuf"]


def test_another_announcement_is_never_taken() -> None:
    """Only recordings of the announcement asked for count."""
    assert heard(("lo",), (recording("health", "lo"),)) == []


def test_a_recording_is_heard_from_its_first_to_its_last_instant() -> None:
    """Both ends are included; a millisecond outside is outside."""
    tick = timedelta(milliseconds=1)
    assert heard(("lo",), (recording("results", "lo", valid_from=NOW, valid_until=NOW),)) == ["lo"]
    assert heard(("lo",), (recording("results", "lo", valid_from=NOW + tick),)) == []
    assert heard(("lo",), (recording("results", "lo", valid_until=NOW - tick),)) == []


def test_of_two_valid_recordings_the_one_that_became_valid_last_is_taken() -> None:
    """A new version replaces the old one from its own first instant on."""
    old = recording("results", "lo", audio=audio("old"))
    new = recording("results", "lo", audio=audio("new"), valid_from=NOW - timedelta(days=1))
    later = recording("results", "lo", audio=audio("later"), valid_from=NOW + timedelta(days=1))
    for takes in ((old, new, later), (later, new, old)):
        assert choose_recordings("results", ("lo",), takes, EVERY, NOW) == (new,)


@given(
    st.lists(st.sampled_from(TAGS), min_size=1, max_size=6).map(tuple),
    st.permutations([recording("results", tag) for tag in TAGS]),
    st.integers(0, len(TAGS)),
    st.sampled_from(list(LanguageRule)),
)
def test_the_choice_does_not_depend_on_the_order_of_recordings(
    languages: tuple[str, ...], takes: list[ApprovedRecording], count: int, rule: LanguageRule
) -> None:
    """Each language once, only what there is, own languages before the fallback, one with `first`."""
    there = takes[:count]
    got = heard(languages, tuple(there), rule)
    assert got == heard(languages, tuple(reversed(there)), rule)
    assert len(set(got)) == len(got)
    available = {one.language for one in there}
    own = [tag for tag in dict.fromkeys(languages) if tag in available]
    if own:
        assert got == (own if rule is EVERY else own[:1])
    else:
        assert got == (["lo"] if "lo" in available else [])
