"""What the demo shelf promises: everything there is of each, and an answer of each kind for every chain."""

from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import httpx
import pytest
from sqlalchemy import select
from sqlmodel import col

from matchmaking.access.actor import Actor
from matchmaking.clock import ShiftedClock
from matchmaking.db.session import Database, ReadSession
from matchmaking.ranking import Candidate, rank
from matchmaking.ranking.eligibility import covers
from matchmaking.ranking.research import rank_capabilities
from matchmaking.ranking.research_request import ResearchRequest
from matchmaking.services.match_inputs import freeze_asking
from matchmaking.services.offer_catalogue import OfferReader, offer_of
from matchmaking.services.research_texts import capability_candidate, demand_facts
from matchmaking.tables.needs import FinancingNeed
from matchmaking.tables.offers import CreditProduct
from matchmaking.tables.research import Capability, ResearchDemand
from schemas.eligibility import FACTS
from schemas.vocabulary import (
    CapabilityKind,
    FactName,
    Honour,
    LprTerm,
    NeedState,
    OrganizationKind,
    ProductKind,
    Role,
    UnitKind,
    Verdict,
)
from scripts.demo.accounts import DemoPassword
from scripts.demo.data import SOURCE, DemoOrganization, demo_city, demo_id
from scripts.demo.loader import load_into
from scripts.demo.loading import Changes, Loading
from scripts.demo.reference_data import rows_of
from scripts.demo.wishes import demand_id, need_id

PASSWORD = DemoPassword("abcde-fghjk-mnpqr")
CHAINS = tuple(row["code"] for row in rows_of("taxonomies") if row["scheme"] == "chain")
DISTRICTS = ("320612", "320613", "320614", "320623", "320681", "320682", "320685")
# Headcounts where micro, small and medium firms of industry end.
SIZES = (20, 300, 1_000)
# The days on which a rate changed, as published.
STEPS = {
    LprTerm.ONE_YEAR: [
        *("2019-09-20", "2019-11-20", "2020-02-20", "2020-04-20", "2021-12-20", "2022-01-20"),
        *("2022-08-22", "2023-06-20", "2023-08-21", "2024-07-22", "2024-10-21", "2025-05-20"),
    ],
    LprTerm.FIVE_YEARS: [
        *("2019-11-20", "2020-02-20", "2020-04-20", "2022-01-20", "2022-05-20", "2022-08-22"),
        *("2023-06-20", "2024-02-20", "2024-07-22", "2024-10-21", "2025-05-20"),
    ],
}
PROMISED = (Verdict.ELIGIBLE, Verdict.INCOMPLETE, Verdict.NEAR_MISS)


def _of(kind: OrganizationKind) -> list[DemoOrganization]:
    return [one for one in demo_city().organizations if one.kind is kind]


def _chains(enterprise: DemoOrganization) -> tuple[str, ...]:
    value = enterprise.facts[FactName.CHAINS].value
    assert isinstance(value, tuple)
    return value


def _chains_of(key: str) -> tuple[str, ...]:
    return _chains(demo_city().organization(key))


@pytest.fixture
async def loading(database: Database) -> Loading:
    await load_into(database, PASSWORD)
    async with database.as_system() as session:
        return Loading(session, demo_city(), PASSWORD, Changes())


@pytest.mark.database
async def test_in_each_chain_some_enterprise_gets_an_answer_of_each_kind_to_its_need(
    loading: Loading, database: Database
) -> None:
    """By the offers of the invented banks alone: what public pages add may only be more."""
    found: dict[str, list[dict[Verdict, int]]] = defaultdict(list)
    offers = await _invented_offers(database)
    async with database.as_system() as session:
        for demo in demo_city().needs:
            owner = loading.root_actor(demo.enterprise, Role.OWNER)
            counts = await _counts(session, owner, demo.key, offers)
            for chain in _chains_of(demo.enterprise):
                found[chain].append(counts)
            assert counts[Verdict.ELIGIBLE], f"nobody serves {demo.key}"
    assert set(found) == set(CHAINS)
    for chain, answers in found.items():
        assert any(all(counts[verdict] for verdict in PROMISED) for counts in answers), (chain, answers)


async def _invented_offers(database: Database) -> tuple[Candidate, ...]:
    async with database.system.connect() as connection:
        catalogue = await OfferReader().load(connection)
        products = select(col(CreditProduct.id)).where(col(CreditProduct.source) == SOURCE)
        invented = set((await connection.execute(products)).scalars())
    offers = [offer_of(keepsake) for keepsake in catalogue.keepsakes]
    return tuple(offer.candidate for offer in offers if offer.product_id in invented)


async def _counts(
    session: ReadSession, owner: Actor, key: str, offers: tuple[Candidate, ...]
) -> dict[Verdict, int]:
    statement = select(FinancingNeed).where(col(FinancingNeed.id) == need_id(key))
    need = (await session.execute(statement)).scalar_one()
    asking = await freeze_asking(session, owner, need)
    return rank(replace(asking, candidates=offers)).counts


