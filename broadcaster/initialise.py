"""`broadcaster init`: a data folder that `serve` can start from. Running it again upgrades it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from broadcaster import schema
from broadcaster.accounts.service import make_roles, people, record
from broadcaster.config import FILE_NAME, load_settings
from broadcaster.errors import BroadcasterError
from broadcaster.places.service import make_districts
from broadcaster.secret import make_secret

DEFAULTS = """\
# Settings of this province server. A line that begins with # shows the value in force without it.
# The environment wins over this file: BROADCASTER_SERVER__PORT=8090 and so on.

[server]
# host = "127.0.0.1"
# port = 8080
# threads = 64              # stations waiting for news hold one each
# secure_cookies = false    # true as soon as people come by https
# trusted_proxy = ""        # the address of a proxy such as nginx in front of this server

[database]
# url = ""                  # empty: SQLite in this folder; or postgresql+psycopg://…

[audio]
# store = ""                # empty: the folder audio/ here; or s3://bucket/folder
# originals = ""            # where files are kept as they were brought; empty: the folder originals/ here
# keep_originals = true     # without them, trimming starts from the broadcast copy
# max_upload_bytes = 2147483648
# keep_free_bytes = 524288000 # of this disk, never filled by uploads
# quota_bytes = 0           # bounds everything stored and arriving; 0: no bound
# uploads_per_person = 50   # unfinished ones

[province]
# code = "LA15"
# time_zone = "Asia/Vientiane"
# quiet_from = "21:00"
# quiet_until = "05:00"
# author_may_approve = false

[accounts]
# second_factor = "offered" # "required": administrators and approvers must use an authenticator app

[newsroom]
# language_check = "offered" # or "required": a speaker listens before it is approved; or "off"
# author_may_check = false

[mail]
# host = ""                 # the SMTP server; empty: no e-mail is sent
# port = 587
# security = "starttls"     # or "tls" (port 465), or "none"
# user = ""
# password_file = ""        # a file that holds the password alone
# from = ""                 # as in "Sekong Broadcaster <news@example.org>"
# base_url = ""             # where people open these pages, as in "https://broadcaster.example.org"
# ca_file = ""              # certificates to trust, if not the system's
"""


@dataclass(frozen=True)
class InitResult:
    """What `init` made; what stood already is left as it was."""

    data: Path
    configuration: bool
    secret: bool
    places: int
    schema_upgraded: bool
    somebody: bool


def initialise(data: Path, now: datetime) -> InitResult:
    """Folder, configuration with commented defaults, secret, database at the newest schema, districts, roles.

    `ConfigurationError` for a damaged configuration, `BroadcasterError` when the folder or the database
    cannot be reached.
    """
    try:
        if not data.exists():  # a folder that somebody else made keeps the rights they gave it
            data.mkdir(mode=0o700, parents=True)
        file = data / FILE_NAME
        new_file = not file.exists()
        if new_file:
            file.write_text(DEFAULTS, encoding="utf-8")
        new_secret = make_secret(data)
    except OSError as error:
        raise BroadcasterError(f"{error.filename or data}: cannot be written: {error.strerror}") from error
    settings = load_settings(data)
    engine = create_engine(settings.database_url)
    try:
        if not settings.database.url:
            _own_file(data / "broadcaster.db")
        upgraded = not schema.is_current(engine)
        schema.upgrade(engine)
        with Session(engine) as session:
            make_roles(session)
            places = make_districts(session)
            if places:
                record(session, action="place.init", subject="places", after={"added": places}, now=now)
            somebody = bool(people(session))
            session.commit()
    except SQLAlchemyError as error:
        raise BroadcasterError(f"the database cannot be made ready: {schema.reason(error)}") from error
    finally:
        engine.dispose()
    return InitResult(data.resolve(), new_file, new_secret, places, upgraded, somebody)


def _own_file(database: Path) -> None:
    """The database holds password hashes: its owner alone reads it. SQLite gives its side files the same."""
    try:
        database.touch(mode=0o600)
        database.chmod(0o600)
    except OSError as error:
        raise BroadcasterError(f"{database}: cannot be written: {error.strerror}") from error
