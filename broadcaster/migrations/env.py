"""Alembic's way in: the engine comes from the application, the tables from every room's models."""

from __future__ import annotations

from alembic import context

import broadcaster.tables  # noqa: F401 - so that every room's tables are known
from broadcaster.database import Base
from broadcaster.errors import BroadcasterError
from broadcaster.newsroom.search_tables import is_modelled

engine = context.config.attributes["engine"]

with engine.connect() as connection:
    on_sqlite = connection.dialect.name == "sqlite"
    if on_sqlite:
        # SQLite changes a table by making it anew: while it is away, what refers to it must not mind.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=on_sqlite,
        compare_type=True,
        include_name=is_modelled,
        user_module_prefix="broadcaster.database.",
    )
    with context.begin_transaction():
        context.run_migrations()
        if on_sqlite and (lost := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
            raise BroadcasterError(f"the database was left as it was: a row of {lost[0]} refers to nothing")
    connection.commit()
    if on_sqlite:
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
