"""Command: `broadcaster announcement change`: one change of many announcements."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from broadcaster import clock, terminal
from broadcaster.database import db
from broadcaster.errors import BadInput
from broadcaster.newsroom import bulk_edit
from broadcaster.newsroom.announcement_commands import AsJson, From, Kind, Until, read_day
from broadcaster.newsroom.announcements import known_kind
from broadcaster.newsroom.local_days import end_of, start_of
from broadcaster.newsroom.tags import clean_tags

PROVINCE = "province"

Numbers = Annotated[list[int], typer.Argument(help="The announcements' numbers.", show_default=False)]
Place = Annotated[
    str | None, typer.Option(help="Code of the place it belongs to from now on, or 'province' for the whole.")
]
AddTag = Annotated[list[str] | None, typer.Option(help="A tag to add; once for each.")]
TakeTag = Annotated[list[str] | None, typer.Option(help="A tag to take away; once for each.")]


def add_to(group: typer.Typer) -> None:
    """Offer the command in a group."""
    group.command("change")(change)


def change(
    context: typer.Context,
    announcements: Numbers,
    kind: Kind = None,
    valid_from: From = None,
    valid_until: Until = None,
    place: Place = None,
    add_tag: AddTag = None,
    take_tag: TakeTag = None,
    as_json: AsJson = False,
) -> None:
    """Change many announcements at once; each answers for itself, and one that refuses ends with 1."""
    if len(set(announcements)) > bulk_edit.MOST_AT_ONCE:
        raise BadInput(f"at most {bulk_edit.MOST_AT_ONCE} announcements at once; take them in turns")
    with terminal.application(context.obj):
        now, stays = clock.now(), bulk_edit.STAYS
        wanted = bulk_edit.Change(
            kind=known_kind(kind) if kind else None,
            valid_from=stays if valid_from is None else start_of(read_day(valid_from, "valid-from")),
            valid_until=stays if valid_until is None else end_of(read_day(valid_until, "valid-until")),
            add_tags=clean_tags(add_tag or ()),
            take_tags=clean_tags(take_tag or ()),
            place=stays if place is None else None if place == PROVINCE else place,
        )
        if wanted.is_nothing:
            raise BadInput("say what is to be changed, for example --valid-until 2026-12-31")
        answers = bulk_edit.change_each(db.session, announcements, wanted, None, now)
        terminal.commit_and_work(now)
    facts = [_facts(answer) for answer in answers]
    if as_json:
        terminal.answer_json(facts)
    else:
        columns = ("announcement", "title", "outcome", "reason")
        terminal.answer_table(columns, [[one[name] or "" for name in columns] for one in facts], "")
    if any(answer.refusal for answer in answers):
        raise typer.Exit(1)


def _facts(answer: bulk_edit.Answer) -> dict[str, Any]:
    outcome = "refused" if answer.refusal else "changed" if answer.changed else "same"
    reason = str(answer.refusal) if answer.refusal else None
    return {
        "announcement": answer.announcement_id, "title": answer.title, "outcome": outcome, "reason": reason
    }  # fmt: skip