@pytest.mark.database
async def test_in_each_chain_a_capability_of_that_chain_fits_some_demand(
    loading: Loading, database: Database
) -> None:
    fitting: set[str] = set()
    async with database.as_system() as session:
        held = select(Capability).where(col(Capability.source) == SOURCE)
        capabilities = {str(one.id): one for one in (await session.execute(held)).scalars()}
        for demo in demo_city().demands:
            statement = select(ResearchDemand).where(col(ResearchDemand.id) == demand_id(demo.key))
            request = ResearchRequest(
                demand=demand_facts((await session.execute(statement)).scalar_one()),
                candidates=tuple(capability_candidate(one) for one in capabilities.values()),
                reference_date=loading.today,
            )
            first = rank_capabilities(request).candidates[0]
            # The first of all is of the chain that was asked for, so its words reached the right laboratory.
            if first.verdict is Verdict.ELIGIBLE and demo.chain in capabilities[first.candidate_id].chains:
                fitting.add(demo.chain)
    assert fitting == set(CHAINS)


@pytest.mark.database
@pytest.mark.parametrize(
    ("login", "path", "listing"),
    [
        ("demo-jiangfeng-tongzhou", "/v1/need-cards?adoption_id=", "adoption loom jiangfeng_tongzhou"),
        ("demo-lab", "/v1/demand-cards?capability_id=", "capability bedding_comfort"),
    ],
)
async def test_providers_have_cards_to_look_at_that_name_nobody(
    loading: Loading, client: httpx.AsyncClient, login: str, path: str, listing: str
) -> None:
    cards = await _read(client, login, f"{path}{demo_id(listing)}&limit=100")
    assert len(cards["items"]) >= 3, cards
    for enterprise in loading.city.organizations:
        if enterprise.facts:
            assert enterprise.name_zh[:2] not in str(cards), enterprise.key
            assert enterprise.credit_code not in str(cards)


@pytest.mark.database
async def test_whoever_has_no_password_cannot_sign_in(loading: Loading, client: httpx.AsyncClient) -> None:
    silent = [
        person.login
        for organization in loading.city.organizations
        for person in organization.people
        if not person.signs_in
    ]
    assert len(silent) > 50
    for password in (PASSWORD.text, "x"):
        body = {"login": silent[0], "password": password}
        refused = await client.post("/v1/sessions", json=body)
        assert (refused.status_code, refused.json()["code"]) == (401, "sign_in_failed")


@pytest.mark.database
async def test_a_laboratory_secretary_and_both_officials_find_their_work(
    loading: Loading, client: httpx.AsyncClient
) -> None:
    capabilities = await _read(client, "demo-lab", "/v1/capabilities?limit=100")
    assert len(capabilities["items"]) > 40
    demands = await _read(client, "demo-science", "/v1/research-demands?limit=100&state=open")
    assert len(demands["items"]) >= 20
    needs = await _read(client, "demo-finance", "/v1/financing-needs?limit=100&state=open")
    assert len(needs["items"]) == len(loading.city.needs) >= 20


