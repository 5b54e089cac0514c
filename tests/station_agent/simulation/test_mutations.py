"""The simulation is only worth its promises: a rule broken on purpose must be found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest

from hardware.guard import rules
from hardware.guard.state import Refusal, Want
from hardware.ports import BoardReady, RelayCause
from hardware.simulated_relays import SimulatedRelays
from hardware.sound.outstanding import Outstanding, Resumed
from schedules.wire.report import EvidenceGrade, Outcome
from station_agent import (
    agenda,
    alerts,
    audio_check,
    evidence,
    giving_way,
    hush,
    leave_to_start,
    marks,
    missed_policy,
    off_air,
    plan_change,
    playout,
    relay_watch,
    timetable,
)
from station_agent.evidence import length_ms
from station_agent.execution import Execution
from station_agent.journal import Journal
from station_agent.playout_turn import Turn
from station_agent.playout_values import RelayOn
from station_agent.simulation import disk
from station_agent.simulation.runs import Broken, live

WITHIN_VILLAGES = 150
DAYS = 7
Patch = Callable[[pytest.MonkeyPatch], None]


def instead(where: object, name: str, what: Any) -> Patch:
    return lambda monkeypatch: monkeypatch.setattr(where, name, what)


def nothing(*_arguments: object, **_named: object) -> None:
    """What was done is not done any more."""


def commits_are_not_durable(monkeypatch: pytest.MonkeyPatch) -> None:
    real = disk.make_ready

    def careless(connection: Any, name: str) -> None:
        real(connection, name)
        connection.execute("PRAGMA synchronous=OFF")

    monkeypatch.setattr(disk, "make_ready", careless)


def what_was_cut_counts_as_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    real = off_air.unfinished

    def boasting(turn: Turn, *arguments: Any) -> Any:
        airing = real(turn, *arguments)
        heard = airing.started_at is not None
        whole = {"outcome": Outcome.AIRED, "reason": None, "aired_ms": airing.planned_ms}
        return airing.model_copy(update=whole if heard else {})

    monkeypatch.setattr(off_air, "unfinished", boasting)


def an_amplifiers_own_warm_up_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (agenda, giving_way, timetable):
        monkeypatch.setattr(module, "limits_here", lambda state, _planned: timetable.limits_of(state))


def all_is_put_down_to_the_output(monkeypatch: pytest.MonkeyPatch) -> None:
    real = off_air.unfinished
    monkeypatch.setattr(
        off_air, "unfinished", lambda turn, _reason, *more: real(turn, "output_failed", *more)
    )


real_resume = Outstanding.resume


def everything_goes_on(outstanding: Outstanding, now_us: int, _file_of: object) -> Resumed:
    files = {asked.request.path: asked.file for asked in outstanding.all()}
    return real_resume(outstanding, now_us, lambda path: files[path])


def silence_counts_as_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (marks, off_air):
        monkeypatch.setattr(module, "sounded_ms", lambda run, until: length_ms(run.started_at, until))


def a_plan_owes_nothing_in_the_year_2000(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is owed is reckoned by the station's clock alone, wherever it stands."""
    real = plan_change.owed_of

    def by_the_clock(turn: Turn) -> Any:
        return tuple(one for one in real(turn) if one.at_once or one.broadcast.planned_start <= turn.now)

    monkeypatch.setattr(plan_change, "owed_of", by_the_clock)


def what_a_board_opened_when_it_was_found_again_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    real = relay_watch.board_ready

    def forgetful(turn: Turn, event: BoardReady) -> None:
        real(turn, event)
        turn.commands[:] = [one for one in turn.commands if not isinstance(one, RelayOn)]

    monkeypatch.setitem(playout.ON_EVENT, BoardReady, forgetful)


def what_was_commanded_counts_as_read_back(monkeypatch: pytest.MonkeyPatch) -> None:
    real = evidence.grade

    def boasting(*arguments: Any) -> EvidenceGrade:
        found = real(*arguments)
        return EvidenceGrade.RELAY_CONFIRMED if found is EvidenceGrade.RELAY_COMMANDED else found

    monkeypatch.setattr(evidence, "grade", boasting)


def a_new_guard_takes_the_relays_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    real = SimulatedRelays._command

    def trusting(relays: SimulatedRelays, wants: Iterable[Want | Refusal]) -> None:
        real(relays, [one for one in wants if isinstance(one, Refusal) or one.cause is not RelayCause.START])

    monkeypatch.setattr(SimulatedRelays, "_command", trusting)


