from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select

from matchmaking.db.session import Database
from matchmaking.ranking.anonymity import AMOUNT_FLOORS, LEAST_AT_MAKING, LEAST_FITTING
from matchmaking.services.need_card_making import make_missing
from matchmaking.services.need_card_register import load_register
from matchmaking.tables.cards import NeedCard
from matchmaking.tables.needs import FinancingNeed
from matchmaking.tables.research import ResearchDemand
from scripts.demo.accounts import DemoPassword
from scripts.demo.loader import load_into
from tests.ranking.test_anonymity import card_of, outsider_fits

pytestmark = [pytest.mark.database, pytest.mark.gate("G1")]


async def test_every_card_of_the_demo_city_fits_five_also_after_one_leaves(
    database: Database, record_property: Any
) -> None:
    """Of whatever each enterprise could post, and of what the demo has posted."""
    await load_into(database, DemoPassword("abcde-fghjk-mnpqr"))
    async with database.as_system() as system:
        register = await load_register(system)
        for table in (FinancingNeed, ResearchDemand):
            await make_missing(system, table, register)
        stored = list((await system.execute(select(NeedCard))).scalars())
    made = [{**row.traits, "lowest_fen": row.lowest_fen} for row in stored]
    shown: Counter[str] = Counter()
    for enterprise in register.enterprises:
        cell = register.cell_of(enterprise.enterprise_id)
        assert cell is not None
        made += [card_of(cell, floor + 1) for floor in AMOUNT_FLOORS]
        shown.update(name for name in ("cluster", "chain", "district") if getattr(cell.traits, name))
    fewest = len(register.enterprises)
    for card in made:
        fitting = [one for one in register.enterprises if outsider_fits(card, one, dict(register.cluster_of))]
        fewest = min(fewest, len(fitting))
        assert all(sum(one is not leaver for one in fitting) >= LEAST_FITTING for leaver in fitting)
    assert fewest >= LEAST_AT_MAKING
    told = ", ".join(f"{name} of {number}" for name, number in sorted(shown.items()))
    record_property(
        "figure",
        f"demo city: {len(register.enterprises)} firms, {len(stored)} cards posted, {len(made)} possible:"
        f" each fits >= {fewest}, >= {fewest - 1} after one leaves; shown: {told}",
    )
