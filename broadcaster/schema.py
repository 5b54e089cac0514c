"""The schema's versions: bring a database up to date, or say whether it is."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

import broadcaster.tables  # noqa: F401 - so that every append-only table is known
from broadcaster.append_only import protect_tables
from broadcaster.errors import BroadcasterError
from broadcaster.newsroom.search_tables import make_search_tables


def _config(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine) -> None:
    """Run every migration the database lacks; then see that append-only tables are guarded.

    `BroadcasterError` for a database of a newer version; it is left as it is.
    """
    refuse_newer(engine)
    command.upgrade(_config(engine), "head")
    with engine.begin() as connection:
        protect_tables(connection)
        make_search_tables(connection)


def stamp(engine: Engine) -> None:
    """Say of a database whose tables were made from the models that it has the newest schema."""
    command.stamp(_config(engine), "head")


def is_current(engine: Engine) -> bool:
    """Whether the database has the newest schema."""
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_heads()
    return set(found) == set(ScriptDirectory.from_config(_config(engine)).get_heads())


def refuse_newer(engine: Engine) -> None:
    """`BroadcasterError` when the database was made by a newer version of this software."""
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_heads()
    known = {script.revision for script in ScriptDirectory.from_config(_config(engine)).walk_revisions()}
    if not set(found) <= known:
        raise BroadcasterError(
            "the database was made by a newer version of this software; install that version, "
            "or restore the backup from before"
        )


def write_migration(engine: Engine, message: str) -> None:
    """For developers: a new revision from the difference between the database and the models."""
    command.revision(_config(engine), message=message, autogenerate=True)


def reason(error: SQLAlchemyError) -> str:
    """Why the database refused, in one line, without the statement."""
    cause = getattr(error, "orig", None) or error
    return " ".join(str(cause).split())
