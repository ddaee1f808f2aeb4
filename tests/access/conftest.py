"""Somebody who can sign in, for the tests of access."""

import pytest

from city import City
from matchmaking.db.session import Database
from matchmaking.services.gate import Gate
from schemas.vocabulary import Role
from tests.access.newcomers import Newcomer, newcomer


@pytest.fixture
async def clerk(city: City, database: Database, gate: Gate) -> Newcomer:
    """A clerk of the bank, with a password of its own choice."""
    return await newcomer(database, gate, city.clerk.actor, Role.CLERK)
