"""`broadcaster user …`: links, second factors, sessions and pauses from the command line."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from broadcaster import clock, terminal
from broadcaster.accounts.commands import AsJson, Email, Places, app
from broadcaster.accounts.roles import Role

__all__ = ["app"]


@app.command()
def invite(
    context: typer.Context,
    email: Annotated[str, typer.Argument(help="The address to sign in with.")],
    role: Annotated[list[Role], typer.Option(help="What they may do; may be given several times.")],
    name: Annotated[str, typer.Option(help="How pages call them; the address if not given.")] = "",
    language: Annotated[str, typer.Option(help="Language of their pages: en or lo.")] = "lo",
    place: Places = None,
    as_json: AsJson = False,
) -> None:
    """Invite somebody: a link, shown this once, by which they choose their own password."""
    from broadcaster.accounts import links, role_places
    from broadcaster.database import db

    with terminal.application(context.obj):
        person, word = links.invite(db.session, email, role, name, clock.now(), language=language)
        role_places.set_places_of_all(db.session, person, place or (), clock.now())
        answer = _handed_out(person.id, person.email, word, clock.now())
        links.send(db.session, person, answer["link"], clock.now())
        answer["roles"] = sorted(person.role_set)
        db.session.commit()
    _tell_link(answer, as_json)


@app.command()
def link(context: typer.Context, email: Email, as_json: AsJson = False) -> None:
    """A new link, shown this once: to a new password, or the invitation once more. Earlier ones end."""
    from broadcaster.accounts import links, people
    from broadcaster.database import db

    with terminal.application(context.obj):
        person = people.person_by_email(db.session, email)
        word = links.make(db.session, person, clock.now())
        answer = _handed_out(person.id, person.email, word, clock.now())
        links.send(db.session, person, answer["link"], clock.now())
        db.session.commit()
    _tell_link(answer, as_json)


@app.command()
def links(context: typer.Context, as_json: AsJson = False) -> None:
    """Links that wait to be opened."""
    from broadcaster.accounts import links as room
    from broadcaster.database import db

    with terminal.application(context.obj):
        found = [
            {
                "email": one.person.email,
                "kind": one.kind.value,
                "made_by": one.made_by,
                "made_at": one.made_at,
                "expires_at": one.expires_at,
            }
            for one in room.open_links(db.session, clock.now())
        ]
    if as_json:
        terminal.answer_json(found)
        return
    rows = [(one["email"], one["kind"], one["made_by"], one["expires_at"]) for one in found]
    terminal.answer_table(("E-mail", "Kind", "Made by", "Good until"), rows, "No link waits to be opened.")


@app.command("withdraw-link")
def withdraw_link(context: typer.Context, email: Email, as_json: AsJson = False) -> None:
    """What was handed out to this person opens nothing any more."""
    from broadcaster.accounts import links as room
    from broadcaster.accounts import people
    from broadcaster.database import db

    with terminal.application(context.obj):
        room.withdraw(db.session, people.person_by_email(db.session, email), clock.now())
        db.session.commit()
    _tell({"email": email, "withdrawn": True}, f"The link of {email} was withdrawn.", as_json)


@app.command("remove-second-factor")
def remove_second_factor(context: typer.Context, email: Email, as_json: AsJson = False) -> None:
    """The phone is lost: the password alone opens until an app is set up again. Signs them out."""
    from broadcaster.accounts import people, second_factor, sessions
    from broadcaster.database import db

    with terminal.application(context.obj):
        person = people.person_by_email(db.session, email)
        second_factor.remove(db.session, person, clock.now())
        sessions.end_all(db.session, person, clock.now())
        db.session.commit()
    _tell({"email": email, "second_factor": False}, f"{email} is no longer asked for a code.", as_json)


@app.command()
def sessions(context: typer.Context, email: Email, as_json: AsJson = False) -> None:
    """Where somebody is signed in."""
    from broadcaster.accounts import people
    from broadcaster.accounts import sessions as room
    from broadcaster.accounts.browsers import browser_words
    from broadcaster.database import db

    with terminal.application(context.obj):
        person = people.person_by_email(db.session, email)
        found = [
            {
                "browser": browser_words(row.browser),
                "from": row.from_address,
                "started_at": row.started_at,
                "seen_at": row.seen_at,
                "expires_at": row.expires_at,
            }
            for row in room.live(db.session, person, clock.now())
        ]
    if as_json:
        terminal.answer_json(found)
        return
    rows = [(one["browser"], one["from"], one["started_at"], one["seen_at"]) for one in found]
    terminal.answer_table(
        ("Browser", "From", "Signed in", "Last seen"), rows, f"{email} is signed in nowhere."
    )


@app.command("sign-out")
def sign_out(context: typer.Context, email: Email, as_json: AsJson = False) -> None:
    """Sign somebody out everywhere; they can sign in again."""
    from broadcaster.accounts import people
    from broadcaster.accounts import sessions as room
    from broadcaster.accounts.audit import record
    from broadcaster.database import db

    with terminal.application(context.obj):
        person = people.person_by_email(db.session, email)
        ended = room.end_all(db.session, person, clock.now())
        record(
            db.session,
            action="person.sessions_ended",
            subject=f"person:{person.id}",
            after={"ended": ended},
            now=clock.now(),
        )
        db.session.commit()
    _tell({"email": email, "ended": ended}, f"{email} was signed out on {ended} device(s).", as_json)


@app.command("lift-pause")
def lift_pause(context: typer.Context, email: Email, as_json: AsJson = False) -> None:
    """Let somebody try again at once who must wait after wrong attempts."""
    from broadcaster.accounts import pauses, people
    from broadcaster.database import db

    with terminal.application(context.obj):
        person = people.person_by_email(db.session, email)
        lifted = [one for one in pauses.pauses(db.session, clock.now()) if one.person_id == person.id]
        for pause in lifted:
            pauses.lift(db.session, pause, clock.now())
        db.session.commit()
    _tell({"email": email, "lifted": len(lifted)}, f"{email} can try again.", as_json)


def _handed_out(person_id: int, email: str, word: str, now: datetime) -> dict[str, Any]:
    from broadcaster.accounts import links as room
    from broadcaster.accounts import people
    from broadcaster.database import db

    kind = room.kind_for(people.person(db.session, person_id))
    return {
        "person": person_id,
        "email": email,
        "kind": kind.value,
        "link": room.address(word),
        "expires_at": now + room.GOOD_FOR[kind],
    }


def _tell_link(answer: dict[str, Any], as_json: bool) -> None:
    if as_json:
        terminal.answer_json(answer)
        return
    terminal.out.print(
        f"Link for {answer['email']}, shown only now; it works once, until {answer['expires_at']}:",
        soft_wrap=True,
    )
    terminal.out.print(answer["link"], highlight=False, soft_wrap=True)


def _tell(answer: dict[str, Any], words: str, as_json: bool) -> None:
    if as_json:
        terminal.answer_json(answer)
    else:
        terminal.out.print(words, soft_wrap=True)