BROKEN: dict[str, tuple[Patch, tuple[str, ...]]] = {
    "what aired is forgotten with the process": (
        instead(Journal, "final_items", lambda _self, _now: frozenset()),
        ("airs twice", "second outcome"),
    ),
    "there are no quiet hours": (
        instead(hush, "is_quiet", lambda *_arguments: False),
        ("begins in quiet hours",),
    ),
    "nothing is journalled before it plays": (
        instead(Journal, "intent", nothing),
        ("the journal knows nothing of it",),
    ),
    "relays stay closed after a broadcast": (
        instead(Execution, "_relay_off", nothing),
        ("is closed while", "closed for nothing", "closed for longer"),
    ),
    "the guard does not look at the time": (
        instead(rules, "_let_time_pass", lambda state, *_rest: (state, ())),
        ("its owner stands still", "closed for longer", "is closed"),
    ),
    "what is on the air goes on though it was withdrawn": (
        instead(plan_change, "_reconsider_run", nothing),
        ("was withdrawn",),
    ),
    "missing audio is not missed": (
        instead(audio_check, "missing", lambda _state, _planned: frozenset()),
        ("",),
    ),
    "commits are not durable": (
        commits_are_not_durable,
        ("airs twice", "given twice", "was to come", "second outcome", "accounted for twice", "no accounted"),
    ),
    "what was cut counts as whole": (
        what_was_cut_counts_as_whole,
        ("sounded",),
    ),
    "alerts wait": (
        instead(alerts, "look", nothing),
        ("within its bound",),
    ),
    "what cannot be heard any more is dropped without a word": (
        instead(agenda, "_account_lost", nothing),
        ("no accounted state", "goes round without end"),
    ),
    "an amplifier's own warm-up is forgotten": (
        an_amplifiers_own_warm_up_is_forgotten,
        ("not warm yet",),
    ),
    "interlocks stand in nothing's way": (
        instead(rules, "in_the_way", lambda *_arguments: None),
        ("are interlocked",),
    ),
    "no relay rests": (
        instead(rules, "may_close_at_s", lambda *_arguments: float("-inf")),
        ("within its minimum off-time",),
    ),
    "no worker takes up what the one before it played": (
        instead(Outstanding, "resume", lambda *_arguments: Resumed([], [], [])),
        ("has not gone on within",),
    ),
    "a file is opened again though it was changed": (
        instead(Outstanding, "resume", everything_goes_on),
        ("and was altered",),
    ),
    "silence while a worker is replaced counts as heard": (
        silence_counts_as_heard,
        ("sounded",),
    ),
    "whatever cuts an item is put down to the output": (
        all_is_put_down_to_the_output,
        ("did all it was asked to",),
    ),
    "an item may be late by a day": (
        instead(missed_policy, "GRACE", timedelta(days=1)),
        ("its policy is to skip",),
    ),
    "an alert is forgotten when the clock was far ahead": (
        instead(alerts, "clock_stepped", nothing),
        ("has not come again in its turn",),
    ),
    "any clock will do": (
        instead(leave_to_start, "BY_THE_CLOCK", frozenset()),
        ("begins on a clock",),
    ),
    "what a board opened when it was found again stays open": (
        what_a_board_opened_when_it_was_found_again_stays_open,
        ("is open on the air since",),
    ),
    "what was commanded counts as read back": (
        what_was_commanded_counts_as_read_back,
        ("was not read back closed",),
    ),
    "a new guard takes the relays as they are": (
        a_new_guard_takes_the_relays_as_they_are,
        ("was not opened first",),
    ),
    "a plan that comes in the year 2000 drops what was missed": (
        a_plan_owes_nothing_in_the_year_2000,
        ("no accounted state",),
    ),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_rule_broken_on_purpose_is_found(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within so many villages of a week each, and by the promise that it breaks."""
    patch, promises = BROKEN[rule]
    patch(monkeypatch)
    lived = (live(seed, DAYS) for seed in range(WITHIN_VILLAGES))
    found = next((one for one in lived if isinstance(one, Broken)), None)
    assert isinstance(found, Broken), f"not found in {WITHIN_VILLAGES * DAYS} days"
    assert any(promise in found.promise for promise in promises)
