"""Synthetic credit products and needs, seeded: of the kinds and sizes that banks publish, and invented."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from matchmaking.ranking import FinancingRequest, NeedFacts, ReferenceRate
from schemas.eligibility import FactValue
from schemas.vocabulary import (
    FactName,
    FactSource,
    GuaranteeMode,
    Honour,
    LprTerm,
    PledgeKind,
    PurposeKind,
    TaxGrade,
)

WAN = 1_000_000
BANKS = 200
DISTRICTS = ("320602", "320612", "320613", "320614", "320623", "320681", "320682", "320685")
TERRITORIES = (["320600"], *([one] for one in DISTRICTS))
RATES = {LprTerm.ONE_YEAR: 300, LprTerm.FIVE_YEARS: 350}


def _amounts(*ten_thousands: int) -> tuple[int, ...]:
    return tuple(WAN * each for each in ten_thousands)


# Rules as products have them: how often, and the thresholds people choose.
MEASURED: tuple[tuple[FactName, str, str, float, tuple[int, ...]], ...] = (
    (FactName.REGISTRATION_DATE, "at_least", "months", 0.7, (6, 12, 24, 36, 60)),
    (
        FactName.REVENUE_LAST_12_MONTHS,
        "at_least",
        "fen",
        0.5,
        tuple(WAN * n for n in (100, 300, 500, 1_000, 3_000)),
    ),
    (FactName.TAX_PAID_LAST_12_MONTHS, "at_least", "fen", 0.3, tuple(WAN * n for n in (1, 3, 5, 10, 50))),
    (FactName.DEBT_RATIO, "at_most", "basis_points", 0.4, (5_000, 6_000, 7_000, 8_000)),
    (FactName.HEADCOUNT, "at_most", "count", 0.2, (50, 300, 1_000)),
    (FactName.INVENTION_PATENTS, "at_least", "count", 0.15, (1, 3, 5)),
)


@dataclass(frozen=True, slots=True)
class SyntheticOffer:
    """A product that one branch adopted; `terms` as a version stores them."""

    number: int
    bank: int
    terms: dict[str, Any]
    territory: list[str]
    authority_limit_fen: int | None
    quota_fen: int | None
    valid_until: date

    @property
    def id(self) -> UUID:
        """Of the product, of its only version and of its only adoption alike."""
        return UUID(int=(7 << 100) + self.number)


def bank_id(bank: int) -> UUID:
    """Of the bank and of its only branch."""
    return UUID(int=(9 << 100) + bank)


def offers(seed: int, count: int, today: date) -> Iterator[SyntheticOffer]:
    random = Random(seed)  # noqa: S311 - cases, not secrets
    for number in range(count):
        yield SyntheticOffer(
            number=number,
            bank=random.randrange(BANKS),
            terms=_terms(random),
            territory=random.choice(TERRITORIES),
            authority_limit_fen=random.choice((None, 300 * WAN, 1_000 * WAN)),
            quota_fen=random.choice((None, None, 20_000 * WAN)),
            valid_until=today + timedelta(days=random.randint(0, 360)),
        )


def _terms(random: Random) -> dict[str, Any]:
    lowest = random.randrange(0, 150, 5)
    return {
        "smallest_amount_fen": random.choice((None, 10 * WAN, 50 * WAN)),
        "largest_amount_fen": random.choice((None, *(WAN * n for n in (100, 300, 500, 1_000, 3_000)))),
        "shortest_tenor_months": None,
        "longest_tenor_months": random.choice((None, 12, 24, 36, 60)),
        "rate": _rate(random, lowest),
        "purposes": _some(random, PurposeKind, 3),
        "guarantee_modes": _some(random, GuaranteeMode, 3),
        "repayment_methods": [],
        "cap_formulas": _formulas(random),
        "days_to_money": random.choice((None, 1, 3, 5, 10, 20)),
        "conditions_in_words": ["以银行审批为准"] if random.random() < 0.2 else [],  # noqa: PLR2004 - a share
        "rules": {"all_of": list(_rules(random))},
    }


def _rate(random: Random, lowest: int) -> dict[str, Any]:
    kind = random.choice(("unknown", "lpr_spread", "fixed_band"))
    if kind == "unknown":
        return {"kind": kind, "lpr_term": None, "lowest_basis_points": None, "highest_basis_points": None}
    above = lowest + (300 if kind == "fixed_band" else 0)
    return {
        "kind": kind,
        "lpr_term": random.choice(list(LprTerm)).value if kind == "lpr_spread" else None,
        "lowest_basis_points": above,
        "highest_basis_points": above + random.choice((0, 30, 100)),
    }


def _formulas(random: Random) -> list[dict[str, Any]]:
    share = random.choice((0, 0, 0, 40_000, 60_000, 100_000))
    return [{"basis": "tax_paid", "share_basis_points": share}] if share else []


def _some(random: Random, codes: Any, most: int) -> list[str]:
    return [code.value for code in random.sample(list(codes), random.randint(1, most))]


def _rules(random: Random) -> Iterator[dict[str, Any]]:
    for fact, operator, unit, share, thresholds in MEASURED:
        if random.random() < share:
            yield {
                "fact": fact.value,
                "operator": operator,
                "unit": unit,
                "value": random.choice(thresholds),
                "tolerance_basis_points": random.choice((0, 2_000)),
                "visibility": "public",
            }
    if random.random() < 0.5:  # noqa: PLR2004 - a share
        grades = random.choice((["A"], ["A", "B"], ["A", "B", "M"]))
        cure = {"curable": True, "remedy": "restore_tax_credit"}
        yield {
            "fact": "tax_credit_grade",
            "operator": "is_one_of",
            "value": grades,
            "visibility": "public",
        } | cure
    if random.random() < 0.2:  # noqa: PLR2004 - a share
        honours = _some(random, Honour, 3)
        yield {"fact": "honours", "operator": "has_any_of", "value": honours, "visibility": "public"}


def requests(seed: int, count: int, today: date) -> Iterator[FinancingRequest]:
    """Needs of as many enterprises, each of which states most of its facts."""
    random = Random(seed)  # noqa: S311 - cases, not secrets
    rates = tuple(
        ReferenceRate(term=term, published_on=today - timedelta(days=20), basis_points=points)
        for term, points in RATES.items()
    )
    for number in range(count):
        yield FinancingRequest(
            need=NeedFacts(
                need_id=str(UUID(int=number)),
                amount_fen=random.choice((50, 100, 300, 800)) * WAN,
                purpose=random.choice(list(PurposeKind)),
                needed_by=today + timedelta(days=random.choice((7, 30, 90))),
                pledges=tuple(random.sample(list(PledgeKind), 2)),
                tenor_months=random.choice((None, 12, 24, 36)),
            ),
            facts=tuple(_facts(random, today)),
            candidates=(),
            reference_date=today,
            reference_rates=rates,
        )


def _facts(random: Random, today: date) -> Iterator[FactValue]:
    stated: dict[FactName, Any] = {
        FactName.REGISTRATION_DATE: (today - timedelta(days=random.randint(100, 6_000))).isoformat(),
        FactName.DISTRICT: random.choice(DISTRICTS),
        FactName.REVENUE_LAST_12_MONTHS: random.randint(50, 5_000) * WAN,
        FactName.TAX_PAID_LAST_12_MONTHS: random.randint(1, 100) * WAN,
        FactName.DEBT_RATIO: random.randint(2_000, 9_000),
        FactName.HEADCOUNT: random.randint(5, 800),
        FactName.INVENTION_PATENTS: random.randint(0, 8),
        FactName.TAX_CREDIT_GRADE: random.choice(list(TaxGrade)).value,
        FactName.HONOURS: tuple(_some(random, Honour, 2)),
    }
    for name, value in stated.items():
        if name is FactName.DISTRICT or random.random() < 0.85:  # noqa: PLR2004 - a share
            yield FactValue(name=name, value=value, as_of=today, source=FactSource.OFFICIAL_LIST)
