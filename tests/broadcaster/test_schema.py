"""Migrations and models agree, on both databases; append-only tables are guarded after a migration too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DatabaseError

from broadcaster import schema
from broadcaster.database import Base
from broadcaster.errors import BroadcasterError
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
        context = MigrationContext.configure(connection, opts={"compare_type": False, "include_name": is_modelled})
        assert compare_metadata(context, Base.metadata) == []


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
    for statement in ("DELETE FROM audit_entry", "UPDATE audit_entry SET actor = 'x'"):
        with pytest.raises(DatabaseError, match="only grows"), empty.begin() as connection:
            connection.execute(text(statement))


def test_a_database_of_a_newer_version_is_left_alone(empty: Engine) -> None:
    """Said in words: init cannot go back."""
    schema.upgrade(empty)
    with empty.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'ffffffffffff'"))
    with pytest.raises(BroadcasterError, match="made by a newer version of this software"):
        schema.upgrade(empty)
