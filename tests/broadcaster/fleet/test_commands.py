"""`broadcaster station` and `broadcaster plan`: the whole way without a browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from broadcaster.cli import app as commands
from broadcaster.clock import system_clock
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.errors import BadInput, NotThere
from broadcaster.fleet import service
from broadcaster.fleet.models import PlannedItem
from schedules.trust import TrustedKeyring, TrustedPlan
from schedules.wire.station_access import EnrolmentRequest
from tests.broadcaster.village import VillagePC, make_places

Run = Callable[..., Result]


@pytest.fixture
def run(app, settings: Settings) -> Run:
    """The command line on a data folder with three villages; errors of ours come through."""
    with app.app_context():
        make_places(db.session)
        db.session.commit()

    def call(*arguments: str) -> Result:
        found = CliRunner(env={"COLUMNS": "200"}).invoke(commands, ["--data", str(settings.data), *arguments])
        if found.exception is not None and not isinstance(found.exception, SystemExit):
            raise found.exception
        return found

    return call


def answer(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def enrol(app, added: dict[str, Any]) -> None:
    pc = VillagePC(added["station"])
    request = EnrolmentRequest(code=added["code"], public_key=pc.public_key)
    with app.app_context():
        service.enrol(db.session, request, system_clock())
        db.session.commit()


def test_a_station_is_added_enrolled_planned_for_and_shown(run: Run, app):
    """From the village's code to the exact signed bytes."""
    zones = ("--zone", "Horn:2", "--zone", "Transmitter", "--quiet", "none", "--warm-up-ms", "1500")
    added = answer(run("station", "add", "1504001", *zones, "--json"))
    assert set(added) == {"station", "village", "code", "expires_at"}
    assert added["station"] == "thateng-neua"
    enrol(app, added)
    published = answer(run("plan", "publish", "--json"))
    assert [(one["station"], one["serial"]) for one in published] == [("thateng-neua", 2)]
    plan = answer(run("plan", "show", "thateng-neua", "--json"))
    assert [zone["channel"] for zone in plan["zones"]] == [2, None]
    assert plan["limits"]["quiet_hours"] is None
    assert plan["limits"]["warm_up_ms"] == 1500
    envelope = run("plan", "show", "thateng-neua", "--envelope").stdout_bytes
    with app.app_context():
        assert envelope == service.required_plan(db.session, "thateng-neua").envelope
        keyring = TrustedKeyring.restore(
            service.keyring_envelope(db.session, app.config["SETTINGS"], system_clock())
        )
    assert TrustedPlan.start(keyring, "thateng-neua").restore(envelope, system_clock()).serial == 2
    listed = answer(run("station", "list", "--json"))
    assert [(one["station"], one["state"], one["plan"]) for one in listed] == [("thateng-neua", "active", 2)]
    assert answer(run("plan", "list", "--json"))[0]["serial"] == 2
    assert answer(run("plan", "list", "thateng-neua", "--json"))[0]["serial"] == 2
    with pytest.raises(NotThere, match="nowhere"):
        run("plan", "list", "nowhere")


def test_people_get_tables_and_the_command_to_type(run: Run):
    """Messages for people are sentences."""
    assert "No stations yet" in run("station", "list").stdout
    assert "No plan is published yet." in run("plan", "list").stdout
    added = run("station", "add", "1504001").stdout
    line = (
        "station-agent --data station enrol --server http://127.0.0.1:8080 --board lcus --port /dev/serial/"
    )
    assert line in added
    assert "Type this code when asked: " in added
    assert "thateng-neua" in run("station", "list").stdout
    shown = run("station", "show", "thateng-neua").stdout
    assert "Loudspeaker:1" in shown
    assert "21:00-05:00" in shown
    assert "{" not in shown


def test_zones_and_limits_are_changed_and_the_rest_stays(run: Run):
    """Only what is given changes."""
    answer(run("station", "add", "1504001", "--volume", "80", "--json"))
    set_to = ("--zone", "Loudspeaker:2", "--warm-up-ms", "1500", "--quiet", "none", "--json")
    changed = answer(run("station", "set", "thateng-neua", *set_to))
    assert changed["zones"] == [{"key": "loudspeaker", "name": "Loudspeaker", "channel": 2}]
    limits = changed["limits"]
    assert (limits["warm_up_ms"], limits["quiet_hours"], limits["volume_percent"]) == (1500, None, 80)
    assert answer(run("station", "set", "thateng-neua", "--json"))["limits"] == limits
    with pytest.raises(BadInput):
        run("station", "set", "thateng-neua", "--zone", "Horn:many")


def test_a_new_code_and_retiring(run: Run):
    """Retiring asks, unless told not to."""
    first = answer(run("station", "add", "1504001", "--json"))["code"]
    assert answer(run("station", "code", "thateng-neua", "--json"))["code"] != first
    assert run("station", "retire", "thateng-neua").exit_code == 1
    assert answer(run("station", "retire", "thateng-neua", "--yes", "--json"))["state"] == "retired"
    assert answer(run("station", "list", "--json")) == []
    assert len(answer(run("station", "list", "--retired", "--json"))) == 1


def test_a_plan_can_be_looked_at_before_the_pc_comes_and_nobody_is_expected_to_air_it(run: Run, app):
    """Editors see what a village will hear; as-run begins with the enrolment."""
    added = answer(run("station", "add", "1504001", "--json"))
    assert answer(run("plan", "show", "thateng-neua", "--json"))["serial"] == 1
    with app.app_context():
        assert db.session.scalars(select(PlannedItem)).all() == []
    enrol(app, added)
    answer(run("plan", "publish", "--json"))
    assert answer(run("plan", "show", "thateng-neua", "--json"))["serial"] == 2


def test_a_plan_that_is_not_there_is_told_with_what_to_do(run: Run):
    """One clear line."""
    with pytest.raises(NotThere, match="nowhere"):
        run("plan", "show", "nowhere")
    with pytest.raises(NotThere):
        run("station", "add", "9999999")


@pytest.mark.parametrize(
    "wrong",
    [
        ("--zone", "Horn:0"),
        ("--zone", "Horn:x"),
        ("--zone", ":1"),
        ("--zone", "A:1", "--zone", "B:1"),
        ("--quiet", "9 to 5"),
        ("--warm-up-ms", "-1"),
        ("--max-on-s", "0"),
    ],
)
def test_zones_and_limits_that_cannot_be_are_refused(run: Run, wrong):
    """And no station is left behind."""
    with pytest.raises(BadInput):
        run("station", "add", "1504001", *wrong)
    assert answer(run("station", "list", "--json")) == []
