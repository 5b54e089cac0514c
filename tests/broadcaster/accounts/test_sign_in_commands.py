"""`broadcaster user …`: what the pages do about signing in, for scripts and for the day nobody can get in."""

from __future__ import annotations

import json
import re
import sys

import pytest
from apiflask import APIFlask

from broadcaster import cli
from tests.broadcaster.accounts.browser import EMAIL, PASSWORD, add, with_app


@pytest.fixture
def command(settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]  # a function
    """Run `broadcaster user WORDS --json`; the answer, or the exit status and the complaint."""

    def run(*words: str):  # type: ignore[no-untyped-def]  # any JSON value
        line = ["broadcaster", "--data", str(settings.data), "user", *words, "--json"]
        monkeypatch.setattr(sys, "argv", line)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return (ended.value.code, said.err) if ended.value.code else json.loads(said.out)

    return run


def test_a_link_is_made_listed_and_withdrawn(command, app: APIFlask) -> None:
    """The link stands in the answer once; it opens the page of the running server."""
    made = command("invite", EMAIL, "--role", "editor", "--name", "Tested")
    found = re.fullmatch(r"http://127\.0\.0\.1:8080(/welcome/[\w-]{43})", made["link"])
    assert found
    assert (made["kind"], made["roles"]) == ("invitation", ["editor"])
    assert command("invite", EMAIL, "--role", "editor")[0] == 1
    (waiting,) = command("links")
    assert (waiting["email"], waiting["made_by"]) == (EMAIL, "command line")
    assert "welcome" not in json.dumps(waiting)
    again = command("link", EMAIL)
    assert again["link"] != made["link"]
    assert command("withdraw-link", EMAIL) == {"email": EMAIL, "withdrawn": True}
    assert command("links") == []
    status, complaint = command("withdraw-link", EMAIL)
    assert (status, complaint.count("\n")) == (1, 1)


def test_an_administrator_who_lost_the_phone_gets_in_again(command, app: APIFlask, clock) -> None:
    """From the server's own terminal; asked twice, the second is told there is none."""
    add(app, clock.now)
    with_app(app, clock.now)
    assert command("remove-second-factor", EMAIL) == {"email": EMAIL, "second_factor": False}
    assert command("remove-second-factor", EMAIL)[0] == 1
    assert app.test_client().post("/sign-in", data={"email": EMAIL, "password": PASSWORD}).location == "/"


def test_sessions_are_listed_and_ended_and_a_pause_is_lifted(command, app: APIFlask) -> None:
    """For the day an account is under attack."""
    from broadcaster.clock import set_clock, system_clock

    set_clock(app, system_clock)  # the commands live in the real time
    add(app, system_clock())
    browser = app.test_client()
    browser.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    (row,) = command("sessions", EMAIL)
    assert row["from"] == "127.0.0.1"
    assert command("sign-out", EMAIL)["ended"] == 1
    assert browser.get("/settings").status_code == 302
    for number in range(5):
        browser.post("/sign-in", data={"email": EMAIL, "password": f"guess {number}"})
    assert browser.post("/sign-in", data={"email": EMAIL, "password": PASSWORD}).status_code == 429
    assert command("lift-pause", EMAIL)["lifted"] == 1
    assert browser.post("/sign-in", data={"email": EMAIL, "password": PASSWORD}).status_code == 302


def test_a_data_folder_from_before_second_factors_goes_on_working(settings, app: APIFlask, clock) -> None:
    """Its secret file has no key for them: one that stays the same comes from what it has."""
    from broadcaster.secret import read_secret

    file = settings.data / "secret.key"
    old = json.loads(file.read_text())
    del old["second_factor_key"]
    file.write_text(json.dumps(old))
    first, second = read_secret(settings.data), read_secret(settings.data)
    assert first == second
    assert len(first.second_factor_key) == 64
    assert first.second_factor_key not in (first.session_key, first.password_salt)
