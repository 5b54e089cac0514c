"""E-mail through real SMTP servers: what arrives, what is refused, what is tried again, what is set aside."""

from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from apiflask import APIFlask
from sqlalchemy.orm import Session

from broadcaster import jobs, mail, smtp, work
from broadcaster.config import MailSettings, Settings
from broadcaster.errors import BadInput, NotPossible
from broadcaster.mail_models import LetterState
from tests.broadcaster.conftest import FixedClock
from tests.end_to_end.waiting import PATIENCE_S

PASSWORD = "only the file knows this"


class Mailbox:
    """What a server was given, and how it answers: `refuse_with` is its word on every recipient."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.encrypted: list[bool] = []
        self.refuse_with = ""

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.refuse_with:
            return self.refuse_with
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.encrypted.append(session.ssl is not None)
        letter = message_from_bytes(envelope.content, policy=default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 taken"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost with its key, in one file."""
    folder = tmp_path_factory.mktemp("tls")
    key, found = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout {key}"
        f" -out {found} -days 3650 -subj /CN=localhost -addext subjectAltName=DNS:localhost".split(),
        check=True,
        capture_output=True,
        timeout=120,
    )
    both = folder / "both.pem"
    both.write_bytes(found.read_bytes() + key.read_bytes())
    return both


