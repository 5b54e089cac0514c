"""Commands: `broadcaster slot …`. Whoever may run them acts as the local administrator."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated

import typer
from flask import current_app

from broadcaster import clock, terminal
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.errors import NotPossible
from broadcaster.programming import entry, service
from broadcaster.programming.facts import conflict_facts, slot_facts
from broadcaster.programming.wishes import SlotWish, WishedAnnouncement, WishedItem, WishedJingle
from schedules.recurrence import Frequency, Recurrence
from schedules.wire.plan import QuietRule

app = typer.Typer(no_args_is_help=True, help="Slots: when a programme airs, and where.")

AsJson = Annotated[bool, typer.Option("--json", help="Answer with one JSON value.")]
Number = Annotated[int, typer.Argument(help="The slot's number.", show_default=False)]
Announcements = Annotated[
    list[int] | None,
    typer.Option("--announcement", help="An announcement's number; repeat for more, in order."),
]
Jingle = Annotated[int | None, typer.Option(help="A jingle's number, aired first.")]
At = Annotated[
    list[str], typer.Option(help="Local time HH:MM or HH:MM:SS; repeat for more.", show_default=False)
]
Daily = Annotated[bool, typer.Option("--daily", help="Every day; this is also what happens by default.")]
Weekly = Annotated[str, typer.Option(help="Weekdays, such as mon,thu.")]
Once = Annotated[str, typer.Option(help="One day only, such as 2026-11-24.")]
From = Annotated[str, typer.Option("--from", help="First day; today unless said.")]
Until = Annotated[str, typer.Option(help="Last day.")]
Places = Annotated[
    str, typer.Option(help="Place codes by commas: villages or what is above them.", show_default=False)
]
Class = Annotated[str, typer.Option("--class", help="filler, ordinary, priority or emergency.")]
Missed = Annotated[str, typer.Option(help="skip, late, join or make-up.")]
LateBy = Annotated[int | None, typer.Option(help="Minutes, for --missed late.")]
Standing = Annotated[bool, typer.Option("--standing", help="Goes on for 180 days without network.")]
IgnoreQuiet = Annotated[bool, typer.Option("--ignore-quiet", help="Airs in quiet hours; emergencies only.")]
Languages = Annotated[str, typer.Option(help="every language of the village, or only the first.")]
Title = Annotated[str, typer.Option(help="The programme's title; the first announcement's unless said.")]
Strict = Annotated[bool, typer.Option("--strict", help="Do not save a slot with conflicts.")]


@app.command()
def add(
    context: typer.Context,
    at: At,
    places: Places,
    announcement: Announcements = None,
    jingle: Jingle = None,
    daily: Daily = False,
    weekly: Weekly = "",
    once: Once = "",
    first: From = "",
    until: Until = "",
    message_class: Class = "ordinary",
    missed: Missed = "skip",
    late_by: LateBy = None,
    standing: Standing = False,
    ignore_quiet: IgnoreQuiet = False,
    languages: Languages = "every",
    title: Title = "",
    strict: Strict = False,
    as_json: AsJson = False,
) -> None:
    """Say when announcements air, and where. Conflicts are told, and saved all the same unless --strict."""
    if sum((daily, bool(weekly), bool(once))) > 1:
        raise typer.BadParameter("--daily, --weekly and --once exclude each other")
    with terminal.application(context.obj):
        now = clock.now()
        settings: Settings = current_app.config["SETTINGS"]
        wish = SlotWish(
            items=_items(jingle, announcement or []),
            recurrence=_recurrence(at, weekly, once, first, until, now.astimezone(settings.zone).date()),
            places=tuple(code.strip() for code in places.split(",") if code.strip()),
            title=title,
            message_class=entry.message_class(message_class),
            missed=entry.missed_choice(missed, late_by),
            quiet=QuietRule.IGNORE if ignore_quiet else QuietRule.HOLD,
            standing=standing,
            language_rule=entry.language_rule(languages),
        )
        _save(wish, settings, now, strict=strict, as_json=as_json)


@app.command("list")
def list_slots(
    context: typer.Context,
    removed: Annotated[bool, typer.Option("--removed", help="Those that were removed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Slots in force, with when they air next."""
    with terminal.application(context.obj):
        settings: Settings = current_app.config["SETTINGS"]
        facts = [slot_facts(one, settings, clock.now()) for one in service.slots(db.session, removed=removed)]
        if as_json:
            terminal.answer_json(facts)
            return
        terminal.answer_table(
            ("slot", "title", "how often", "times", "places", "next"),
            [
                (
                    one["slot"],
                    one["title"],
                    one["frequency"],
                    ", ".join(one["times"]),
                    ", ".join(one["places"]),
                    one["next"][0].astimezone(settings.zone).strftime("%Y-%m-%d %H:%M")
                    if one["next"]
                    else "",
                )
                for one in facts
            ],
            "No slots yet; make one with: broadcaster slot add --announcement … --at 05:30 --places …",
        )


