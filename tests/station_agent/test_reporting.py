"""Reports: everything until acknowledged, never more than fits, the same again when the answer is lost."""

from __future__ import annotations

from pathlib import Path

from hardware.system_clock import SystemClock
from schedules.trust import trusted_report
from schedules.wire.report import StationHealth, StationReport
from station_agent.enrolment import enrol
from station_agent.identity import load_identity
from station_agent.journal import Journal
from station_agent.reporting import Reporter, build_report
from station_agent.server_link import ServerLink
from tests.station_agent.documents import NOON
from tests.station_agent.province_simulator import CODE, STATION, Province
from tests.station_agent.test_journal import airing

CLOCK = SystemClock()


def a_reporter(data: Path, province: Province, journal: Journal) -> Reporter:
    enrol(data, province.url, CODE, CLOCK)
    identity = load_identity(data)
    link = ServerLink(province.url, CLOCK, identity)
    return Reporter(identity, link, journal, CLOCK, StationHealth, lambda: 3, 60)


def test_all_entries_arrive_once_and_in_order(tmp_path: Path) -> None:
    """More than one report's worth goes out in several."""
    with Province() as province:
        journal = Journal(tmp_path, NOON)
        for number in range(1100):
            journal.incident("tick", "test", str(number), NOON)
        a_reporter(tmp_path / "s", province, journal).report_all()
        assert sorted(province.entries) == list(range(1, 1101))
        assert [len(report.entries) for report in province.reports] == [1000, 100]
        assert journal.acknowledged == 1100


def test_a_lost_answer_costs_a_repetition_and_nothing_else(tmp_path: Path) -> None:
    """The same numbers again; the province keeps the first."""
    with Province() as province:
        journal = Journal(tmp_path, NOON)
        journal.outcome(airing(0))
        reporter = a_reporter(tmp_path / "s", province, journal)
        reporter.report_all()
        journal._counts.acknowledged = 0
        reporter.report_all()
        assert [report.number for report in province.reports] == [1, 1]
        assert list(province.airings) == ["news/1"]


def test_a_heartbeat_has_no_entries_and_the_last_number(tmp_path: Path) -> None:
    """The station says how it is even when nothing happened."""
    with Province() as province:
        journal = Journal(tmp_path, NOON)
        journal.outcome(airing(0))
        reporter = a_reporter(tmp_path / "s", province, journal)
        reporter.report_all()
        reporter.report_all()
        last = province.reports[-1]
        assert (last.number, last.entries, last.plan_serial) == (1, (), 3)


def test_a_report_never_exceeds_its_size(tmp_path: Path) -> None:
    """Long messages leave fewer entries in it; the rest comes next."""
    with Province() as province:
        journal = Journal(tmp_path, NOON)
        for _ in range(1000):
            journal.incident("tick", "test", "ກ" * 2000, NOON)
        enrol(tmp_path / "s", province.url, CODE, CLOCK)
        identity = load_identity(tmp_path / "s")
        envelope, number = build_report(identity, CLOCK, 1, StationHealth(), journal.unacknowledged(), 0)
        assert len(envelope) <= StationReport.MAX_SIZE_BYTES
        report = trusted_report(envelope, identity.key.public, STATION)
        assert 0 < report.number == number < 1000