class OnFreePort(Controller):
    """The library knocks at the port it was given; the port it got is another."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def serving(mailbox: Mailbox, **options: Any) -> Iterator[int]:
    """A real SMTP server on a free port of localhost."""
    controller = OnFreePort(mailbox, hostname="127.0.0.1", port=0, ready_timeout=PATIENCE_S, **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


def settings_for(port: int, **more: Any) -> MailSettings:
    """Settings that reach a server of these tests."""
    values = {
        "host": "localhost",
        "port": port,
        "security": "none",
        "from": "Sekong Broadcaster <news@example.org>",
        "base_url": "https://broadcaster.example.org",
    }
    return MailSettings(**(values | more))


@pytest.fixture
def configure(app: APIFlask) -> Callable[[MailSettings], None]:
    """Give the application this mail server."""

    def give(chosen: MailSettings) -> None:
        settings: Settings = app.config["SETTINGS"]
        app.config["SETTINGS"] = settings.model_copy(update={"mail": chosen})

    return give


def work_on(session: Session, clock: FixedClock) -> None:
    session.commit()
    jobs.run_pending(session, work.HANDLERS, clock.now)


def test_a_letter_in_lao_arrives_as_it_was_written(
    session: Session, clock: FixedClock, mailbox: Mailbox, configure: Callable[[MailSettings], None]
) -> None:
    """Subject, body and sender are whole; afterwards the body, which may hold a link, is not kept."""
    with serving(mailbox) as port:
        configure(settings_for(port))
        letter = mail.queue(session, "editor@example.org", "ລໍຖ້າການອະນຸມັດ", "ສະບາຍດີ\nhttps://x\n", clock.now)
        assert mailbox.letters == []
        work_on(session, clock)
    (arrived,) = mailbox.letters
    assert (arrived["To"], arrived["Subject"]) == ("editor@example.org", "ລໍຖ້າການອະນຸມັດ")
    assert arrived["From"] == "Sekong Broadcaster <news@example.org>"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived.get_content().splitlines() == ["ສະບາຍດີ", "https://x"]
    assert (letter.state, letter.body, letter.sent_at) == (LetterState.SENT, "", clock.now)


def test_nothing_goes_when_the_change_it_tells_of_is_taken_back(
    session: Session, clock: FixedClock, mailbox: Mailbox, configure: Callable[[MailSettings], None]
) -> None:
    """A letter is part of the transaction."""
    with serving(mailbox) as port:
        configure(settings_for(port))
        session.commit()
        mail.queue(session, "editor@example.org", "Approved", "It is.", clock.now)
        session.rollback()
        work_on(session, clock)
    assert mailbox.letters == []
    assert mail.letters(session) == []


@pytest.mark.usefixtures("sqlite_only")
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_password_goes_only_over_a_line_that_is_encrypted_and_whose_end_is_known(
    clock: FixedClock, mailbox: Mailbox, certificate: Path, tmp_path: Path, security: str
) -> None:
    """STARTTLS, or TLS from the first byte; the password comes from its file."""
    told: list[LoginPassword] = []

    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        told.append(data)
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    transport: dict[str, Any] = (
        {"ssl_context": context}
        if security == "tls"
        else {"tls_context": context, "require_starttls": True, "auth_require_tls": True}
    )
    if security == "tls":  # aiosmtpd counts only STARTTLS as encrypted
        transport["auth_require_tls"] = False
    password = tmp_path / "password"
    password.write_text(PASSWORD + "\n")
    with serving(mailbox, authenticator=authenticate, auth_required=True, **transport) as port:
        known = settings_for(
            port, security=security, user="news", password_file=str(password), ca_file=str(certificate)
        )
        smtp.send(known, smtp.written(known, "a@example.org", "Test", "Test", "<1@example.org>", clock.now))
        stranger = known.model_copy(update={"ca_file": ""})
        with pytest.raises(smtp.MailRefused, match="no safe connection") as refused:
            smtp.send(stranger, smtp.written(stranger, "a@example.org", "T", "T", "<2@x.org>", clock.now))
        assert not refused.value.for_good
        password.write_text("another")
        with pytest.raises(smtp.MailRefused, match="user and password") as refused:
            smtp.send(known, smtp.written(known, "a@example.org", "T", "T", "<3@x.org>", clock.now))
        assert not refused.value.for_good
        assert "another" not in str(refused.value)
    assert len(mailbox.letters) == 1
    assert told[0].login == b"news"


@pytest.mark.usefixtures("sqlite_only")
def test_starttls_is_never_given_up_for_a_server_that_lacks_it(clock: FixedClock, mailbox: Mailbox) -> None:
    """Somebody on the line who hides STARTTLS gets nothing."""
    with serving(mailbox) as port:
        wanted = settings_for(port, security="starttls")
        with pytest.raises(smtp.MailRefused, match="cannot do what is needed"):
            smtp.send(wanted, smtp.written(wanted, "a@example.org", "T", "T", "<1@x.org>", clock.now))
    assert mailbox.letters == []


def test_a_refusal_for_good_sets_the_letter_aside_at_once(
    session: Session, clock: FixedClock, mailbox: Mailbox, configure: Callable[[MailSettings], None]
) -> None:
    """550: no such person. Its reason is kept for the administrator, who may have it tried again."""
    mailbox.refuse_with = "550 no such mailbox"
    with serving(mailbox) as port:
        configure(settings_for(port))
        letter = mail.queue(session, "gone@example.org", "Approved", "It is.", clock.now)
        work_on(session, clock)
        assert (letter.state, letter.tries) == (LetterState.FAILED, 1)
        assert letter.error == "refused with 550: no such mailbox"
        mailbox.refuse_with = ""
        mail.try_again(session, letter, clock.now)
        work_on(session, clock)
    assert letter.state is LetterState.SENT
    assert len(mailbox.letters) == 1


def test_a_server_that_says_later_is_asked_again_with_the_very_same_letter(
    session: Session, clock: FixedClock, mailbox: Mailbox, configure: Callable[[MailSettings], None]
) -> None:
    """450 passes; nothing is tried before its time, and the letter's own number stays."""
    mailbox.refuse_with = "450 come again"
    with serving(mailbox) as port:
        configure(settings_for(port))
        letter = mail.queue(session, "full@example.org", "Approved", "It is.", clock.now)
        work_on(session, clock)
        assert (letter.state, letter.next_try_at) == (
            LetterState.WAITING,
            clock.now + mail.TRY_AGAIN_AFTER[0],
        )
        mailbox.refuse_with = ""
        work_on(session, clock)
        assert mailbox.letters == []
        clock.advance(minutes=1)
        work_on(session, clock)
    (arrived,) = mailbox.letters
    assert arrived["Message-ID"] == letter.message_id
    assert (letter.state, letter.tries) == (LetterState.SENT, 2)


