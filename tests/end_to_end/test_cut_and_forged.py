"""What holds when the agent is killed on air, the server is away, or the plan is forged."""

import base64
import json
import signal
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

from broadcaster import clock
from broadcaster.airings import service as airings
from broadcaster.airings.service import AiringFilter
from broadcaster.database import db
from broadcaster.demo.soon import on_air_soon
from broadcaster.demo.stage import Stage
from broadcaster.demo.station import DemoStation
from broadcaster.demo.summary import board_log
from schedules.wire.plan import PlannedBroadcast
from schedules.wire.report import Airing, Outcome
from tests.end_to_end.waiting import PATIENCE_S, wait_until
from tests.standing_still import Witness

LATE_AT_MOST = timedelta(seconds=15)
"""What may begin late without its policy saying so begins within that, or not at all."""


def schedule(stage: Stage, lead_s: float = 8.0) -> tuple[DemoStation, PlannedBroadcast]:
    """The announcement is on the air soon, and the station has the plan that says so, and its audio."""
    station = stage.stations[0]
    return station, on_air_soon(stage, lead_s)[station.station]


def relay_on(station: DemoStation) -> bool:
    """By the board's own log."""
    log = board_log(station.board_log)
    return bool(log) and bool(log[-1]["on"])


def on_air_ms(station: DemoStation, item: str) -> int:
    """How much of this item has been heard, by the agent's status; 0 while it is not on the air."""
    on_air = station.status().get("on_air") or {}
    return int(on_air["elapsed_ms"]) if on_air.get("item") == item else 0


def reported(stage: Stage, station: DemoStation) -> list[Airing]:
    """What the province was told."""
    now = datetime.now(UTC)
    day = AiringFilter(now - timedelta(hours=12), now + timedelta(hours=12), station=station.station)
    with stage.province():
        lines = airings.airings(db.session, day, clock.now())
        return [line.airing for line in lines if line.airing]


def incident_codes(stage: Stage, station: DemoStation) -> list[str]:
    """What the station complained about."""
    with stage.province():
        return [entry.code for entry in airings.incidents(db.session, station=station.station)]


def test_an_agent_killed_on_air_lets_go_of_the_relay_and_airs_nothing_twice(
    stage: Stage, machine: Witness
) -> None:
    """SIGKILL on air: relay open within 2 s, the item accounted after restart, never aired twice."""
    station, broadcast = schedule(stage)
    spoken = broadcast.items[1].key
    # How much was heard is marked once a second.
    wait_until("a second and a half of the announcement", lambda: on_air_ms(station, spoken) >= 1500)
    agent = stage.agents[station.station].process
    stage.processes.children.remove(stage.agents[station.station])
    agent.send_signal(signal.SIGKILL)
    killed_at = datetime.now(UTC)
    agent.wait(PATIENCE_S)
    wait_until("the relay's fall", lambda: not relay_on(station))
    fell_at = datetime.fromisoformat(board_log(station.board_log)[-1]["at"])
    assert machine.took_s(killed_at, fell_at) <= 2

    stage.start_agent(station)
    wait_until(
        "the report of every item",
        lambda: (
            {airing.item for airing in reported(stage, station)} >= {item.key for item in broadcast.items}
        ),
    )
    by_item = {airing.item: airing for airing in reported(stage, station)}
    assert len(by_item) == len(reported(stage, station)) == len(broadcast.items)
    assert by_item[spoken].outcome is Outcome.CUT
    assert 500 <= by_item[spoken].aired_ms < broadcast.items[1].duration_ms
    assert by_item[broadcast.items[0].key].outcome is Outcome.AIRED
    after = by_item[broadcast.items[2].key]  # its own instant may still lie ahead of the restart
    assert after.outcome in (Outcome.AIRED, Outcome.LATE, Outcome.MISSED)
    if after.started_at is not None:
        by = timedelta(seconds=1) if after.outcome is Outcome.AIRED else LATE_AT_MOST
        assert abs(after.started_at - after.planned_start) <= by
    assert not relay_on(station)


def test_the_plan_airs_with_the_server_away_and_the_agent_restarted(stage: Stage, machine: Witness) -> None:
    """Server stopped, agent restarted, no network: the village hears it all the same."""
    station, broadcast = schedule(stage, lead_s=28.0)
    assert stage.server is not None
    for child in (stage.agents[station.station], stage.server):
        stage.processes.children.remove(child)
        child.process.terminate()
        child.process.wait(PATIENCE_S)
    stage.start_agent(station)
    wait_until("the relay's closing", lambda: relay_on(station))
    wait_until("the relay's opening", lambda: not relay_on(station))
    closed_at, opened_at = (datetime.fromisoformat(one["at"]) for one in board_log(station.board_log)[-2:])
    assert machine.took_s(closed_at, opened_at) <= broadcast.duration_ms / 1000 + 5

    stage.start_server()
    wait_until("the late report", lambda: len(reported(stage, station)) == len(broadcast.items))
    assert {airing.outcome for airing in reported(stage, station)} == {Outcome.AIRED}


def test_a_forged_plan_is_refused_and_reported_and_the_last_good_one_airs(stage: Stage) -> None:
    """The server's database is altered behind its back: signature broken, serial raised."""
    station, broadcast = schedule(stage, lead_s=12.0)
    forge_newest_plan(stage, station)
    wait_until("the refusal's report", lambda: "plan_refused" in incident_codes(stage, station))
    wait_until("the whole report", lambda: len(reported(stage, station)) >= len(broadcast.items))
    assert {airing.outcome for airing in reported(stage, station)} == {Outcome.AIRED}
    assert {airing.item for airing in reported(stage, station)} == {item.key for item in broadcast.items}


def forge_newest_plan(stage: Stage, station: DemoStation) -> None:
    """Raise the serial inside the signed bytes, as somebody with the database could."""
    with sqlite3.connect(stage.settings.data / "broadcaster.db", timeout=PATIENCE_S) as database:
        row = database.execute(
            "SELECT id, serial, envelope FROM published_plan WHERE station_id = ? "
            "ORDER BY serial DESC LIMIT 1",
            (station.station,),
        ).fetchone()
        envelope: dict[str, Any] = json.loads(row[2])
        payload = json.loads(base64.b64decode(envelope["payload"]))
        payload["serial"] += 1
        payload["broadcasts"] = []
        envelope["payload"] = base64.b64encode(json.dumps(payload).encode()).decode()
        database.execute(
            "UPDATE published_plan SET serial = serial + 1, envelope = ? WHERE id = ?",
            (json.dumps(envelope).encode(), row[0]),
        )
        database.execute(
            "UPDATE station SET published_serial = published_serial + 1 WHERE id = ?", (station.station,)
        )
