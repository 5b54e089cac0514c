"""Alembic's way in: the engine comes from the application, the tables from every room's models."""

from __future__ import annotations

from alembic import context

import broadcaster.tables  # noqa: F401 - so that every room's tables are known
from broadcaster.database import Base
from broadcaster.newsroom.search_tables import is_modelled

engine = context.config.attributes["engine"]

with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        include_name=is_modelled,
        user_module_prefix="broadcaster.database.",
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
