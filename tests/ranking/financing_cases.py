"""Made-up financing requests: a plain one to vary by hand, and seeded random ones that sit on every edge."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

from matchmaking.ranking import (
    AnswerCounts,
    Candidate,
    CapFormula,
    FinancingRequest,
    NeedFacts,
    ProviderRecord,
    Rate,
    ReferenceRate,
)
from schemas.eligibility import FACTS, CapTable, EligibilityRules, FactKind, FactValue, PoolShares
from schemas.vocabulary import (
    CapBasis,
    CostBasis,
    FactName,
    FactSource,
    GuaranteeMode,
    Honour,
    LprTerm,
    NeedDifficulty,
    PledgeKind,
    PurposeKind,
    RateKind,
    RemedyCode,
)
from tests.ranking.cost_cases import random_charges, random_measure

TODAY = date(2025, 11, 20)
WAN = 1_000_000
DISTRICTS = ("320602", "320612", "320685", "320102", "110105")
TERRITORIES = ("320602", "320600", "320000", "320100", "110000")
INDUSTRIES = ("C3731", "C17", "I65", "K7010")
LISTED_INDUSTRIES = ("C", "C37", "K", "I65", "C3731")
CHAINS = ("ships", "textiles", "chips", "wind_power")
LPR = (
    ReferenceRate(term=LprTerm.ONE_YEAR, published_on=date(2025, 5, 20), basis_points=300),
    ReferenceRate(term=LprTerm.ONE_YEAR, published_on=date(2024, 10, 21), basis_points=310),
    ReferenceRate(term=LprTerm.ONE_YEAR, published_on=date(2026, 1, 20), basis_points=200),
    ReferenceRate(term=LprTerm.FIVE_YEARS, published_on=date(2025, 5, 20), basis_points=350),
)


def fact(
    name: FactName | str, value: Any, *, as_of: date = TODAY, source: FactSource = FactSource.DOCUMENT
) -> FactValue:
    return FactValue(name=FactName(name), value=value, as_of=as_of, source=source)


def rules(*entries: dict[str, Any]) -> EligibilityRules:
    return EligibilityRules.model_validate({"all_of": list(entries)})


def need(**changes: Any) -> NeedFacts:
    plain = NeedFacts(
        need_id="need-1",
        amount_fen=300 * WAN,
        purpose=PurposeKind.WORKING_CAPITAL,
        needed_by=date(2026, 3, 1),
        pledges=(PledgeKind.NONE,),
    )
    return replace(plain, **changes)


def candidate(candidate_id: str = "a", **changes: Any) -> Candidate:
    plain = Candidate(
        candidate_id=candidate_id,
        organization_id="bank-1",
        unit_id="branch-1",
        product_version_id=f"version-{candidate_id}",
        largest_amount_fen=500 * WAN,
        longest_tenor_months=12,
        purposes=(PurposeKind.WORKING_CAPITAL,),
        guarantee_modes=(GuaranteeMode.UNSECURED,),
        territory=("320600",),
    )
    return replace(plain, **changes)


def request(
    *candidates: Candidate, facts: tuple[FactValue, ...] | None = None, **changes: Any
) -> FinancingRequest:
    plain: dict[str, Any] = {
        "need": need(),
        "facts": (fact("district", "320602"),) if facts is None else facts,
        "candidates": candidates or (candidate(),),
        "reference_date": TODAY,
        "reference_rates": LPR,
    }
    return FinancingRequest(**(plain | changes))


def random_request(random: Random, candidates: int) -> FinancingRequest:
    """Values and thresholds come from small shared ladders, so that equality and near misses are common.

    In most requests the pair itself fits, so that the rules decide; in the others everything varies.
    """
    rules_decide = random.random() < 0.7
    return FinancingRequest(
        need=need(need_id=f"need-{random.randrange(10**9)}") if rules_decide else _need(random),
        facts=tuple(
            _fact(random, name)
            for name, definition in FACTS.items()
            if not definition.reckoned_from and random.random() < 0.85
        ),
        candidates=tuple(
            candidate(
                f"candidate-{number}",
                organization_id=f"bank-{random.randint(1, 9)}",
                territory=("320000", "110105"),
                rules=_rules(random, (1, 1, 2, 3, 4)),
            )
            if rules_decide
            else _candidate(random, f"candidate-{number}")
            for number in range(candidates)
        ),
        reference_date=TODAY,
        reference_rates=LPR,
        records=tuple(
            ProviderRecord(organization_id=f"bank-{bank}", counts=_record(random, 30))
            for bank in random.sample(range(1, 10), random.choice((0, 4, 9)))
        ),
        city_record=random.choice(((), _record(random, 300))),
        measures=tuple(
            random_measure(random, f"measure-{number}", _rules(random, (0, 0, 0, 1)))
            for number in range(random.randint(0, 3))
        ),
        cost_basis=random.choice(list(CostBasis)),
    )


def _fact(random: Random, name: FactName) -> FactValue:
    ages = (0, 40, 91, 92, 200, 365, 366, 540, 560, 800, 1_200, -3)
    as_of = TODAY - timedelta(days=random.choices(ages, weights=(12, 4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1))[0])
    source = random.choice(list(FactSource))
    return FactValue(name=name, value=_value(random, name), as_of=as_of, source=source)


def _value(random: Random, name: FactName) -> Any:
    definition = FACTS[name]
    match definition.kind:
        case FactKind.NUMBER:
            return random.choice(_ladder(name))
        case FactKind.DATE:
            return (
                TODAY - timedelta(days=random.choice((100, 365, 366, 730, 731, 1_500, 4_000)))
            ).isoformat()
        case FactKind.BOOLEAN:
            return random.random() < 0.5
        case FactKind.CHOICE:
            return random.choice([member.value for member in definition.choices or ()])
        case FactKind.CODE:
            return random.choice(DISTRICTS if name is FactName.DISTRICT else INDUSTRIES)
        case _:
            codes = _codes(name)
            return random.sample(codes, random.randint(0, min(4, len(codes))))


def _codes(name: FactName) -> list[str]:
    definition = FACTS[name]
    if definition.choices:
        return [member.value for member in definition.choices]
    return {
        FactName.DISTRICT: list(TERRITORIES),
        FactName.INDUSTRY: list(LISTED_INDUSTRIES),
        FactName.CHAINS: list(CHAINS),
    }[name]


def _ladder(name: FactName) -> list[int]:
    definition = FACTS[name]
    steps = {"fen": (0, 80, 100, 120, 121, 500), "level": (0, 1, 2, 3, 4)}
    numbers = steps.get(str(definition.unit), (0, 4, 5, 80, 100, 121, 10_000))
    scale = WAN if definition.unit == "fen" else 1
    below = (-2_500,) if definition.lowest < 0 else ()
    return [*below, *(number * scale for number in numbers)]


def _atom(random: Random) -> dict[str, Any]:
    name = random.choice([name for name, definition in FACTS.items() if definition.readable_by_rules])
    definition = FACTS[name]
    atom: dict[str, Any] = {"fact": name.value}
    if definition.unit:
        atom["unit"] = definition.unit.value
    atom |= _condition(random, name, definition.kind)
    if random.random() < 0.4:
        atom |= {"curable": True, "remedy": RemedyCode.GROW_INTO_IT.value}
    if random.random() < 0.3:
        atom["tolerance_basis_points"] = random.choice((0, 500, 5_000))
    return atom


def _condition(random: Random, name: FactName, kind: FactKind) -> dict[str, Any]:
    if kind in {FactKind.NUMBER, FactKind.DATE}:
        ladder = [0, 3, 12, 24, 25, 30, 60] if kind is FactKind.DATE else _ladder(name)
        lowest, highest = sorted(random.choices(ladder, k=2))
        return random.choice(
            (
                {"operator": "at_least", "value": lowest},
                {"operator": "at_most", "value": highest},
                {"operator": "between", "value": {"lowest": lowest, "highest": highest}},
            )
        )
    if kind is FactKind.BOOLEAN:
        return {"operator": random.choice(("is_true", "is_false"))}
    codes = _codes(name)
    operators = {
        FactKind.CHOICE: ("is_one_of", "has_none_of"),
        FactKind.CODE: ("is_one_of", "has_none_of", "within_list"),
    }.get(kind, ("has_any_of", "has_all_of", "has_none_of"))
    chosen = random.sample(codes, random.randint(1, min(3, len(codes))))
    return {"operator": random.choice(operators), "value": chosen}


def _rules(random: Random, sizes: tuple[int, ...]) -> EligibilityRules:
    entries: list[dict[str, Any]] = []
    for _ in range(random.choice(sizes)):
        alone = random.random() < 0.75
        entries.append(
            _atom(random) if alone else {"any_of": [_atom(random) for _ in range(random.randint(1, 3))]}
        )
    return rules(*entries)


def _need(random: Random) -> NeedFacts:
    return NeedFacts(
        need_id=f"need-{random.randrange(10**9)}",
        amount_fen=random.choice((80, 100, 120, 300, 1_000)) * WAN,
        purpose=random.choice([PurposeKind.WORKING_CAPITAL] * 30 + list(PurposeKind)),
        needed_by=TODAY + timedelta(days=random.choice((3, 7, 30, 200))),
        pledges=tuple(random.sample(list(PledgeKind), random.randint(1, 3))),
        tenor_months=random.choice((None, None, 6, 12, 14, 15, 36)),
        contract_amount_fen=random.choice((None, 0, 200 * WAN)),
        intellectual_property_appraisal_fen=random.choice((None, 400 * WAN)),
        excluded_organization_ids=("bank-9",) if random.random() < 0.5 else (),
        excluded_unit_ids=("branch-8",) if random.random() < 0.5 else (),
    )


def _candidate(random: Random, candidate_id: str) -> Candidate:
    smallest = random.choice((None, None, 10, 100, 120, 130))
    return Candidate(
        candidate_id=candidate_id,
        organization_id=f"bank-{random.randint(1, 9)}",
        unit_id=f"branch-{random.randint(1, 9)}",
        product_version_id=f"version-{random.randrange(10**6)}",
        largest_amount_fen=random.choice((None, 150 * WAN, 300 * WAN, 500 * WAN, 3_000 * WAN)),
        longest_tenor_months=random.choice((None, 12, 12, 24, 36)),
        purposes=random.choice(((), _purposes(random), _purposes(random))),
        guarantee_modes=tuple(random.sample(list(GuaranteeMode), random.choice((0, 1, 2, 3)))),
        territory=tuple(random.sample(TERRITORIES, random.randint(2, 4))),
        smallest_amount_fen=None if smallest is None else smallest * WAN,
        shortest_tenor_months=random.choice((None, 6, 7, 8)),
        rate=_rate(random),
        rules=_rules(random, (0, 0, 0, 1)),
        unpublished_rules=random.random() < 0.3,
        conditions_in_words=random.random() < 0.1,
        cap_formulas=tuple(
            CapFormula(basis=basis, share_basis_points=random.choice((8_500, 40_000)))
            for basis in random.sample(list(CapBasis), random.choice((0, 0, 1, 2)))
        ),
        cap_tables=tuple(_cap_table(random) for _ in range(random.choice((0, 0, 0, 1, 1, 2)))),
        pool_shares=random.choice((None, None, _pool_shares(random))),
        days_to_money=random.choice((None, 1, 3, 5, 7, 40)),
        authority_limit_fen=random.choice((None, None, 200 * WAN, 50 * WAN)),
        quota_left_fen=random.choice((None, None, None, None, 1_000 * WAN, 20 * WAN, 0)),
        valid_from=random.choice((None, None, None, TODAY, TODAY + timedelta(days=1))),
        valid_until=random.choice((None, None, None, TODAY, TODAY - timedelta(days=1))),
        target_chains=tuple(random.sample(CHAINS, random.choice((0, 1, 2)))),
        target_honours=tuple(random.sample(list(Honour), random.choice((0, 1, 2)))),
        **random_charges(random),
    )


def _when(random: Random, name: FactName) -> dict[str, Any]:
    definition = FACTS[name]
    unit = {"unit": definition.unit.value} if definition.unit else {}
    return {"fact": name.value} | unit | _condition(random, name, definition.kind)


def _cap_table(random: Random) -> CapTable:
    name = random.choice((FactName.HONOURS, FactName.REVENUE_LAST_12_MONTHS, FactName.TAX_CREDIT_GRADE))
    bands = []
    for _ in range(random.randint(1, 4)):
        by_share = {"basis": random.choice(list(CapBasis)).value, "share_basis_points": 30_000}
        by_amount = {"cap_fen": random.choice((20, 100, 200, 500)) * WAN}
        bands.append({"when": _when(random, name)} | random.choice((by_share, by_amount, by_amount)))
    otherwise = random.choice((None, 50 * WAN, 300 * WAN))
    return CapTable.model_validate({"bands": bands, "otherwise_fen": otherwise})


def _pool_shares(random: Random) -> PoolShares:
    bands = [
        {"when": _when(random, FactName.REVENUE_LAST_12_MONTHS), "pool_share_basis_points": share}
        for share in random.sample((8_000, 7_000, 5_000), 2)
    ]
    otherwise = random.choice((None, 4_000))
    return PoolShares.model_validate({"bands": bands, "otherwise_basis_points": otherwise})


def _record(random: Random, most: int) -> tuple[AnswerCounts, ...]:
    counts = []
    for difficulty in NeedDifficulty:
        asked, accepted = random.randint(0, most), random.randint(0, most)
        counts.append(
            AnswerCounts(
                difficulty=difficulty,
                asked=asked,
                answered_in_time=random.randint(0, asked),
                accepted_offers=accepted,
                became_money=random.randint(0, accepted),
            )
        )
    return tuple(counts)


def _purposes(random: Random) -> tuple[PurposeKind, ...]:
    return tuple({PurposeKind.WORKING_CAPITAL, random.choice(list(PurposeKind))})


def _rate(random: Random) -> Rate:
    lowest = random.choice((-30, 0, 40, 290))
    band = {"lowest_basis_points": lowest, "highest_basis_points": lowest + random.choice((0, 30, 100))}
    return random.choice(
        (
            Rate(),
            Rate(kind=RateKind.LPR_SPREAD, lpr_term=random.choice(list(LprTerm)), **band),
            Rate(kind=RateKind.FIXED_BAND, lowest_basis_points=300, highest_basis_points=435),
        )
    )
