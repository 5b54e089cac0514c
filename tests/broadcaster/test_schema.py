"""Migrations and models agree, on both databases; append-only tables are guarded after a migration too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from broadcaster import schema
from broadcaster.database import Base
from broadcaster.errors import BroadcasterError
from broadcaster.jobs import Job
from broadcaster.newsroom.models import Recording
from broadcaster.newsroom.search_tables import is_modelled


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with nothing in it."""
    if request.param == "sqlite":
        engine = create_engine(f"sqlite:///{tmp_path / 'empty.db'}")
        yield engine
        engine.dispose()
        return
    server = create_engine(request.getfixturevalue("postgresql"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS migrated"))
        connection.execute(text("CREATE DATABASE migrated"))
    engine = create_engine(server.url.set(database="migrated"))
    yield engine
    engine.dispose()
    with server.connect() as connection:
        connection.execute(text("DROP DATABASE migrated WITH (FORCE)"))
    server.dispose()


def test_an_upgraded_database_has_exactly_the_models_tables(empty: Engine) -> None:
    """Nobody forgot a migration."""
    assert not schema.is_current(empty)
    schema.upgrade(empty)
    assert schema.is_current(empty)
    with empty.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": False, "include_name": is_modelled}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_a_database_of_the_first_version_keeps_its_rows(empty: Engine) -> None:
    """What was there before has the new columns' defaults afterwards."""
    command.upgrade(schema._config(empty), "0001")
    rows = (
        (
            "INSERT INTO person (id, email, name, active, language, created_at, fs_uniquifier) "
            "VALUES (1, 'editor@example.org', 'Editor', {true}, 'lo', '2026-01-01', 'x')"
        ),
        (
            "INSERT INTO announcement (id, title, kind, created_at, created_by_id) "
            "VALUES (1, 'Land law', 'law_orientation', '2026-01-01', 1)"
        ),
        (
            "INSERT INTO recording (id, announcement_id, language, version, original_name, state, "
            "verdict_figures, peaks, ingest, progress, error_figures, created_at) "
            "VALUES (1, 1, 'lo', 1, 'voice.wav', 'approved', '{{}}', '[]', 'done', 1.0, '{{}}', '2026-01-01')"
        ),
        (
            "INSERT INTO job (id, kind, payload, state, asked_at, run_after, tries) "
            "VALUES (1, 'publish_plans', '{{}}', 'done', '2026-01-01', '2026-01-01', 1)"
        ),
    )
    true = "1" if empty.dialect.name == "sqlite" else "true"
    with empty.begin() as connection:
        for row in rows:
            connection.exec_driver_sql(row.format(true=true))
    schema.upgrade(empty)
    with Session(empty) as session:
        recording = session.get_one(Recording, 1)
        assert (recording.announcement.title, recording.state) == ("Land law", "approved")
        assert recording.announcement.created_by is not None
        assert recording.announcement.created_by.email == "editor@example.org"
        assert session.get_one(Job, 1).crashes == 0


def test_upgrading_again_changes_nothing(empty: Engine) -> None:
    """`init` may run at every start."""
    schema.upgrade(empty)
    schema.upgrade(empty)
    assert schema.is_current(empty)


def test_the_trail_is_guarded_in_a_migrated_database(empty: Engine) -> None:
    """Migrations build their own tables; the guard comes with every upgrade."""
    schema.upgrade(empty)
    row = "INSERT INTO audit_entry (at, actor, action, subject) VALUES ('2026-01-01', 'a', 'b', 'c')"
    with empty.begin() as connection:
        connection.execute(text(row))
    changes = ["DELETE FROM audit_entry", "UPDATE audit_entry SET actor = 'x'"]
    if empty.dialect.name == "sqlite":  # which has a third way to change a row
        changes.append(
            row.replace("INSERT", "INSERT OR REPLACE").replace("(at", "(id, at").replace("('", "(1, '")
        )
    for statement in changes:
        with pytest.raises(DatabaseError, match="only grows"), empty.begin() as connection:
            connection.execute(text(statement))


def test_a_database_of_a_newer_version_is_left_alone(empty: Engine) -> None:
    """Said in words: init cannot go back."""
    schema.upgrade(empty)
    with empty.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'ffffffffffff'"))
    with pytest.raises(BroadcasterError, match="made by a newer version of this software"):
        schema.upgrade(empty)
