"""Alembic's entry: one transaction for the whole upgrade, so that a failed one leaves nothing behind."""

from alembic import context
from sqlalchemy import create_engine, pool

import matchmaking.tables.everything  # noqa: F401 - fills the metadata
from matchmaking.tables.base import Row


def _run() -> None:
    engine = create_engine(context.config.attributes["owner_url"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=Row.metadata, compare_type=True)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


_run()
