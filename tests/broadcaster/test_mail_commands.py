"""`broadcaster mail`: a test through a real server, configured by the environment; letters that failed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from apiflask import APIFlask

from broadcaster import mail
from broadcaster.database import db
from tests.broadcaster.conftest import FixedClock
from tests.broadcaster.newsroom.conftest import Ended, run
from tests.broadcaster.test_mail import Mailbox, serving

__all__ = ["run"]  # a fixture of the newsroom's commands


def configure(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    """A mail server by the environment alone."""
    values = {
        "HOST": "localhost",
        "PORT": str(port),
        "SECURITY": "none",
        "FROM": "news@example.org",
        "BASE_URL": "https://b.example.org",
    }
    for name, value in values.items():
        monkeypatch.setenv(f"BROADCASTER_MAIL__{name}", value)


def test_a_test_letter_is_sent_while_the_command_waits(
    run: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It says what the server answered; without a server, what to fill in."""
    with pytest.raises(Ended, match="no mail server is configured"):
        run("mail", "test", "me@example.org")
    mailbox = Mailbox()
    with serving(mailbox) as port:
        configure(monkeypatch, port)
        assert run("mail", "test", "me@example.org")["sent"] is True
        assert mailbox.letters[0]["To"] == "me@example.org"
        mailbox.refuse_with = "550 no such mailbox"
        with pytest.raises(Ended, match="refused with 550: no such mailbox") as ended:
            run("mail", "test", "gone@example.org")
    assert ended.value.status == 1


def test_letters_are_listed_and_tried_again(
    run: Callable[..., Any],
    app: APIFlask,
    clock: FixedClock,
) -> None:
    """Without what they say."""
    with app.app_context():
        mail.queue(db.session, "gone@example.org", "Invitation", "https://b/secret-link", clock.now)
        db.session.commit()
    (listed,) = run("mail", "list", "--failed")
    assert (listed["to"], listed["state"]) == ("gone@example.org", "failed")
    assert "secret-link" not in str(listed)
    assert run("mail", "retry", listed["letter"])["state"] == "waiting"
    assert run("mail", "list", "--failed") == []
    with pytest.raises(Ended, match="set aside"):
        run("mail", "retry", listed["letter"])
