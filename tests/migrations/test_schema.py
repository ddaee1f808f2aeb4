"""The migrated database is what the tables in code say; row policies have a test of their own."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

import matchmaking.tables.everything  # noqa: F401 - fills the metadata
from matchmaking.migrations import migrate
from matchmaking.services.foundation import Foundation
from matchmaking.tables.base import Row
from matchmaking.tables.identity import ENTER_FUNCTION

pytestmark = [pytest.mark.database, pytest.mark.oldest]


def test_migrations_and_tables_do_not_differ(foundation: Foundation) -> None:
    engine = create_engine(foundation.owner_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Row.metadata) == []
    engine.dispose()


def test_a_migrated_database_is_left_as_it_is(foundation: Foundation) -> None:
    migrate(foundation.owner_url)


def test_the_function_that_lets_actors_in_is_the_one_in_code(foundation: Foundation) -> None:
    engine = create_engine(foundation.owner_url)
    with engine.connect() as connection:
        body = connection.exec_driver_sql("SELECT prosrc FROM pg_proc WHERE proname = 'enter'").scalar_one()
    engine.dispose()
    assert body in ENTER_FUNCTION
