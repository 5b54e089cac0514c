"""Commands: `broadcaster campaign …`: set a goal, and see who was reached."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from broadcaster import clock, terminal
from broadcaster.campaigns import service
from broadcaster.database import db
from schedules.wire.report import EvidenceGrade

app = typer.Typer(no_args_is_help=True, help="Campaigns: a goal, and who was reached.")

AsJson = Annotated[bool, typer.Option("--json", help="Answer with one JSON value.")]
Number = Annotated[int, typer.Argument(help="The campaign's number.", show_default=False)]


@app.command()
def add(
    context: typer.Context,
    title: Annotated[str, typer.Option(show_default=False)],
    announcement: Annotated[list[int], typer.Option(help="Its number; may be repeated.", show_default=False)],
    places: Annotated[str, typer.Option(help="Codes of places, by comma.", show_default=False)],
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], show_default=False)],
    last: Annotated[datetime, typer.Option("--until", formats=["%Y-%m-%d"], show_default=False)],
    goal: Annotated[EvidenceGrade, typer.Option(help="What counts as reached.")] = (
        EvidenceGrade.RELAY_COMMANDED
    ),
    as_json: AsJson = False,
) -> None:
    """These places must receive these announcements between these days, both included."""
    with terminal.application(context.obj):
        now = clock.now()
        campaign = service.create_campaign(
            db.session,
            title=title,
            announcements=announcement,
            places=[code.strip() for code in places.split(",") if code.strip()],
            from_day=first.date(),
            until_day=last.date(),
            goal=goal,
            person=None,
            now=now,
        )
        terminal.commit_and_work(now)
        _answer(campaign, as_json)


@app.command("list")
def list_campaigns(context: typer.Context, as_json: AsJson = False) -> None:
    """Campaigns with how many villages are reached."""
    with terminal.application(context.obj):
        rows = [campaign_facts(one) for one in service.campaigns(db.session)]
        if as_json:
            terminal.answer_json(rows)
            return
        terminal.answer_table(
            ("campaign", "title", "from", "until", "reached"),
            [
                (row["campaign"], row["title"], row["from"], row["until"], _share(row["coverage"]))
                for row in rows
            ],
            "No campaigns yet; add one with: broadcaster campaign add --title … --announcement … --places …",
        )


@app.command()
def show(context: typer.Context, campaign: Number, as_json: AsJson = False) -> None:
    """One campaign, village by village."""
    with terminal.application(context.obj):
        _answer(service.campaign(db.session, campaign), as_json)


def campaign_facts(campaign: service.Campaign) -> dict[str, Any]:
    """A campaign with its coverage, as programs read it."""
    return {
        "campaign": campaign.id,
        "title": campaign.title,
        "announcements": [one.id for one in campaign.announcements],
        "places": campaign.places,
        "from": campaign.from_day.isoformat(),
        "until": campaign.until_day.isoformat(),
        "channels": campaign.channels,
        "goal": campaign.goal.value,
        "coverage": service.as_json(service.coverage(db.session, campaign, clock.now())),
    }


def _answer(campaign: service.Campaign, as_json: bool) -> None:
    facts = campaign_facts(campaign)
    if as_json:
        terminal.answer_json(facts)
        return
    terminal.out.print(f"{campaign.title}: heard in {_share(facts['coverage'])} villages")
    terminal.answer_table(
        ("village", "wanted", "heard", "state", "evidence"),
        [
            (
                row["village"],
                " ".join(row["languages_wanted"]),
                " ".join(row["languages_heard"]),
                row["state"],
                row["evidence"],
            )
            for row in facts["coverage"]["rows"]
        ],
        "There is no village at these places.",
    )


def _share(coverage: dict[str, Any]) -> str:
    return f"{coverage['reached']} of {coverage['villages']}"
