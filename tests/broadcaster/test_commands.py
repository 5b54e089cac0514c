"""The shell's commands, as somebody types them: answers on standard output, one clear line on errors."""

from __future__ import annotations

import json
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from importlib.metadata import version
from pathlib import Path

import pytest

from broadcaster import cli
from tests.end_to_end.waiting import PATIENCE_S

VILLAGES = (
    "code,name,district_code,kumban,languages\n"
    "1504001,Thateng Neua,LA1504,Thateng,lo;tth\n"
    "1503061,Dakcheung,LA1503,Dakcheung,tdf;lo\n"
)


class Answer:
    """What a command said and how it ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self):  # type: ignore[no-untyped-def]  # any JSON value
        """The one JSON value on standard output."""
        return json.loads(self.out)


@pytest.fixture
def broadcaster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]  # a function
    """Run a command over a data folder of its own."""

    def run(*words: str, data: Path = tmp_path / "data") -> Answer:
        monkeypatch.setattr(sys, "argv", ["broadcaster", "--data", str(data), *words])
        code = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return run


def test_the_version_is_told_without_a_data_folder(broadcaster, tmp_path: Path) -> None:
    """The doctor names it too, whatever else it finds."""
    told = broadcaster("--version")
    assert (told.code, told.out) == (0, f"sekong-broadcaster {version('sekong-broadcaster')}\n")
    assert not (tmp_path / "data").exists()
    looked = broadcaster("doctor", "--json").json
    assert [one["message"] for one in looked if one["check"] == "software"] == [told.out.strip()]


def test_init_makes_a_folder_that_is_ready_and_again_changes_nothing(broadcaster, tmp_path: Path) -> None:
    """Configuration, secret, database, districts; a second run leaves them as they are."""
    first = broadcaster("init", "--json").json
    assert first["configuration_made"]
    assert first["secret_made"]
    assert first["places_added"] == 5
    secret = tmp_path / "data" / "secret.key"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    kept = secret.read_bytes()
    again = broadcaster("init", "--json").json
    assert (again["secret_made"], again["places_added"], again["schema_upgraded"]) == (False, 0, False)
    assert secret.read_bytes() == kept


def test_a_folder_that_was_not_initialised_is_told_in_one_line(broadcaster) -> None:
    """With the command that helps."""
    answer = broadcaster("user", "list")
    assert answer.code == 2
    assert re.fullmatch(r".*: not initialised; run 'broadcaster --data .* init' first\n", answer.err)


def test_an_old_database_is_not_served(broadcaster, tmp_path: Path) -> None:
    """One clear line instead of a crash in the middle of the day."""
    broadcaster("init")
    (tmp_path / "data" / "broadcaster.db").unlink()
    answer = broadcaster("serve", "--port", "0")
    assert answer.code == 1
    assert answer.err.count("\n") == 1
    assert "not at the newest schema" in answer.err


def test_a_damaged_configuration_gives_a_line_for_each_mistake(broadcaster, tmp_path: Path) -> None:
    """And exit code 2."""
    broadcaster("init")
    (tmp_path / "data" / "broadcaster.toml").write_text("[server]\nport = -1\nhots = 'x'\n")
    answer = broadcaster("place", "list")
    assert answer.code == 2
    assert len(answer.err.splitlines()) == 2


def test_somebody_is_added_with_a_password_made_or_given(broadcaster, tmp_path: Path) -> None:
    """A made password is shown once; a given one never."""
    broadcaster("init")
    made = broadcaster("user", "add", "ann@example.org", "--role", "administrator", "--json").json
    assert len(made["password"]) >= 12
    (tmp_path / "pass").write_text("a given long pass phrase\n")
    arguments = ("user", "add", "bo@example.org", "--role", "editor", "--role", "approver", "--name", "Bo")
    given = broadcaster(*arguments, "--password-file", str(tmp_path / "pass"), "--json")
    assert given.json["roles"] == ["approver", "editor"]
    assert "pass phrase" not in given.out + given.err
    assert [row["email"] for row in broadcaster("user", "list", "--json").json] == [
        "ann@example.org",
        "bo@example.org",
    ]


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        (("user", "add", "ann", "--role", "editor"), 1, "not an e-mail address"),
        (("user", "add", "a@example.org", "--role", "king"), 2, "king"),
        (
            ("user", "add", "a@example.org", "--role", "editor", "--password-file", "/nowhere"),
            1,
            "cannot be read",
        ),
        (("user", "token", "nobody@example.org"), 1, "nobody has the address"),
        (("place", "import", "/nowhere.csv"), 1, "cannot be read"),
        (("place", "list", "--under", "XYZ"), 1, "XYZ"),
    ],
)
def test_a_mistake_ends_with_one_clear_line(
    broadcaster, words: tuple[str, ...], code: int, part: str
) -> None:
    """Nothing on standard output, no trace on the terminal."""
    broadcaster("init")
    answer = broadcaster(*words, "--json") if words[1] == "add" and code == 1 else broadcaster(*words)
    assert answer.code == code
    assert part in answer.err
    assert answer.out == ""
    assert "Traceback" not in answer.err
    if code == 1:
        assert answer.err.count("\n") == 1


def test_villages_come_in_from_a_table(broadcaster, tmp_path: Path) -> None:
    """First as a question, then for good."""
    broadcaster("init")
    (tmp_path / "villages.csv").write_text(VILLAGES)
    file = str(tmp_path / "villages.csv")
    assert broadcaster("place", "import", file, "--dry-run", "--json").json["added"] == ["1504001", "1503061"]
    assert broadcaster("place", "list", "--json").json == []
    assert broadcaster("place", "import", file, "--json").json["dry_run"] is False
    (row,) = broadcaster("place", "list", "--under", "LA1503", "--json").json
    assert (row["name"], row["languages"]) == ("Dakcheung", ["tdf", "lo"])
    assert broadcaster("place", "show", "LA1504", "--json").json["villages"] == ["1504001"]
    assert "tdf lo" in broadcaster("place", "show", "1503061").out
    assert broadcaster("place", "show", "XYZ").code == 1


def test_the_doctor_finds_what_is_wrong_and_says_what_to_do(broadcaster, tmp_path: Path) -> None:
    """Exit 1 when something is missing; every finding that is not well has advice."""
    broadcaster("init")
    findings = {row["check"]: row for row in broadcaster("doctor", "--json").json}
    assert findings["database"]["ok"]
    assert findings["secret"]["ok"]
    assert findings["audio store"]["ok"]
    (tmp_path / "data" / "secret.key").chmod(0o644)
    (tmp_path / "data" / "broadcaster.db").unlink()
    answer = broadcaster("doctor", "--json")
    wrong = {row["check"]: row for row in answer.json if not row["ok"]}
    assert answer.code == 1
    assert {"secret", "database"} <= set(wrong)
    assert "chmod 600" in wrong["secret"]["advice"]
    assert all(row["advice"] for row in wrong.values())


def test_serve_says_where_it_is_answers_and_ends_when_told(broadcaster, tmp_path: Path) -> None:
    """A real process: its address on standard output, a page over the wire, a clean end within seconds."""
    broadcaster("init")
    command = [sys.executable, "-c", "from broadcaster.cli import main; main()"]
    began = time.monotonic()
    process = subprocess.Popen(
        [*command, "--data", str(tmp_path / "data"), "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert found
        with urllib.request.urlopen(found.group(0) + "/sign-in", timeout=PATIENCE_S) as page:  # noqa: S310 - our own address
            assert page.status == 200
            assert "Server" not in page.headers
        told = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
        as_long_as_its_start_s = told - began  # which takes longer too where the machine has other work
        assert time.monotonic() - told < max(10, as_long_as_its_start_s)
        assert "Stopping" in process.stderr.read()
    finally:
        process.kill()
        process.wait(60)


def test_an_account_is_changed_from_the_command_line(broadcaster, tmp_path: Path) -> None:
    """Roles, password, lock; the last administrator stays."""
    broadcaster("init")
    broadcaster("user", "add", "ann@example.org", "--role", "administrator")
    broadcaster("user", "add", "bo@example.org", "--role", "editor")
    assert "user add" not in broadcaster("init").out
    changed = broadcaster("user", "roles", "bo@example.org", "--role", "approver", "--json").json
    assert changed["roles"] == ["approver"]
    assert len(broadcaster("user", "password", "bo@example.org", "--json").json["password"]) >= 12
    (tmp_path / "password").write_text("a long pass phrase\n")
    given = broadcaster("user", "password", "bo@example.org", "--password-file", str(tmp_path / "password"))
    assert given.out == "bo@example.org has a new password.\n"
    assert broadcaster("user", "lock", "bo@example.org", "--json").json["active"] is False
    assert broadcaster("user", "unlock", "bo@example.org").out == "bo@example.org can sign in again.\n"
    assert broadcaster("user", "lock", "ann@example.org").code == 1
    assert broadcaster("user", "roles", "ann@example.org", "--role", "editor").code == 1


def test_a_port_in_use_is_one_line_that_says_what_to_do(broadcaster) -> None:
    """Another port, or an end of the other program."""
    broadcaster("init")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = broadcaster("serve", "--port", str(port))
    assert answer.code == 1
    assert f"cannot listen on 127.0.0.1:{port}: another program listens there" in answer.err
    assert f"--port {port + 1}" in answer.err
    assert answer.err.count("\n") == 1
