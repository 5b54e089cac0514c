"""The guard's decisions, over any history."""

from hypothesis import given
from hypothesis import strategies as st

from hardware.guard.limits import Limits
from hardware.guard.rules import (
    Asked,
    AskedAllOff,
    BoardLost,
    BoardOpened,
    GuardEvent,
    Heard,
    OwnerGone,
    TimePassed,
    next_due_s,
    step,
)
from hardware.guard.state import GuardState, Refusal, Want
from hardware.ports import RelayCause

LIMITS = Limits(deadline_ms=1000, max_on_ms=10_000)
BOARD_BACK = BoardOpened(frozenset({1, 2, 3}))
EVENTS: st.SearchStrategy[GuardEvent] = st.one_of(
    st.builds(Asked, st.integers(1, 3), st.booleans(), st.one_of(st.none(), st.integers(1, 20_000))),
    st.sampled_from([Heard(), Heard(), TimePassed(), AskedAllOff(), BoardLost(), BOARD_BACK, OwnerGone()]),
)
HISTORY = st.lists(st.tuples(st.integers(0, 1500), EVENTS), max_size=40)


class Relays:
    """What a board would do that obeys every want, and falls with its power."""

    def __init__(self) -> None:
        self.closed_at_s: dict[int, float] = {}

    def obey(self, now_s: float, wants: tuple[Want | Refusal, ...]) -> None:
        for want in wants:
            if isinstance(want, Refusal):
                continue
            if want.on:
                self.closed_at_s.setdefault(want.channel, now_s)
            else:
                self.closed_at_s.pop(want.channel, None)


@given(history=HISTORY)
def test_no_relay_outlives_its_owner_or_its_limit(history: list[tuple[int, GuardEvent]]) -> None:
    """Looked at whenever something is due, every relay opens by the deadline and by its longest time on."""
    state, relays, now_s, heard_s, gone = GuardState(heard_at_s=0.0), Relays(), 0.0, 0.0, False
    for wait_ms, event in history:
        until_s = now_s + wait_ms / 1000
        while (due_s := next_due_s(state, LIMITS)) is not None and due_s <= until_s:
            now_s = max(now_s, due_s)
            state, wants = step(state, now_s, TimePassed(), LIMITS)
            relays.obey(now_s, wants)
            assert next_due_s(state, LIMITS) != due_s
        now_s = until_s
        state, wants = step(state, now_s, event, LIMITS)
        if isinstance(event, BoardLost):
            relays.closed_at_s.clear()
        relays.obey(now_s, wants)
        gone = gone or isinstance(event, OwnerGone)
        if isinstance(event, Heard | AskedAllOff | Asked):
            heard_s = now_s
        assert set(relays.closed_at_s) == set(state.closed)
        assert not (gone and relays.closed_at_s)
        for closed_at_s in relays.closed_at_s.values():
            assert now_s < heard_s + 1.0
            assert now_s < closed_at_s + 10.0


def test_hearing_the_owner_again_closes_nothing() -> None:
    """After a lost heartbeat each relay must be commanded anew."""
    state, _ = step(GuardState(0.0), 0.0, Asked(1, True), LIMITS)
    state, wants = step(state, 1.2, Heard(), LIMITS)
    assert wants == (Want(1, False, RelayCause.HEARTBEAT_LOST),)
    state, wants = step(state, 1.3, Heard(), LIMITS)
    assert wants == ()
    _, wants = step(state, 1.4, Asked(1, True), LIMITS)
    assert wants == (Want(1, True, RelayCause.COMMAND),)


def test_the_owners_limit_counts_from_its_last_command_and_the_guards_from_closing() -> None:
    """A longer broadcast may extend its own limit, but never the guard's."""
    state, _ = step(GuardState(0.0), 0.0, Asked(1, True, 500), LIMITS)
    state, _ = step(state, 0.4, Asked(1, True, 500), LIMITS)
    state, wants = step(state, 0.8, Heard(), LIMITS)
    assert wants == ()
    _, wants = step(state, 0.9, Heard(), LIMITS)
    assert wants == (Want(1, False, RelayCause.MAX_ON_TIME),)


def test_commands_cannot_extend_the_guards_own_limit() -> None:
    """An owner that repeats itself for ever is cut off all the same."""
    state, opened_at_s = GuardState(0.0), None
    for tenth in range(120):
        state, wants = step(state, tenth / 10, Asked(1, True, 60_000), LIMITS)
        if any(isinstance(want, Want) and want.cause is RelayCause.MAX_ON_TIME for want in wants):
            opened_at_s = tenth / 10
            break
    assert opened_at_s == 10.0
