"""How many questions an enterprise answers after its five until the first five products are final.

It answered nothing else. What authorities' lists and systems of record say of it is there already, because
nobody is asked for that; the figure without it is told beside it and is no gate.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from statistics import median
from typing import Any

import pytest

from matchmaking.ranking import FinancingRequest, NeedFacts, ReferenceRate
from matchmaking.ranking.catalogue import Listed, ProductCatalogue, Vocabularies
from matchmaking.ranking.reasons import Missing
from schemas.credit_products import CreditProductTerms
from schemas.eligibility import FactValue
from schemas.vocabulary import FactName, FactSource, OrganizationKind, PledgeKind, PurposeKind
from scripts.demo.data import DemoOrganization, demo_city
from scripts.demo.reference_data import reference_products

TODAY = date(2026, 11, 20)
HELD_BY_AUTHORITIES = frozenset({FactSource.OFFICIAL_LIST, FactSource.SYSTEM_OF_RECORD})
FINAL = 5
MOST_QUESTIONS = 4
FEWEST_ENTERPRISES = 60
OF_NO_CANDIDATE = {"documents", "remarks", "repayment_methods", "rules", "conditions_in_words"}


def candidate(key: str, bank: str, unit: str, terms: CreditProductTerms, **adopted: Any) -> dict[str, Any]:
    """As the catalogue holds an offer: rules that the bank keeps are only known to be there."""
    document = terms.model_dump(mode="json")
    entries = document["rules"]["all_of"]
    rules = [(one["any_of"][0] if "any_of" in one else one, one) for one in entries]
    public = [entry for rule, entry in rules if rule["visibility"] == "public"]
    return {name: value for name, value in document.items() if name not in OF_NO_CANDIDATE} | {
        "candidate_id": key,
        "organization_id": bank,
        "unit_id": unit,
        "product_version_id": key,
        "rules": {"all_of": public},
        "unpublished_rules": len(public) < len(entries),
        "conditions_in_words": bool(terms.conditions_in_words),
        **adopted,
    }


def offers() -> Iterator[dict[str, Any]]:
    for product in demo_city().products:
        for one in product.adoptions:
            limits = {"authority_limit_fen": one.authority_limit_fen, "quota_left_fen": one.quota_fen}
            key = f"{product.key} {one.unit}"
            yield candidate(
                key, product.bank, one.unit, product.terms, territory=list(one.territory), **limits
            )
    for shelved in reference_products():
        unit = shelved.branch or shelved.bank
        yield candidate(shelved.key, shelved.bank, unit, shelved.terms(), territory=[shelved.territory])


@pytest.fixture(scope="module")
def catalogue() -> ProductCatalogue:
    known = Vocabularies()
    listed = [Listed.of(known, one["candidate_id"], one, b"") for one in offers()]
    return ProductCatalogue.build(listed, known)


def five_answers(enterprise: DemoOrganization, facts: Mapping[FactName, FactValue]) -> NeedFacts:
    """The first need that the demo posts for it, or a tenth of its revenue for the next two months."""
    posted = next((need for need in demo_city().needs if need.enterprise == enterprise.key), None)
    if posted is not None:
        return NeedFacts(
            need_id=posted.key,
            amount_fen=posted.amount_fen,
            purpose=posted.purpose,
            needed_by=TODAY + timedelta(days=posted.needed_in_days),
            pledges=tuple(posted.pledges),
        )
    revenue = facts.get(FactName.REVENUE_LAST_12_MONTHS)
    tenth = int(str(revenue.value)) // 10 if revenue else 0
    pledged = facts.get(FactName.COLLATERAL)
    pledges = tuple(PledgeKind(code) for code in pledged.value) if pledged else ()  # type: ignore[union-attr]
    return NeedFacts(
        need_id=enterprise.key,
        amount_fen=max(50_000_000, min(1_000_000_000, tenth)),
        purpose=PurposeKind.WORKING_CAPITAL,
        needed_by=TODAY + timedelta(days=60),
        pledges=pledges or (PledgeKind.NONE,),
    )


def questions(
    catalogue: ProductCatalogue, enterprise: DemoOrganization, known_before: frozenset[FactSource]
) -> tuple[int, list[str]]:
    """After how many answers the first five stay as they are, and the list that came at once.

    Asked is always the most decisive missing fact; "I do not know" is an answer as well, and counts.
    """
    true = {FactName(name): one.stated(FactName(name), TODAY) for name, one in enterprise.facts.items()}
    need = five_answers(enterprise, true)
    facts = {
        name: one for name, one in true.items() if name is FactName.DISTRICT or one.source in known_before
    }
    asked: list[Missing] = []
    lists: list[list[str]] = []
    while True:
        rates = tuple(
            ReferenceRate(term=rate.term, published_on=rate.published_on, basis_points=rate.basis_points)
            for rate in demo_city().rates
        )
        screening = catalogue.screen(
            FinancingRequest(
                need=need,
                facts=tuple(facts.values()),
                candidates=(),
                reference_date=TODAY,
                reference_rates=rates,
            )
        )
        lists.append([screening.ids[each.row] for each in screening.placed(0, FINAL)])
        left = [one.missing for one in screening.decisive_facts if one.missing not in asked]
        if not left:
            break
        asked.append(left[0])
        facts |= {name: true[name] for name in FactName if name == left[0] and name in true}
    final = next(count for count in range(len(lists)) if all(one == lists[-1] for one in lists[count:]))
    return final, lists[0]


@pytest.mark.gate("G10")
def test_four_questions_settle_the_first_five(catalogue: ProductCatalogue, record_property: Any) -> None:
    enterprises = [one for one in demo_city().organizations if one.kind is OrganizationKind.ENTERPRISE]
    assert len(enterprises) >= FEWEST_ENTERPRISES
    counted, strictly = [], []
    for enterprise in enterprises:
        count, at_once = questions(catalogue, enterprise, HELD_BY_AUTHORITIES)
        assert len(at_once) == FINAL, f"{enterprise.key}: no first list"
        counted.append(count)
        count, at_once = questions(catalogue, enterprise, frozenset())
        assert len(at_once) == FINAL, f"{enterprise.key}: no first list without any fact"
        strictly.append(count)
    figure = (
        f"{len(enterprises)} enterprises, {len(catalogue)} offers: first list at once,"
        f" top {FINAL} final after {median(counted):g} questions (median; most {max(counted)});"
        f" {median(strictly):g} if not even official lists are known"
    )
    record_property("figure", figure)
    print(figure)  # noqa: T201 - the figure
    assert median(counted) <= MOST_QUESTIONS
