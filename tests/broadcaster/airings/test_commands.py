"""`broadcaster airing` and `broadcaster campaign` answer what the pages show."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from broadcaster.cli import app as commands
from broadcaster.errors import BadInput, NotThere
from tests.broadcaster.village import first_aired, incident, published


@pytest.fixture
def number(app, client, settings, clock) -> int:
    """One broadcast of two languages was reported; the announcement's number."""
    pc, found, plan = published(app, settings, clock.now, "Vaccination day")
    aired = first_aired(plan)
    said = [*aired, incident(len(aired) + 1, clock.now, code="plan_refused")]
    assert pc.post(client, pc.report(clock.now, said), clock.now).status_code == 200
    return found


def run(settings, *arguments: str) -> str:
    found = CliRunner(env={"COLUMNS": "200"}).invoke(commands, ["--data", str(settings.data), *arguments])
    if found.exception is not None:
        raise found.exception
    return found.stdout


def as_json(settings, *arguments: str) -> Any:
    return json.loads(run(settings, *arguments, "--json"))


def test_incidents_are_listed(settings, number):
    """What the page shows, of all stations or of one."""
    (found,) = as_json(settings, "incident", "list", "--station", "thateng-neua")
    assert (found["station"], found["code"], found["at"]) == (
        "thateng-neua",
        "plan_refused",
        "2026-03-03T02:00:00.000Z",
    )
    assert "plan_refused" in run(settings, "incident", "list")
    with pytest.raises(NotThere):
        run(settings, "incident", "list", "--station", "nowhere")


def test_airings_of_a_day_are_listed(settings, number):
    """Each planned item once, with what the station said."""
    lines = as_json(settings, "airing", "list", "--day", "2026-03-03")
    assert [(one["language"], one["state"], one["evidence"]) for one in lines] == [
        ("lo", "aired", "relay_confirmed"),
        ("tth", "aired", "relay_confirmed"),
    ]
    assert as_json(settings, "airing", "list", "--day", "2026-03-01") == []
    assert "Vaccination" in run(
        settings, "airing", "list", "--day", "2026-03-03", "--station", "thateng-neua"
    )
    assert "Nothing was planned" in run(settings, "airing", "list", "--day", "2026-03-01")


def test_a_day_or_station_that_is_none_is_refused(settings, number):
    """One clear line."""
    with pytest.raises(BadInput, match="2026-11-24"):
        run(settings, "airing", "list", "--day", "tomorrow")
    with pytest.raises(NotThere):
        run(settings, "airing", "list", "--station", "nowhere")


def test_a_campaign_is_added_and_shown_with_its_coverage(settings, number):
    """The figures the page shows."""
    days = ("--from", "2026-03-01", "--until", "2026-03-28")
    wish = ("--title", "Vaccinate", "--announcement", str(number), "--places", "LA1504", *days)
    added = as_json(settings, "campaign", "add", *wish)
    assert (added["coverage"]["reached"], added["coverage"]["villages"]) == (1, 3)
    shown = as_json(settings, "campaign", "show", str(added["campaign"]))
    assert shown == added
    assert as_json(settings, "campaign", "list") == [added]
    assert "heard in 1 of 3 villages" in run(settings, "campaign", "show", str(added["campaign"]))
    assert "1 of 3" in run(settings, "campaign", "list")
    with pytest.raises(NotThere):
        run(settings, "campaign", "show", "99")
    with pytest.raises(NotThere):
        run(settings, "campaign", "add", *wish[:4], "--places", "nowhere", *days)
