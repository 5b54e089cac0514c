"""Pages: the campaigns, a new one, and one with its matrix of villages and languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from apiflask import APIBlueprint
from flask import Response as FlaskResponse
from flask import redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from broadcaster import clock
from broadcaster.accounts.service import (
    Role,
    belongs,
    current_person,
    in_view,
    names_subjects,
    reach,
    requires,
)
from broadcaster.airings.service import csv_answer
from broadcaster.campaigns import service, wording
from broadcaster.campaigns.announcement_places import places_of_campaigns
from broadcaster.campaigns.forms import CampaignForm
from broadcaster.database import db
from broadcaster.errors import BadInput
from broadcaster.newsroom.service import add_targets, announcements
from broadcaster.places.service import Branch, choosable, place
from broadcaster.web.language import page_language
from broadcaster.web.mishaps import add_sentences, say
from broadcaster.web.wording import zone
from schedules.wire.report import EvidenceGrade

blueprint = APIBlueprint("campaigns", __name__, template_folder="templates", enable_openapi=False)


@blueprint.record_once
def prepare(state: BlueprintSetupState) -> None:
    """Errors are told in the campaigns' words; the gate learns which places a campaign is for."""
    add_sentences(wording.MISHAPS)
    add_targets(state.app, places_of_campaigns)  # type: ignore[arg-type]  # a Flask here
    belongs(state.app, "campaign_id", service.owner_of_campaign)  # type: ignore[arg-type]  # a Flask here
    names_subjects(state.app, "campaign", service.name_campaigns)  # type: ignore[arg-type]  # as above


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """What the templates of this room call."""
    return {"reach_words": wording.reach_words, "goal_words": wording.goal_words}


@blueprint.get("/campaigns")
def campaigns() -> str:
    """Each goal with how far it is."""
    now = clock.now()
    shown = in_view(current_person())
    found = service.campaigns(db.session, shown)
    rows = [(one, service.coverage(db.session, one, now, shown)) for one in found]
    return render_template("campaigns/campaigns.html", rows=rows, Reach=service.Reach)


@blueprint.route("/campaigns/new", methods=["GET", "POST"])
@requires(Role.EDITOR)
def new_campaign() -> str | Response | tuple[str, int]:
    """Set a goal."""
    form = CampaignForm()
    form.announcements.choices = [
        SelectChoice(one.id, one.title) for one in announcements(db.session, reach=reach(current_person()))
    ]
    branches = choosable(db.session, reach(current_person(), Role.EDITOR))
    form.places.choices = list(_choices(branches))
    if form.validate_on_submit():
        try:
            campaign = _create(form)
        except BadInput as error:
            db.session.rollback()
            field = form[error.field or "title"]
            field.errors = [*field.errors, say(error)]
        else:
            return redirect(url_for("campaigns.show_campaign", campaign_id=campaign.id))
    if request.method == "GET":
        today = clock.now().astimezone(zone()).date()
        form.from_day.data, form.until_day.data = today, today + timedelta(days=27)
        form.announcements.data = [int(one) for one in request.args.getlist("announcement") if one.isdigit()]
    page = render_template("campaigns/new_campaign.html", form=form, tree=branches)
    return (page, 422) if request.method == "POST" else page


@blueprint.get("/campaigns/<int:campaign_id>")
def show_campaign(campaign_id: int) -> str:
    """Villages against languages: where it was heard, and how sure we are."""
    campaign = service.campaign(db.session, campaign_id)
    return render_template(
        "campaigns/campaign.html",
        campaign=campaign,
        coverage=service.coverage(db.session, campaign, clock.now(), reach(current_person())),
        places=[place(db.session, code) for code in campaign.places],
        Reach=service.Reach,
    )


@blueprint.get("/campaigns/<int:campaign_id>.csv")
def campaign_csv(campaign_id: int) -> FlaskResponse:
    """The matrix for a spreadsheet: one line a village, one column a language."""
    campaign = service.campaign(db.session, campaign_id)
    coverage = service.coverage(db.session, campaign, clock.now(), reach(current_person()))
    columns = ["code", "village", "people", "illustrative", "state", "evidence", *coverage.languages]
    return csv_answer(
        f"campaign-{campaign.id}",
        columns,
        [
            (
                row.village.code,
                row.village.name,
                row.village.population,
                row.village.illustrative,
                row.reach.value,
                row.evidence.value if row.evidence else None,
                *(_cell(row, language) for language in coverage.languages),
            )
            for row in coverage.rows
        ],
    )


def _cell(row: service.VillageCoverage, language: str) -> str:
    cell = row.in_language(language)
    if cell is not None:
        return cell.reach.value
    return "not_recorded" if language in row.missing else ""


def _create(form: CampaignForm) -> service.Campaign:
    campaign = service.create_campaign(
        db.session,
        title=form.title.data,
        announcements=form.announcements.data,
        places=form.places.data,
        from_day=form.from_day.data,
        until_day=form.until_day.data,
        goal=EvidenceGrade(form.goal.data),
        person=current_person(),
        now=clock.now(),
    )
    db.session.commit()
    return campaign


def _choices(branches: Iterable[Branch]) -> Iterator[SelectChoice]:
    """Every place that can be ticked, by its code."""
    for branch in branches:
        yield SelectChoice(branch.place.code, branch.place.name_in(page_language()))
        yield from _choices(branch.below)
