"""`broadcaster user`: people from the command line."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from broadcaster import clock, terminal
from broadcaster.accounts.roles import Role
from broadcaster.errors import BadInput

app = typer.Typer(no_args_is_help=True, help="People who can sign in.")
Email = Annotated[str, typer.Argument(help="The address they sign in with.", show_default=False)]
Places = Annotated[
    list[str] | None,
    typer.Option("--place", help="Code of a place where the roles hold; repeat for more."),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON value on standard output.")]


@app.command()
def add(
    context: typer.Context,
    email: Annotated[str, typer.Argument(help="The address to sign in with.")],
    role: Annotated[list[Role], typer.Option(help="What they may do; may be given several times.")],
    name: Annotated[str, typer.Option(help="How pages call them; the address if not given.")] = "",
    language: Annotated[str, typer.Option(help="Language of their pages: en or lo.")] = "en",
    password_file: Annotated[
        str, typer.Option(help="File with the password; '-' reads it from standard input.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Add somebody. Without --password-file a password is made and shown this once."""
    from broadcaster.accounts import people
    from broadcaster.database import db

    password = _given(password_file) if password_file else secrets.token_urlsafe(12)
    with terminal.application(context.obj):
        person = people.add_person(db.session, email, password, role, name, clock.now(), language=language)
        db.session.commit()
        answer: dict[str, Any] = {"person": person.id, "email": person.email, "roles": sorted(role)}
    if not password_file:
        answer["password"] = password
    if as_json:
        terminal.answer_json(answer)
        return
    terminal.out.print(f"{answer['email']} can sign in as {', '.join(answer['roles'])}.", soft_wrap=True)
    if not password_file:
        terminal.out.print(f"Password, shown only now: {password}", highlight=False)


@app.command("list")
def list_people(context: typer.Context, as_json: AsJson = False) -> None:
    """Everybody who has an account."""
    from broadcaster.accounts import people
    from broadcaster.database import db

    with terminal.application(context.obj):
        found: list[dict[str, Any]] = [
            {
                "person": person.id,
                "email": person.email,
                "name": person.name,
                "roles": sorted(person.role_set),
                "places": _places(db.session, person),
                "language": person.language,
                "active": person.active,
            }
            for person in people.people(db.session)
        ]
    if as_json:
        terminal.answer_json(found)
        return
    rows = [
        (row["email"], row["name"], _in_words(row), "" if row["active"] else "locked out") for row in found
    ]
    terminal.answer_table(("E-mail", "Name", "Roles", ""), rows, "Nobody yet: broadcaster user add EMAIL")


@app.command()
def roles(
    context: typer.Context,
    email: Email,
    role: Annotated[list[Role], typer.Option(help="What they may do; may be given several times.")],
    place: Places = None,
    as_json: AsJson = False,
) -> None:
    """Give somebody exactly these roles. Without --place, those they had hold where they held."""
    from broadcaster.accounts import people, role_places
    from broadcaster.database import db

    with terminal.application(context.obj):
        person = people.person_by_email(db.session, email)
        people.change_roles(db.session, person, role, clock.now())
        if place:
            role_places.set_places_of_all(db.session, person, place, clock.now())
        db.session.commit()
        answer: dict[str, Any] = {
            "person": person.id,
            "email": person.email,
            "roles": sorted(person.role_set),
            "places": _places(db.session, person),
        }
    if as_json:
        terminal.answer_json(answer)
    else:
        terminal.out.print(f"{email} is now {_in_words(answer)}.", soft_wrap=True)


@app.command()
def places(
    context: typer.Context,
    email: Email,
    role: Annotated[Role, typer.Option(help="Which of their roles.")],
    place: Places = None,
    as_json: AsJson = False,
) -> None:
    """Where one role of somebody holds: the places given, or without --place the whole province."""
    from broadcaster.accounts import people, role_places
    from broadcaster.database import db

    with terminal.application(context.obj):
        person = people.person_by_email(db.session, email)
        role_places.set_places(db.session, person, role, place or (), clock.now())
        db.session.commit()
        answer: dict[str, Any] = {
            "person": person.id,
            "email": person.email,
            "roles": sorted(person.role_set),
            "places": _places(db.session, person),
        }
    if as_json:
        terminal.answer_json(answer)
    else:
        terminal.out.print(f"{email} is now {_in_words(answer)}.", soft_wrap=True)


@app.command()
def password(
    context: typer.Context,
    email: Email,
    password_file: Annotated[
        str, typer.Option(help="File with the password; '-' reads it from standard input.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """A new password. Without --password-file one is made and shown this once; sessions of the old end."""
    from broadcaster.accounts import people
    from broadcaster.database import db

    made = _given(password_file) if password_file else secrets.token_urlsafe(12)
    with terminal.application(context.obj):
        person = people.person_by_email(db.session, email)
        people.set_password(db.session, person, made, clock.now())
        db.session.commit()
        answer: dict[str, Any] = {"person": person.id, "email": person.email}
    if not password_file:
        answer["password"] = made
    if as_json:
        terminal.answer_json(answer)
        return
    terminal.out.print(f"{email} has a new password.", soft_wrap=True)
    if not password_file:
        terminal.out.print(f"Password, shown only now: {made}", highlight=False)


@app.command()
def lock(context: typer.Context, email: Email, as_json: AsJson = False) -> None:
    """Nobody signs in with this account until it is unlocked; its sessions end at once."""
    _set_active(context, email, False, as_json)


@app.command()
def unlock(context: typer.Context, email: Email, as_json: AsJson = False) -> None:
    """The account may be used again."""
    _set_active(context, email, True, as_json)


@app.command()
def token(context: typer.Context, email: str, as_json: AsJson = False) -> None:
    """A token for a program that acts for this person, valid 30 days (header Authentication-Token)."""
    from broadcaster.accounts import people
    from broadcaster.accounts.audit import record
    from broadcaster.database import db

    with terminal.application(context.obj):
        person = people.person_by_email(db.session, email)
        made = person.get_auth_token()
        record(db.session, action="person.token", subject=f"person:{person.id}", now=clock.now())
        db.session.commit()
    if as_json:
        terminal.answer_json({"email": email, "token": made})
    else:
        terminal.out.print(made, highlight=False, soft_wrap=True)


def _set_active(context: typer.Context, email: str, active: bool, as_json: bool) -> None:
    from broadcaster.accounts import people
    from broadcaster.database import db

    with terminal.application(context.obj):
        person = people.person_by_email(db.session, email)
        people.set_active(db.session, person, active, clock.now())
        db.session.commit()
        answer = {"person": person.id, "email": person.email, "active": person.active}
    if as_json:
        terminal.answer_json(answer)
    else:
        terminal.out.print(f"{email} {'can sign in again' if active else 'is locked out'}.", soft_wrap=True)


def _places(session: Any, person: Any) -> dict[str, list[str]]:
    """By role the codes of the places where it holds; empty is the whole province."""
    from broadcaster.accounts.role_places import places_by_role

    return {role.value: list(codes) for role, codes in places_by_role(session, person).items()}


def _in_words(answer: dict[str, Any]) -> str:
    """`editor (LA1501), officer`."""
    where = answer["places"]
    return ", ".join(
        f"{role} ({', '.join(where[role])})" if where[role] else role for role in answer["roles"]
    )


def _given(password_file: str) -> str:
    if password_file == "-":  # noqa: S105 - the usual name of standard input
        return sys.stdin.readline().rstrip("\r\n")
    try:
        lines = Path(password_file).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{password_file}: cannot be read: {error}", field="password") from error
    return lines[0] if lines else ""
