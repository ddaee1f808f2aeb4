"""Idempotency keys: asked for wherever something is made, one effect, one answer, each caller's own."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI

from city import City, Member, need_draft, product_draft
from matchmaking.clock import ShiftedClock
from matchmaking.services.foundation import Foundation
from matchmaking.settings import Settings
from routers.app import create_app
from schemas.vocabulary import Role
from tests.api.operations import operations_of
from tests.api.steps import adoption_draft, done, fact_draft, items, path_of, refused

pytestmark = pytest.mark.database
NEEDS = "/v1/financing-needs"
KEPT = ("content-type", "etag", "location")
# It is answered before there is an actor to whom a key could belong.
WITHOUT_KEY = "create_session"


@pytest.fixture
def app(settings: Settings, foundation: Foundation) -> FastAPI:
    return create_app(settings, foundation)


def test_every_operation_that_makes_something_takes_a_key(app: FastAPI) -> None:
    creating = [operation for operation in operations_of(app) if operation.makes]
    assert len(creating) > 10
    assert [operation.name for operation in creating if not operation.keyed] == [WITHOUT_KEY]


async def test_a_missing_or_malformed_key_is_refused_everywhere_and_nothing_is_made(
    city: City, app: FastAPI, superuser_url: str
) -> None:
    path = await path_of(city).reach("signed")
    agreement = f"/v1/agreements/{path.agreement['id']}/fulfilment-facts"
    adoptions = f"/v1/credit-products/{path.product['id']}/adoptions"
    administrator = await city.beside(city.product_manager, Role.ADMINISTRATOR)
    cases: dict[str, tuple[Member, str, Any]] = {
        "create_credit_product": (city.product_manager, "/v1/credit-products", product_draft()),
        "create_adoption": (city.product_manager, adoptions, adoption_draft(city.product_manager)),
        "create_financing_need": (city.mill, NEEDS, need_draft(city.mill.actor.person_id)),
        "record_enterprise_facts": (city.mill, "/v1/enterprise-facts", _facts()),
        "create_match_run": (city.mill, "/v1/match-runs", {"need_id": path.need["id"]}),
        "create_introduction": (city.mill, "/v1/introductions", {"candidate_id": path.need["id"]}),
        "create_agreement": (city.clerk, "/v1/agreements", path.agreement_draft()),
        "state_fulfilment_fact": (city.clerk, agreement, fact_draft()),
        "create_organization": (city.official, "/v1/organizations", _organization()),
        "create_unit": (administrator, "/v1/units", _unit(administrator)),
        "create_person": (administrator, "/v1/people", _person(administrator)),
        "create_api_key": (administrator, "/v1/api-keys", _api_key(administrator)),
    }
    # The key is looked at before what is sent, and before whether the caller may send it.
    for operation in operations_of(app):
        if operation.keyed and operation.name not in cases:
            cases[operation.name] = (city.mill, operation.path, {})
    before = _rows(superuser_url)
    for member, there, body in cases.values():
        for key in (None, "", "k" * 201, "键".encode()):
            headers = member.headers if key is None else {**member.headers, "idempotency-key": key}
            answer = await member.client.post(there, headers=headers, json=body)
            refused(answer, 400, "idempotency_key_missing")
    assert _rows(superuser_url) == before


async def test_a_repetition_has_one_effect_and_the_same_bytes(city: City) -> None:
    draft = need_draft(city.mill.actor.person_id)
    first = await city.mill.post(NEEDS, draft, key="monday")
    again = await city.mill.post(NEEDS, draft, key="monday")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert {name: again.headers[name] for name in KEPT} == {name: first.headers[name] for name in KEPT}
    assert len(await items(city.mill, NEEDS)) == 1
    path = f"{NEEDS}/{first.json()['id']}"
    done(await city.mill.post(f"{path}/submit", seen=1))
    later = await city.mill.post(NEEDS, draft, key="monday")
    assert later.content == first.content


async def test_the_same_key_with_another_request_is_refused(city: City) -> None:
    draft = need_draft(city.mill.actor.person_id)
    done(await city.mill.post(NEEDS, draft, key="k"), 201)
    refused(await city.mill.post(NEEDS, draft | {"amount_fen": 1}, key="k"), 422, "idempotency_key_reused")
    other = await city.mill.post("/v1/enterprise-facts", _facts(), key="k")
    refused(other, 422, "idempotency_key_reused")
    assert len(await items(city.mill, NEEDS)) == 1


async def test_keys_are_each_callers_own(city: City) -> None:
    colleague = await city.beside(city.mill, Role.ACCOUNTANT)
    for member in (city.mill, colleague, city.other_mill):
        done(await member.post(NEEDS, need_draft(member.actor.person_id), key="k"), 201)
    assert (len(await items(city.mill, NEEDS)), len(await items(city.other_mill, NEEDS))) == (2, 1)


async def test_a_refused_request_leaves_its_key_free(city: City) -> None:
    draft = need_draft(city.mill.actor.person_id)
    late = await city.mill.post(NEEDS, draft | {"needed_by": "2020-01-01"}, key="k")
    refused(late, 422, "needed_by_not_ahead", "/needed_by")
    done(await city.mill.post(NEEDS, draft, key="k"), 201)


async def test_an_answer_is_remembered_for_72_hours(
    city: City, clock: ShiftedClock, superuser_url: str
) -> None:
    draft = need_draft(city.mill.actor.person_id)
    first = await city.mill.post(NEEDS, draft, key="k")
    with psycopg.connect(superuser_url) as behind:
        age = "UPDATE remembered_answer SET created_at = %s"
        behind.execute(age, (clock.now() - timedelta(hours=71, minutes=59),))
        behind.commit()
        assert (await city.mill.post(NEEDS, draft, key="k")).content == first.content
        behind.execute(age, (clock.now() - timedelta(hours=72),))
    assert (await city.mill.post(NEEDS, draft, key="k")).json()["id"] != first.json()["id"]


async def test_a_key_does_not_open_what_its_caller_lost(city: City, superuser_url: str) -> None:
    draft = need_draft(city.mill.actor.person_id)
    done(await city.mill.post(NEEDS, draft, key="k"), 201)
    with psycopg.connect(superuser_url) as behind:
        behind.execute(
            "UPDATE membership SET ended_at = now() WHERE id = %s", (city.mill.actor.membership_id,)
        )
    refused(await city.mill.post(NEEDS, draft, key="k"), 401, "session_ended")


def _facts() -> dict[str, Any]:
    fact = {"name": "headcount", "value": 7, "as_of": "2026-01-01", "source": "self_declared"}
    return {"facts": [fact]}


def _organization() -> dict[str, Any]:
    return {"kind": "university", "name_zh": "新学院", "district": "320602"}


def _unit(administrator: Member) -> dict[str, Any]:
    return {"parent_id": str(administrator.actor.unit_id), "kind": "branch", "name_zh": "新支行"}


def _person(administrator: Member) -> dict[str, Any]:
    person = {"login": "lin.xin", "display_name": "林新", "role": "clerk"}
    return person | {"unit_id": str(administrator.actor.unit_id)}


def _api_key(administrator: Member) -> dict[str, Any]:
    key = {"name": "core", "role": "clerk", "scopes": ["tasks.list"], "expires_at": "2027-01-01T00:00:00Z"}
    return key | {"unit_id": str(administrator.actor.unit_id)}


def _rows(superuser_url: str) -> dict[str, int]:
    tables = (
        "credit_product",
        "product_adoption",
        "financing_need",
        "enterprise_fact",
        "match_run",
        "introduction",
        "agreement",
        "fulfilment_fact",
        "organization",
        "unit",
        "person",
        "api_key",
        "journal_entry",
        "remembered_answer",
    )
    with psycopg.connect(superuser_url) as behind:
        return {
            table: (behind.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,))[0]  # noqa: S608
            for table in tables
        }
