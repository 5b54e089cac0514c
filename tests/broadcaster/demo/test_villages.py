"""Which villages take part in the demonstration."""

from hypothesis import given
from hypothesis import strategies as st

from broadcaster.demo.villages import all_villages, choose_villages


def test_three_villages_hear_three_first_languages() -> None:
    """The demonstration shows what the product is for: each village in its own language."""
    chosen = choose_villages(3, frozenset())
    assert len({village.languages[0] for village in chosen}) == 3
    assert len({village.district for village in chosen}) > 1


def test_villages_that_understand_the_given_recordings_come_first() -> None:
    """With the user's own recordings nobody is chosen who would hear nothing, while others are left."""
    for village in choose_villages(2, frozenset({"kuf"})):
        assert "kuf" in village.languages


@given(count=st.integers(1, 24), tags=st.frozensets(st.sampled_from(["lo", "tdf", "alk", "ngt", "en"])))
def test_any_number_of_villages_is_chosen_without_repetition(count: int, tags: frozenset[str]) -> None:
    """1 to 24 villages can be asked for."""
    chosen = choose_villages(count, tags)
    assert len(chosen) == count
    assert len({village.code for village in chosen}) == count
    assert set(chosen) <= set(all_villages())
