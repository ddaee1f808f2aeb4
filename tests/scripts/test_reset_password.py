import re

import pytest
from sqlalchemy import select

from city import City
from matchmaking.db.session import Database
from matchmaking.services.foundation import Foundation
from matchmaking.services.gate import Gate
from matchmaking.tables.followup import JournalEntry
from schemas.vocabulary import Role
from scripts.failures import CommandRefused
from scripts.password_reset import reset_login
from tests.access.newcomers import bearer, newcomer, signed_in
from tests.api.steps import refused
from tests.scripts.trials import ask, server_settings

pytestmark = pytest.mark.database


async def test_nobody_is_reset_under_an_unknown_login(city: City, database: Database) -> None:
    del city
    with pytest.raises(CommandRefused):
        await reset_login(database, "no.such.person")


async def test_an_only_owner_gets_in_again_and_out_where_signed_in(
    city: City, database: Database, gate: Gate
) -> None:
    owner = await newcomer(database, gate, city.other_mill.actor, Role.OWNER)
    before = await signed_in(city.client, owner.body)
    password = await reset_login(database, owner.login)
    assert (await city.client.get("/v1/me", headers=bearer(before))).status_code == 401
    refused(await city.client.post("/v1/sessions", json=owner.body), 401, "sign_in_failed")
    renewed = {"password": password, "new_password": "nineteen quiet otters"}
    await signed_in(city.client, owner.body | renewed)
    async with database.as_system() as system:
        wanted = select(JournalEntry.body).where(JournalEntry.action == "memberships.reset_password")
        (entry,) = (await system.execute(wanted)).scalars()
    assert owner.person_id not in entry
    assert password not in entry


def test_the_command_answers_an_unknown_login_with_a_sentence(foundation: Foundation) -> None:
    urls = (foundation.owner_url, foundation.app_url, foundation.system_url)
    told = ask("reset-password", "no.such.person", **server_settings(foundation.signing_key_pem, *urls))
    assert told.exit_code == 1
    assert "no.such.person" in told.output
    assert not re.search("Traceback", told.output)