@app.command()
def remove(context: typer.Context, slot: Number, as_json: AsJson = False) -> None:
    """Take a slot out of all plans; `slot restore` brings it back."""
    with terminal.application(context.obj):
        found = service.slot(db.session, slot)
        service.remove_slot(db.session, found, None, clock.now())
        _finish(found, "removed", as_json)


@app.command()
def restore(context: typer.Context, slot: Number, as_json: AsJson = False) -> None:
    """Bring a removed slot back."""
    with terminal.application(context.obj):
        found = service.slot(db.session, slot)
        service.restore_slot(db.session, found, None, clock.now())
        _finish(found, "restored", as_json)


def _save(wish: SlotWish, settings: Settings, now: datetime, *, strict: bool, as_json: bool) -> None:
    conflicts = conflict_facts(service.check_slot(db.session, wish, settings, now))
    saved = not (strict and conflicts)
    for conflict in conflicts:
        where = len(conflict["villages"]) - 1
        more = f" The same in {where} more villages." if where else ""
        words = _as_saved(conflict["sentence"]) if saved else conflict["sentence"]
        terminal.messages.print(words + more, highlight=False)
    for words in _nobody_hears(service.preview(db.session, wish, settings, now)):
        terminal.messages.print(words, highlight=False)
    if not saved:
        raise NotPossible(f"nothing was saved: {len(conflicts)} conflicts; leave out --strict to keep them")
    slot = service.create_slot(db.session, wish, None, now)
    terminal.commit_and_work(now)
    facts = slot_facts(slot, settings, now)
    if as_json:
        terminal.answer_json({**facts, "conflicts": conflicts})
        return
    coming = [instant.astimezone(settings.zone).strftime("%Y-%m-%d %H:%M:%S") for instant in facts["next"]]
    terminal.answer_table(("slot", "title", "next"), [(slot.id, slot.programme.title, "\n".join(coming))], "")


def _as_saved(sentence: str) -> str:
    """A conflict's sentence for a slot that is kept: what will happen, not what would."""
    before, _if_kept, then = sentence.rpartition("If kept, ")
    return f"{before}Kept all the same: {then}"


def _nobody_hears(found: service.Preview) -> Iterator[str]:
    if not found.any_village:
        yield "No village lies in these places yet, so nobody will hear it."
    if found.without_station:
        names = ", ".join(found.without_station)
        yield f"No station yet, so nobody hears it there: {names}"
    if found.waiting:
        names = ", ".join(found.waiting)
        yield f"The station still waits for its PC, so nobody hears it there yet: {names}"


def _finish(slot: service.Slot, what: str, as_json: bool) -> None:
    terminal.commit_and_work(clock.now())
    if as_json:
        terminal.answer_json(slot_facts(slot, current_app.config["SETTINGS"], clock.now()))
    else:
        terminal.out.print(f"slot {slot.id} ({slot.programme.title}) {what}", highlight=False)


def _items(jingle: int | None, announcements: list[int]) -> tuple[WishedItem, ...]:
    chime = () if jingle is None else (WishedJingle(jingle),)
    return (*chime, *(WishedAnnouncement(number) for number in announcements))


def _recurrence(at: list[str], weekly: str, once: str, first: str, until: str, today: date) -> Recurrence:
    times = entry.wall_times(at)
    if once:
        return entry.recurrence(Frequency.ONCE, times, entry.day(once, "day"))
    start = entry.day(first, "from") if first else today
    last = entry.day(until, "until") if until else None
    if weekly:
        return entry.recurrence(Frequency.WEEKLY, times, start, on=entry.weekdays(weekly), until=last)
    return entry.recurrence(Frequency.DAILY, times, start, until=last)
