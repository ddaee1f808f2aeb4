from datetime import timedelta
from uuid import uuid4

import pytest

from city import City, Member, product_draft, today
from matchmaking.clock import ShiftedClock
from schemas.vocabulary import OrganizationKind, Role
from tests.api.consent_steps import consent_draft, give, revoke
from tests.api.neighbours import PLAIN, settle_neighbours, state_facts
from tests.api.steps import Thing, done, items, path_of, refused

pytestmark = pytest.mark.database
FACTS = "/v1/enterprise-facts"
YOUNG_RULE = {"fact": "headcount", "operator": "at_least", "unit": "count", "value": 100}


async def asked(city: City) -> tuple[Thing, Thing]:
    """An open need with a card, and the product of the bank that reads the headcount."""
    await settle_neighbours(city, 6)
    await state_facts(city, city.mill.actor.organization_id, PLAIN)
    rules = {"all_of": [YOUNG_RULE]}
    path = await path_of(city, product_changes={"terms": {"rules": rules}}).reach("need_open")
    return path.product, path.need


async def fits(clerk: Member, product: Thing) -> list[str]:
    path = f"/v1/need-cards?adoption_id={product['adoption_id']}"
    return [card["fit"] for card in done(await clerk.get(path))["items"]]


async def test_strangers_neither_see_nor_revoke_a_consent(city: City) -> None:
    consent = await give(city.mill, city.clerk)
    there = f"/v1/consents/{consent['id']}"
    refused(await city.other_mill.get(there), 404, "not_found")
    refused(await city.other_mill.post(f"{there}/revoke", seen=1), 404, "not_found")
    assert await items(city.other_mill, "/v1/consents") == []
    for outsider in (city.clerk, city.official):
        refused(await outsider.get(there), 403, "not_permitted")
        refused(await outsider.get("/v1/disclosures"), 403, "not_permitted")


async def test_only_the_owner_consents(city: City) -> None:
    accountant = await city.beside(city.mill, Role.ACCOUNTANT)
    refused(await accountant.post("/v1/consents", consent_draft(city.clerk)), 403, "not_permitted")
    consent = await give(city.mill, city.clerk)
    there = f"/v1/consents/{consent['id']}"
    refused(await accountant.post(f"{there}/revoke", seen=1), 403, "not_permitted")
    assert done(await accountant.get(there))["id"] == consent["id"]


async def test_a_consent_is_for_one_provider_and_ends(city: City) -> None:
    pointer = "/counterparty_organization_id"
    for nobody in (city.other_mill, city.official):
        draft = consent_draft(nobody)
        refused(await city.mill.post("/v1/consents", draft), 422, "counterparty_not_a_provider", pointer)
    draft = consent_draft(city.clerk, counterparty_organization_id=str(uuid4()))
    refused(await city.mill.post("/v1/consents", draft), 422, "counterparty_not_a_provider", pointer)
    for days in (-1, 367):
        draft = consent_draft(city.clerk, expires_on=(today() + timedelta(days=days)).isoformat())
        refused(await city.mill.post("/v1/consents", draft), 422, "consent_end_out_of_range", "/expires_on")


async def test_nothing_is_read_by_default(city: City) -> None:
    product, _ = await asked(city)
    assert await fits(city.clerk, product) == ["facts_not_shared"]
    assert await items(city.mill, "/v1/disclosures") == []


async def test_a_question_reads_what_was_consented_and_is_disclosed(city: City) -> None:
    product, need = await asked(city)
    await give(city.mill, city.clerk, "scale", "tax")
    assert await fits(city.clerk, product) == ["fits"]
    (disclosure,) = await items(city.mill, "/v1/disclosures")
    assert disclosure["kind"] == "fit_question"
    assert disclosure["field_groups"] == ["scale"], "tax was consented to, and no rule read it"
    assert disclosure["need_id"] == need["id"]
    assert disclosure["counterparty_organization_id"] == str(city.clerk.actor.organization_id)


async def test_consent_is_towards_one_provider_and_for_one_group(city: City) -> None:
    product, _ = await asked(city)
    await give(city.mill, city.other_clerk, "scale")
    await give(city.mill, city.clerk, "tax")
    assert await fits(city.clerk, product) == ["facts_not_shared"]
    assert await items(city.mill, "/v1/disclosures") == []


async def test_another_enterprises_consent_opens_nothing(city: City) -> None:
    product, _ = await asked(city)
    await give(city.other_mill, city.clerk, "scale")
    assert await fits(city.clerk, product) == ["facts_not_shared"]


async def test_a_revoked_consent_ends_with_the_next_question(city: City) -> None:
    product, _ = await asked(city)
    consent = await give(city.mill, city.clerk, "scale")
    assert await fits(city.clerk, product) == ["fits"]
    revoked = await revoke(city.mill, consent)
    assert not revoked["in_force"]
    assert await fits(city.clerk, product) == ["facts_not_shared"]
    again = await city.mill.post(f"/v1/consents/{consent['id']}/revoke", seen=revoked["version"])
    refused(again, 409, "consent_revoked_already")


async def test_a_consent_expires(city: City, clock: ShiftedClock) -> None:
    product, _ = await asked(city)
    draft = consent_draft(city.clerk, expires_on=today().isoformat())
    consent = done(await city.mill.post("/v1/consents", draft), 201)
    assert consent["in_force"]
    assert await fits(city.clerk, product) == ["fits"]
    clock.advance(timedelta(days=1))
    for member in (city.clerk, city.mill):
        member.token = city.gate.issuer.issue(member.actor).token
    assert await fits(city.clerk, product) == ["facts_not_shared"]
    (listed,) = await items(city.mill, "/v1/consents")
    assert not listed["in_force"]


async def test_a_rule_that_is_not_met_says_so_and_not_by_how_much(city: City) -> None:
    product, _ = await asked(city)
    await give(city.mill, city.clerk, "scale")
    await state_facts(city, city.mill.actor.organization_id, {"overdue_debt": True})
    terms = product_draft(terms={"rules": {"all_of": [YOUNG_RULE | {"value": 500}]}})["terms"]
    there = f"/v1/credit-products/{product['id']}"
    seen = done(await city.product_manager.get(there))["version"]
    changed = await city.product_manager.call("PATCH", there, {"terms": terms}, seen=seen)
    assert changed.status_code == 200
    answer = await city.clerk.get(f"/v1/need-cards?adoption_id={product['adoption_id']}")
    assert [card["fit"] for card in done(answer)["items"]] == ["does_not_fit"]
    assert "120" not in answer.text


async def test_an_introduction_is_a_disclosure(city: City) -> None:
    path = await path_of(city).reach("requested")
    (disclosure,) = await items(city.mill, "/v1/disclosures")
    assert disclosure["kind"] == "introduction"
    assert disclosure["id"] == path.introduction["id"]
    assert disclosure["need_id"] == path.need["id"]
    assert disclosure["counterparty_unit_id"] == str(city.clerk.actor.unit_id)
    assert await items(city.other_mill, "/v1/disclosures") == []


async def test_consents_stand_in_the_journal(city: City) -> None:
    await revoke(city.mill, await give(city.mill, city.clerk))
    actions = [entry["action"] for entry in await items(city.mill, "/v1/journal-entries")]
    assert actions[:2] == ["consents.revoke", "consents.create"]


async def test_providers_of_every_kind_may_be_consented_to(city: City) -> None:
    secretary = await city.enrol(OrganizationKind.UNIVERSITY, Role.SECRETARY)
    consent = await give(city.mill, secretary, "innovation")
    assert consent["in_force"]
    assert consent["field_groups"] == ["innovation"]
