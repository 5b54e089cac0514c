"""What the demonstration hands over, and when it says that a broadcast was not whole."""

from datetime import UTC, datetime
from pathlib import Path

from broadcaster.demo.summary import board_log, complaints
from schedules.message_class import MessageClass
from schedules.wire.plan import ItemKind
from schedules.wire.report import Airing, EvidenceGrade, Outcome

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def airing(item: str, outcome: Outcome, evidence: EvidenceGrade) -> Airing:
    """A report of one item."""
    silent = outcome in (Outcome.SKIPPED, Outcome.MISSED)
    return Airing(
        number=1,
        item=item,
        broadcast="s1-20261124T120000Z",
        plan_serial=1,
        kind=ItemKind.ANNOUNCEMENT,
        message_class=MessageClass.ORDINARY,
        title="Results",
        language="lo",
        sha256="0" * 64,
        zones=("loudspeaker",),
        planned_start=NOON,
        planned_ms=1000,
        started_at=None if silent else NOON,
        ended_at=None if silent else NOON,
        aired_ms=0 if silent else 1000,
        outcome=outcome,
        reason=None if outcome is Outcome.AIRED else "power_lost",
        evidence=evidence,
    )


def test_a_broadcast_is_whole_when_every_item_aired_over_a_switched_relay() -> None:
    """Exit code 0 depends on it."""
    assert complaints(["a"], [airing("a", Outcome.AIRED, EvidenceGrade.RELAY_CONFIRMED)]) == ()


def test_what_was_not_reported_not_aired_or_only_played_is_complained_about() -> None:
    """The plan alone proves nothing."""
    reports = [
        airing("b", Outcome.CUT, EvidenceGrade.RELAY_CONFIRMED),
        airing("c", Outcome.AIRED, EvidenceGrade.PLAYED),
    ]
    found = complaints(["a", "b", "c"], reports)
    assert len(found) == 3
    assert "a: not reported" in found[0]
    assert "cut (power_lost)" in found[1]
    assert "evidence is only 'played'" in found[2]


def test_the_line_a_board_is_just_writing_is_left_out(tmp_path: Path) -> None:
    """The log is read while the board writes it."""
    log = tmp_path / "board.jsonl"
    log.write_text('{"at": "2026-11-24T12:00:00.000Z", "channel": 1, "on": true}\n{"at": "20')
    assert board_log(log) == [{"at": "2026-11-24T12:00:00.000Z", "channel": 1, "on": True}]
    assert board_log(tmp_path / "none.jsonl") == []
