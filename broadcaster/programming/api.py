"""JSON for programs: slots. Signed in by session or token."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import current_app
from pydantic import BaseModel, ConfigDict, Field

from broadcaster import clock
from broadcaster.accounts import service as accounts
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.errors import NotPossible
from broadcaster.programming import entry, service
from broadcaster.programming.facts import conflict_facts, slot_facts
from schedules.message_class import MessageClass
from schedules.recurrence import Frequency
from schedules.slot import LanguageRule
from schedules.wire.base import Instant
from schedules.wire.plan import MissedRule, QuietRule

blueprint = APIBlueprint("programming_api", __name__, url_prefix="/api/v1", tag="Programming")
EDITOR = accounts.Role.EDITOR


class ConflictAnswer(BaseModel):
    """Something an editor should know: the same conflict at one village or many."""

    code: str
    subject: str
    at: Instant | None
    villages: list[str]
    sentence: str


class SlotAnswer(BaseModel):
    """A slot. `times` and days are local; `next` are the coming instants in UTC."""

    model_config = ConfigDict(populate_by_name=True)

    slot: int
    key: str
    programme: int
    title: str
    frequency: Frequency
    times: list[str]
    weekdays: list[int]
    first_day: Annotated[date, Field(alias="from")]
    until: date | None
    message_class: Annotated[MessageClass, Field(alias="class")]
    missed: MissedRule
    standing: bool
    places: list[str]
    removed_at: Instant | None
    next: list[Instant]
    conflicts: list[ConflictAnswer] = []


class SlotList(BaseModel):
    """Slots in force."""

    slots: list[SlotAnswer]


class NewSlot(BaseModel):
    """A slot to be. Items air in order: the jingle, then the announcements. `first_day` is today unless set.

    `strict` refuses a slot with conflicts (409); otherwise it is saved and they are in the answer.
    """

    model_config = ConfigDict(extra="forbid")

    announcements: Annotated[list[int], Field(max_length=38)] = []
    jingle: int | None = None
    title: Annotated[str, Field(max_length=300)] = ""
    frequency: Frequency = Frequency.DAILY
    times: Annotated[list[str], Field(min_length=1, max_length=48)]
    weekdays: list[Annotated[int, Field(ge=0, le=6)]] = []
    first_day: date | None = None
    until: date | None = None
    places: Annotated[list[str], Field(min_length=1, max_length=1000)]
    message_class: MessageClass = MessageClass.ORDINARY
    missed: MissedRule = MissedRule.SKIP
    late_by_minutes: Annotated[int, Field(ge=1, le=1440)] | None = None
    ignore_quiet: bool = False
    standing: bool = False
    languages: LanguageRule = LanguageRule.EVERY
    strict: bool = False

    def wish(self, today: date) -> service.SlotWish:
        """What the rules work with; `BadInput` names the field that is wrong."""
        chime = () if self.jingle is None else (service.WishedJingle(self.jingle),)
        return service.SlotWish(
            items=(*chime, *(service.WishedAnnouncement(number) for number in self.announcements)),
            recurrence=entry.recurrence(
                self.frequency,
                entry.wall_times(self.times),
                self.first_day or today,
                on=frozenset(self.weekdays),
                until=self.until,
            ),
            places=tuple(self.places),
            title=self.title,
            message_class=self.message_class,
            missed=entry.missed_choice(self.missed, self.late_by_minutes),
            quiet=QuietRule.IGNORE if self.ignore_quiet else QuietRule.HOLD,
            standing=self.standing,
            language_rule=self.languages,
        )


@blueprint.get("/slots")
@blueprint.output(SlotList)
@blueprint.doc(summary="List slots in force")
def list_slots() -> dict[str, Any]:
    """In the order they were made."""
    settings: Settings = current_app.config["SETTINGS"]
    found = service.slots(db.session, reach=accounts.reach(accounts.current_person()))
    return {"slots": [slot_facts(one, settings, clock.now()) for one in found]}


@blueprint.post("/slots")
@blueprint.input(NewSlot)
@blueprint.output(SlotAnswer, status_code=201)
@blueprint.doc(summary="Schedule announcements", responses=[403, 404, 409, 422])
@accounts.requires(EDITOR)
def create_slot(json_data: NewSlot) -> dict[str, Any]:
    """A slot with its conflicts."""
    settings: Settings = current_app.config["SETTINGS"]
    now = clock.now()
    wish = json_data.wish(now.astimezone(settings.zone).date())
    service.refuse_foreign(db.session, wish, accounts.current_person())
    conflicts = conflict_facts(service.check_slot(db.session, wish, settings, now))
    if json_data.strict and conflicts:
        raise NotPossible(f"nothing was saved: {conflicts[0]['sentence']}")
    slot = service.create_slot(db.session, wish, accounts.current_person(), now)
    db.session.commit()
    return {**slot_facts(slot, settings, now), "conflicts": conflicts}


@blueprint.get("/slots/<int:slot_id>")
@blueprint.output(SlotAnswer)
@blueprint.doc(summary="One slot, removed or not", responses=[404])
def get_slot(slot_id: int) -> dict[str, Any]:
    """A slot with when it airs next."""
    return slot_facts(service.slot(db.session, slot_id), current_app.config["SETTINGS"], clock.now())


@blueprint.delete("/slots/<int:slot_id>")
@blueprint.output({}, status_code=204)
@blueprint.doc(summary="Remove a slot", responses=[403, 404, 409])
@accounts.requires(EDITOR)
def remove_slot(slot_id: int) -> str:
    """Out of all plans from now on."""
    slot = service.slot(db.session, slot_id)
    service.remove_slot(db.session, slot, accounts.current_person(), clock.now())
    db.session.commit()
    return ""


@blueprint.post("/slots/<int:slot_id>/restore")
@blueprint.output(SlotAnswer)
@blueprint.doc(summary="Bring a removed slot back", responses=[403, 404, 409])
@accounts.requires(EDITOR)
def restore_slot(slot_id: int) -> dict[str, Any]:
    """Into the plans again."""
    slot = service.slot(db.session, slot_id)
    service.restore_slot(db.session, slot, accounts.current_person(), clock.now())
    db.session.commit()
    return slot_facts(slot, current_app.config["SETTINGS"], clock.now())
