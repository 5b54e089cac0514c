"""One plain-text letter to an SMTP server (RFC 5321, STARTTLS or TLS from the first byte), or why not.

A refusal for good (a 5xx answer about the letter or its recipient) is told from one that may pass: no
network, a server that is down, a full mailbox, a password that somebody will correct.
"""

from __future__ import annotations

import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path

from broadcaster.config import MailSettings
from broadcaster.errors import BroadcasterError

TIMEOUT_S = 20.0
LONGEST_WORDS = 300


class MailRefused(BroadcasterError):
    """The server does not take this letter, now or ever (`for_good`). The message says why."""

    code = "mail_refused"
    http_status = 502

    def __init__(self, message: str, *, for_good: bool) -> None:
        super().__init__(message)
        self.for_good = for_good


def written(
    settings: MailSettings, to: str, subject: str, body: str, message_id: str, now: datetime
) -> EmailMessage:
    """The letter as it goes over the wire. `ValueError` for a line end in a header."""
    letter = EmailMessage(policy=SMTP)
    letter["From"] = settings.sender
    letter["To"] = to
    letter["Subject"] = subject
    letter["Date"] = format_datetime(now)
    letter["Message-ID"] = message_id
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(body, charset="utf-8")
    return letter


def send(settings: MailSettings, letter: EmailMessage, timeout_s: float = TIMEOUT_S) -> None:
    """Hand the letter over; it is the server's when this returns. `MailRefused` otherwise."""
    try:
        with _connection(settings, timeout_s) as server:
            if settings.user:
                server.login(settings.user, _password(settings))
            server.send_message(letter, from_addr=parseaddr(settings.sender)[1])
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        raise _refused(code, words) from error
    except smtplib.SMTPAuthenticationError as error:
        raise MailRefused(
            f"{settings.host} does not accept user and password: {_text(error.smtp_error)}", for_good=False
        ) from error
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        raise _refused(error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPNotSupportedError as error:
        raise MailRefused(f"{settings.host} cannot do what is needed: {error}", for_good=False) from error
    except ssl.SSLError as error:
        raise MailRefused(
            f"no safe connection to {settings.host}: {error.reason or error}", for_good=False
        ) from error
    except (smtplib.SMTPException, OSError) as error:
        raise MailRefused(
            f"{settings.host}:{settings.port} cannot be reached: {_short(str(error))}", for_good=False
        ) from error


def _connection(settings: MailSettings, timeout_s: float) -> smtplib.SMTP:
    """An open connection, encrypted as configured: with `starttls` nothing goes in the clear."""
    if settings.security == "tls":
        return smtplib.SMTP_SSL(settings.host, settings.port, timeout=timeout_s, context=_trust(settings))
    server = smtplib.SMTP(settings.host, settings.port, timeout=timeout_s)
    if settings.security == "starttls":
        try:
            server.starttls(context=_trust(settings))
        except BaseException:
            server.close()
            raise
    return server


def _trust(settings: MailSettings) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=settings.ca_file or None)


def _password(settings: MailSettings) -> str:
    file = Path(settings.password_file)
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise MailRefused(f"{file}: the password cannot be read", for_good=False) from error


def _refused(code: int, words: bytes | str) -> MailRefused:
    return MailRefused(f"refused with {code}: {_text(words)}", for_good=500 <= code < 600)


def _text(words: bytes | str) -> str:
    return _short(words.decode("utf-8", "replace") if isinstance(words, bytes) else words)


def _short(words: str) -> str:
    return " ".join(words.split())[:LONGEST_WORDS]