async def _read(client: httpx.AsyncClient, login: str, path: str) -> dict[str, list[object]]:
    body = {"login": login, "password": PASSWORD.text}
    started = await client.post("/v1/sessions", json=body)
    assert started.status_code == 201, started.text
    token = started.json()["access_token"]
    answer = await client.get(path, headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    read: dict[str, list[object]] = answer.json()
    return read


@pytest.mark.database
async def test_what_people_moved_on_is_neither_posted_again_nor_renewed(
    loading: Loading, database: Database, clock: ShiftedClock
) -> None:
    withdrawn = need_id(loading.city.needs[0].key)
    async with database.as_system() as session:
        need = await session.get_one(FinancingNeed, withdrawn)
        need.state = NeedState.WITHDRAWN
    clock.advance(timedelta(days=350))
    changes = await load_into(database, PASSWORD)
    assert changes.added == {}
    assert changes.renewed["needs"] == len(loading.city.needs) - 1
    async with database.as_system() as session:
        need = await session.get_one(FinancingNeed, withdrawn)
        assert (need.state, need.version) == (NeedState.WITHDRAWN, 1)
        other = await session.get_one(FinancingNeed, need_id(loading.city.needs[1].key))
        assert session.instant.date() < other.needed_by == other.expires_on
        assert (other.state, other.version) == (NeedState.OPEN, 2)


def test_enterprises_cover_chains_districts_sizes_and_honours() -> None:
    enterprises = _of(OrganizationKind.ENTERPRISE)
    assert len(enterprises) >= 60
    chains = Counter(chain for enterprise in enterprises for chain in _chains(enterprise))
    assert set(chains) == set(CHAINS)
    # Fewer than five of a chain could not be told apart from it on a card.
    assert min(chains.values()) >= 5
    assert {enterprise.district for enterprise in enterprises} == set(DISTRICTS)
    heads = [fact.value for one in enterprises if (fact := one.facts.get(FactName.HEADCOUNT))]
    assert {bisect(SIZES, count) for count in heads} == {0, 1, 2, 3}
    held = {honour for one in enterprises for honour in _codes(one, FactName.HONOURS)}
    assert held == set(Honour)
    leading = {
        chain
        for one in enterprises
        if Honour.CHAIN_LEADER in _codes(one, FactName.HONOURS)
        for chain in _chains(one)
    }
    assert leading == set(CHAINS)


def _codes(enterprise: DemoOrganization, name: FactName) -> tuple[str, ...]:
    fact = enterprise.facts.get(name)
    return fact.value if fact is not None and isinstance(fact.value, tuple) else ()


def test_every_fact_that_can_be_stated_is_known_of_most_and_unknown_of_some() -> None:
    enterprises = _of(OrganizationKind.ENTERPRISE)
    known = Counter(name for enterprise in enterprises for name in enterprise.facts)
    assert set(known) == {name for name in FactName if not FACTS[name].reckoned_from}
    assert min(known.values()) > len(enterprises) // 2
    assert any(count < len(enterprises) for count in known.values())


def test_a_fact_says_of_each_enterprise_what_its_register_says() -> None:
    for enterprise in _of(OrganizationKind.ENTERPRISE):
        assert enterprise.facts[FactName.DISTRICT].value == enterprise.district
        assert enterprise.credit_code_stem[2:8] == enterprise.district


def test_institutions_have_their_trees_and_officials_their_lines_of_duty() -> None:
    counts = Counter(one.kind for one in demo_city().organizations)
    assert counts[OrganizationKind.BANK] >= 4
    assert counts[OrganizationKind.UNIVERSITY] >= 4
    assert counts[OrganizationKind.VOCATIONAL_COLLEGE] >= 2
    assert counts[OrganizationKind.RESEARCH_INSTITUTE] == counts[OrganizationKind.GUARANTOR] == 1
    for bank in _of(OrganizationKind.BANK):
        assert {unit.kind for unit in bank.units} >= {UnitKind.BRANCH, UnitKind.SUB_BRANCH}
        assert {person.role for person in bank.people} == {Role.PRODUCT_MANAGER, Role.CLERK}
    for university in _of(OrganizationKind.UNIVERSITY):
        assert {unit.kind for unit in university.units} == {UnitKind.SCHOOL, UnitKind.LABORATORY}
    served = {code for bank in _of(OrganizationKind.BANK) for unit in bank.units for code in unit.territory}
    assert served >= set(DISTRICTS)
    (government,) = _of(OrganizationKind.GOVERNMENT)
    duties = {(unit.line_of_duty, unit.area) for unit in government.units}
    assert {(duty, "320600") for duty in ("finance", "science", "industry")} < duties


def test_products_of_every_kind_are_offered_and_every_district_has_several() -> None:
    products = demo_city().products
    assert {product.kind for product in products} == set(ProductKind)
    for product in products:
        assert product.terms.rules.all_of, product.key
    adoptions = [adoption for product in products for adoption in product.adoptions]
    for district in DISTRICTS:
        serving = [one for one in adoptions if any(_covers(code, district) for code in one.territory)]
        assert len(serving) > 8, district
    read = {rule.fact for product in products for rule in _rules(product.terms.rules.all_of)}
    assert len(read) > 15


def _covers(listed: str, district: str) -> bool:
    return covers(FactName.DISTRICT, listed, district)


def _rules(entries: object) -> Iterator[object]:
    for entry in entries:  # type: ignore[attr-defined]
        yield from getattr(entry, "any_of", (entry,))


def test_capabilities_of_every_kind_reach_every_chain() -> None:
    capabilities = demo_city().capabilities
    assert {capability.kind for capability in capabilities} == set(CapabilityKind)
    assert {chain for capability in capabilities for chain in capability.chains} == set(CHAINS)
    for capability in capabilities:
        institution = demo_city().organization(capability.institution)
        assert capability.unit in {unit.key for unit in institution.units}, capability.key


def test_no_abstract_that_strangers_read_names_an_enterprise() -> None:
    for demand in demo_city().demands:
        name = demo_city().organization(demand.enterprise).name_zh
        assert name[:2] not in demand.public_abstract + demand.title


def test_reference_rates_are_those_of_every_month_from_the_reform_on() -> None:
    rates = {(rate.term, rate.published_on): rate.basis_points for rate in demo_city().rates}
    assert len(rates) == len(demo_city().rates)
    days = sorted({day for _, day in rates})
    assert len(rates) == 2 * len(days)
    assert (days[0], days[-1]) == (date(2019, 8, 20), date(2026, 5, 20))
    months = [day.year * 12 + day.month for day in days]
    assert months == list(range(months[0], months[-1] + 1))
    assert all(day.isoweekday() < 6 or day == date(2021, 2, 20) for day in days)
    steps = {
        term: [str(day) for before, day in pairwise(days) if rates[term, before] != rates[term, day]]
        for term in LprTerm
    }
    assert steps == STEPS
    assert rates[LprTerm.ONE_YEAR, days[-1]] == 300
    assert rates[LprTerm.FIVE_YEARS, days[-1]] == 350
