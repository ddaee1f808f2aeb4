from typing import Any

import pytest

from city import City
from matchmaking.services.changed_facts import changed_facts
from schemas.vocabulary import FactName
from tests.api.steps import Thing, done, path_of


def _fact(name: str, value: object, as_of: str = "2026-01-01") -> dict[str, Any]:
    return {"name": name, "value": value, "as_of": as_of, "source": "self_declared"}


def test_the_same_value_with_a_later_date_is_no_change() -> None:
    before, now = _fact("headcount", 7), _fact("headcount", 7, "2026-06-01")
    assert changed_facts([before], [now]) == []


def test_another_value_an_added_and_a_missing_fact_are_changes() -> None:
    before = [_fact("headcount", 7), _fact("honours", [])]
    now = [_fact("headcount", 8), _fact("tax_credit_grade", "A")]
    assert changed_facts(before, now) == [FactName.HONOURS, FactName.HEADCOUNT, FactName.TAX_CREDIT_GRADE]


def test_no_is_not_the_same_as_not_known() -> None:
    assert changed_facts([_fact("overdue_debt", False)], []) == [FactName.OVERDUE_DEBT]  # noqa: FBT003 - the value of a fact


@pytest.mark.gate("G9")
@pytest.mark.database
async def test_facts_changed_after_a_verdict_are_marked_on_the_next_run(
    city: City, record_property: Any
) -> None:
    path = await path_of(city).reach("matched")
    assert path.run["facts_changed_since_previous_run"] == []
    fact = _fact("headcount", 88)
    done(await city.mill.post("/v1/enterprise-facts", {"facts": [fact]}), 201)
    wanted = {"need_id": path.need["id"]}
    run: Thing = done(await city.mill.post("/v1/match-runs", wanted), 201)
    assert run["facts_changed_since_previous_run"] == ["headcount"]
    stored = done(await city.mill.get(f"/v1/match-runs/{run['id']}"))
    assert stored == run
    again = done(await city.mill.post("/v1/match-runs", wanted), 201)
    assert again["facts_changed_since_previous_run"] == []
    record_property(
        "figure", "a fact stated after a verdict is marked on the next run and not on the one after"
    )
