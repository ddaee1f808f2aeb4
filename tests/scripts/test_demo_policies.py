from datetime import timedelta

import psycopg
import pytest

from matchmaking.clock import ShiftedClock
from matchmaking.db.session import Database
from schemas.vocabulary import PolicyKind
from scripts.demo.accounts import DemoPassword
from scripts.demo.loader import load_into
from scripts.demo.policies import demo_measures

pytestmark = pytest.mark.database
HELD = "SELECT state, invented, title_zh, document, valid_until, cardinality(bank_ids) FROM policy_measure"


async def test_measures_of_the_demo_say_that_they_are_invented_and_are_renewed_in_time(
    database: Database, clock: ShiftedClock, superuser_url: str
) -> None:
    password = DemoPassword("abcde-fghjk-mnpqr")
    changes = await load_into(database, password)
    assert changes.added["policy_measures"] == len(demo_measures()) >= len(PolicyKind)
    with psycopg.connect(superuser_url) as behind:
        rows = behind.execute(HELD).fetchall()
    for state, invented, title, document, _, _ in rows:
        assert (state, invented) == ("open", True)
        assert "虚构" in title
        assert "虚构" in document
    assert {row[5] for row in rows} >= {0, 2}
    clock.advance(timedelta(days=320))
    later = await load_into(database, password)
    assert "policy_measures" not in later.added
    assert later.renewed["policy_measures"] == len(demo_measures())
    with psycopg.connect(superuser_url) as behind:
        ends = [row[4] for row in behind.execute(HELD).fetchall()]
    assert min(ends) > clock.now().date() + timedelta(days=60)


def test_every_kind_of_measure_is_there_and_names_its_office() -> None:
    measures = demo_measures()
    assert {measure.kind for measure in measures} == set(PolicyKind)
    assert len({measure.key for measure in measures}) == len(measures)
    assert all(measure.office.endswith("_office") for measure in measures)
