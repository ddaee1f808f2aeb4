"""What a financing ranking is made from, frozen: a stored request ranks to the same result a year later.

Amounts are CNY fen, rates and shares basis points, tenors months, days working days. Nothing here is looked
up: dates, reference rates and facts come with the request. Rules that the asker may not see are left out by
the caller, who says so in `unpublished_rules`; a request that carries one is refused.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from matchmaking.ranking.standing import DecisiveFact
from schemas.eligibility import CapTable, EligibilityRules, FactValue, PoolShares
from schemas.vocabulary import (
    CapBasis,
    CostBasis,
    FactName,
    GuaranteeFeePayment,
    GuaranteeMode,
    Honour,
    LprTerm,
    NeedDifficulty,
    PledgeKind,
    PolicyKind,
    PurposeKind,
    RateKind,
    RepaymentMethod,
    RuleVisibility,
    Verdict,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceRate:
    """A loan prime rate (LPR) as published on a day."""

    term: LprTerm
    published_on: date
    basis_points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Yearly. A band around the LPR of a term, a fixed band, or unknown: then the bank is to be asked."""

    kind: RateKind = RateKind.UNKNOWN
    lpr_term: LprTerm | None = None
    lowest_basis_points: int | None = None
    highest_basis_points: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CapFormula:
    """A ceiling of `share_basis_points` of `basis`: 40000 of the tax paid is four times it."""

    basis: CapBasis
    share_basis_points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedFacts:
    """The answers of a need that a ranking reads."""

    need_id: str
    amount_fen: int
    purpose: PurposeKind
    needed_by: date
    pledges: tuple[PledgeKind, ...]
    tenor_months: int | None = None
    contract_amount_fen: int | None = None
    intellectual_property_appraisal_fen: int | None = None
    excluded_organization_ids: tuple[str, ...] = ()
    excluded_unit_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCounts:
    """What became of introductions to needs of one difficulty, at one provider or in the whole city.

    `asked`: those that ended or were due an answer; `answered_in_time`: those of them with a substantive
    answer in time; `accepted_offers`: offers the enterprise took; `became_money`: those that were paid out.
    """

    difficulty: NeedDifficulty
    asked: int = 0
    answered_in_time: int = 0
    accepted_offers: int = 0
    became_money: int = 0

    def __post_init__(self) -> None:
        inside = 0 <= self.answered_in_time <= self.asked and 0 <= self.became_money <= self.accepted_offers
        if not inside:
            raise ValueError("counts_reversed: more came of them than there were")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRecord:
    """What became of the introductions to one provider; whoever has none is a newcomer."""

    organization_id: str
    counts: tuple[AnswerCounts, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A product version as one branch offers it. An empty target list targets everybody.

    None for the largest amount or the longest tenor, and no purposes or guarantee modes: not published. Such
    a term neither fulfils nor refuses. `conditions_in_words`: there are published conditions that no rule
    reads, so that nobody can be found eligible here.
    """

    candidate_id: str
    organization_id: str
    unit_id: str
    product_version_id: str
    largest_amount_fen: int | None
    longest_tenor_months: int | None
    purposes: tuple[PurposeKind, ...]
    guarantee_modes: tuple[GuaranteeMode, ...]
    territory: tuple[str, ...]
    smallest_amount_fen: int | None = None
    shortest_tenor_months: int | None = None
    rate: Rate = field(default_factory=Rate)
    rules: EligibilityRules = field(default_factory=EligibilityRules)
    unpublished_rules: bool = False
    conditions_in_words: bool = False
    cap_formulas: tuple[CapFormula, ...] = ()
    cap_tables: tuple[CapTable, ...] = ()
    pool_shares: PoolShares | None = None
    days_to_money: int | None = None
    authority_limit_fen: int | None = None
    quota_left_fen: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    target_chains: tuple[str, ...] = ()
    target_honours: tuple[Honour, ...] = ()
    repayment_methods: tuple[RepaymentMethod, ...] = ()
    guarantee_fee_basis_points: int | None = None
    guarantee_fee_payment: GuaranteeFeePayment = GuaranteeFeePayment.YEARLY
    appraisal_fee_fen: int | None = None
    appraisal_fee_basis_points: int | None = None
    other_fees_fen: int | None = None
    other_fees_basis_points: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyMeasureFacts:
    """A policy measure as it stood: what it grants, to whom, with which banks, and when it is paid.

    An interest subsidy grants `rate_basis_points` a year on `loan_share_basis_points` of the loan (None: on
    all of it), at most `share_basis_points` of the interest, for `most_months`; a guarantee-fee subsidy the
    share of the fee; a pool bears the share of a loss. It is paid every `paid_every_months` (1: with each
    payment of interest; None: not typed, reckoned at the end), `paid_after_months` later. No bank and no
    purpose named: all of them.
    """

    measure_id: str
    kind: PolicyKind
    title_zh: str
    payer_zh: str
    paid: str
    valid_from: date
    valid_until: date
    title_en: str | None = None
    payer_en: str | None = None
    area: str | None = None
    rules: EligibilityRules = field(default_factory=EligibilityRules)
    rate_basis_points: int | None = None
    share_basis_points: int | None = None
    loan_share_basis_points: int | None = None
    most_months: int | None = None
    cap_each_fen: int | None = None
    cap_total_fen: int | None = None
    bank_ids: tuple[str, ...] = ()
    purposes: tuple[PurposeKind, ...] = ()
    paid_every_months: int | None = None
    paid_after_months: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Weights of the components in percent; they add up to 100.

    The defaults read what was stored before reliability counted; what counts now stands in `presets`.
    """

    coverage: int = 30
    cost: int = 30
    speed: int = 15
    collateral_burden: int = 15
    fit: int = 10
    reliability: int = 0

    def __post_init__(self) -> None:
        each = (
            self.coverage,
            self.cost,
            self.speed,
            self.collateral_burden,
            self.fit,
            self.reliability,
        )
        if min(each) < 0 or sum(each) != 100:  # noqa: PLR2004 - percent
            raise ValueError("weights_not_100: weights are percent that add up to 100")


BALANCED = Weights(coverage=30, cost=25, speed=15, collateral_burden=10, fit=10, reliability=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """What all candidates together were found to be, where a request carries only those that are shown.

    `positions` are the places of its candidates among all, one for one, `moved_from` those before variety
    among banks where they are others; `counts`, `excluded` and `decisive_facts` are of all. `changes` is the
    number of the last change that the catalogue had heard of.
    """

    positions: tuple[int, ...]
    counts: dict[Verdict, int]
    excluded: int
    decisive_facts: tuple[DecisiveFact, ...]
    changes: int
    moved_from: tuple[int | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FinancingRequest:
    """One need, the facts of its enterprise, and the published candidates, at `reference_date`.

    All of them, or with `screened` those of them that are shown.

    ValueError, starting with a code, when a fact, a candidate or a record stands twice (`fact_twice`,
    `candidate_twice`, `record_twice`), a candidate lacks its position (`position_missing`), or one carries a
    rule of another visibility than `visible` (`hidden_rule_in_request`). `city_record` are the counts of all
    providers together.
    """

    need: NeedFacts
    facts: tuple[FactValue, ...]
    candidates: tuple[Candidate, ...]
    reference_date: date
    reference_rates: tuple[ReferenceRate, ...] = ()
    weights: Weights = BALANCED
    visible: tuple[RuleVisibility, ...] = (RuleVisibility.PUBLIC,)
    screened: Screened | None = None
    records: tuple[ProviderRecord, ...] = ()
    city_record: tuple[AnswerCounts, ...] = ()
    measures: tuple[PolicyMeasureFacts, ...] = ()
    cost_basis: CostBasis = CostBasis.CONTRACT

    def __post_init__(self) -> None:
        _refuse_twice("fact_twice", [fact.name for fact in self.facts])
        _refuse_twice("candidate_twice", [candidate.candidate_id for candidate in self.candidates])
        if self.screened is not None and len(self.screened.positions) != len(self.candidates):
            raise ValueError("position_missing: each candidate has one position")
        _refuse_twice("record_twice", [record.organization_id for record in self.records])
        open_here = frozenset(self.visible)
        for candidate in self.candidates:
            if any(entry.visibility not in open_here for entry in candidate.rules.all_of):
                raise ValueError("hidden_rule_in_request: leave out rules that may not be seen")

    def to_document(self) -> dict[str, Any]:
        """As a JSON object, to be stored with the run."""
        document: dict[str, Any] = _adapter().dump_python(self, mode="json")
        return document

    def without_candidates(self) -> dict[str, Any]:
        """As `to_document`, for whoever has the documents of the candidates already."""
        document: dict[str, Any] = _adapter().dump_python(self, mode="json", exclude={"candidates"})
        return document

    def to_json(self) -> str:
        return _adapter().dump_json(self).decode()

    @staticmethod
    def from_document(document: Any) -> "FinancingRequest":
        """Inverse of `to_document`; pydantic.ValidationError when it is no request."""
        return _adapter().validate_python(document)

    @staticmethod
    def from_json(text: str | bytes) -> "FinancingRequest":
        return _adapter().validate_json(text)


@cache
def _adapter() -> TypeAdapter[FinancingRequest]:
    return TypeAdapter(FinancingRequest)


def _refuse_twice(code: str, keys: list[FactName] | list[str]) -> None:
    if len(set(keys)) < len(keys):
        raise ValueError(f"{code}: each may stand once")


def visible_part(
    rules: EligibilityRules, visible: frozenset[RuleVisibility]
) -> tuple[EligibilityRules, bool]:
    """A candidate's `rules` and `unpublished_rules`: those that may be seen, and whether there are others."""
    seen = rules.seen_with(visible)
    return seen, len(seen.all_of) < len(rules.all_of)