def test_a_dead_server_is_tried_for_near_two_days_and_then_the_letter_is_set_aside(
    session: Session, clock: FixedClock, configure: Callable[[MailSettings], None]
) -> None:
    """Nothing listens there. Every try waits longer than the one before."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, never listening: every connection is refused
        configure(settings_for(taken.getsockname()[1]))
        letter = mail.queue(session, "editor@example.org", "Approved", "It is.", clock.now)
        begun = clock.now
        tries = 0
        while letter.state is LetterState.WAITING:
            work_on(session, clock)
            assert letter.tries == tries + 1
            tries = letter.tries
            if letter.next_try_at is not None:
                clock.now = letter.next_try_at
    assert tries == len(mail.TRY_AGAIN_AFTER) + 1
    assert timedelta(hours=40) < clock.now - begun < timedelta(hours=48)
    assert "cannot be reached" in (letter.error or "")
    assert letter.body == "It is.\n"


@pytest.mark.parametrize(
    ("to", "subject"),
    [
        ("a@example.org\r\nBcc: b@example.org", "Approved"),
        ("a@example.org, b@example.org", "Approved"),
        ("a@example.org", "Approved\r\nBcc: b@example.org"),
        ("a@example.org", "Approved\nX: y"),
        ("a@example.org", "Approved\u2028X: y"),
        ("a@example.org", " "),
        ("nobody", "Approved"),
    ],
)
def test_nothing_a_caller_gives_becomes_a_header_of_the_letter(
    session: Session, clock: FixedClock, to: str, subject: str
) -> None:
    """Line ends and second addresses are refused before anything is queued."""
    with pytest.raises(BadInput):
        mail.queue(session, to, subject, "body", clock.now)
    assert mail.letters(session) == []


@pytest.mark.usefixtures("sqlite_only")
def test_a_body_that_looks_like_the_end_of_the_letter_stays_a_body(
    clock: FixedClock, mailbox: Mailbox
) -> None:
    """SMTP's own dot and a line that looks like a header are text."""
    body = "first\n.\nBcc: b@example.org\n\n.\r\nRCPT TO:<c@example.org>\nlast\n"
    with serving(mailbox) as port:
        chosen = settings_for(port)
        smtp.send(chosen, smtp.written(chosen, "a@example.org", "T", body, "<1@x.org>", clock.now))
    (arrived,) = mailbox.letters
    assert arrived["Bcc"] is None
    assert arrived.get_content().replace("\r\n", "\n") == body.replace("\r\n", "\n")


def test_without_a_mail_server_a_letter_says_so_at_once(session: Session, clock: FixedClock) -> None:
    """It does not wait for a server that nobody has configured."""
    letter = mail.queue(session, "a@example.org", "Approved", "It is.", clock.now)
    assert letter.state is LetterState.FAILED
    assert "configured" in (letter.error or "")


def test_only_a_letter_that_was_set_aside_is_tried_again(
    session: Session, clock: FixedClock, configure: Callable[[MailSettings], None]
) -> None:
    """Pressing the button twice sends one letter."""
    letter = mail.queue(session, "a@example.org", "Approved", "It is.", clock.now)
    configure(settings_for(25))
    mail.try_again(session, letter, clock.now)
    with pytest.raises(NotPossible):
        mail.try_again(session, letter, clock.now)


def test_letters_of_a_month_ago_are_forgotten_unless_they_still_wait(
    session: Session, clock: FixedClock, configure: Callable[[MailSettings], None]
) -> None:
    """Addresses and what was said to them are not kept for ever."""
    mail.queue(session, "a@example.org", "Set aside", "It is.", clock.now)
    configure(settings_for(25))
    waiting = mail.queue(session, "a@example.org", "Waiting", "It is.", clock.now)
    session.commit()
    mail.forget_letters(session, {}, clock.advance(days=31))
    assert mail.letters(session) == [waiting]


@pytest.mark.usefixtures("sqlite_only")
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"from": ""}, "needs from and base_url"),
        ({"base_url": ""}, "needs from and base_url"),
        ({"user": "news"}, "password_file together"),
        ({"host": "mail.example.org", "user": "news", "password_file": "p"}, "password in the clear"),
        ({"from": "a@example.org\nBcc: b@example.org"}, "match pattern"),
    ],
)
def test_settings_that_cannot_work_are_refused_at_start(wrong: dict[str, str], words: str) -> None:
    """Not when the first letter should go."""
    with pytest.raises(ValueError, match=words):
        settings_for(25, **wrong)
