"""Which policy measures concern a candidate, and what they grant as columns.

A measure counts on its dates, for the banks that take part, the purposes that it serves, its area and the
enterprises that meet its rules. What hangs on a fact that is not known is undecided and counts for nothing.
What a measure has left of its total is not known here: its cap in all bounds a single grant like the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import inf, nan
from typing import NamedTuple

import numpy as np

from matchmaking.ranking.cash_flows import BASIS_POINTS, Counts, Numbers, Subsidies
from matchmaking.ranking.eligibility import covers, evaluate
from matchmaking.ranking.facts import FactsAtDate
from matchmaking.ranking.reckoned_cost import LoanAssumed, NamedMeasure
from matchmaking.ranking.request import Candidate, FinancingRequest, PolicyMeasureFacts
from schemas.vocabulary import FactName, GuaranteeMode, PolicyKind, RuleStatus


@dataclass(frozen=True, slots=True)
class JudgedMeasure:
    """A measure of today for this need: the enterprise qualifies, or `missing` facts leave it open."""

    terms: PolicyMeasureFacts
    missing: tuple[FactName, ...]


def measures_for(request: FinancingRequest, facts: FactsAtDate) -> tuple[JudgedMeasure, ...]:
    """Those that hold today, serve the purpose, and are not refused by what is known of the enterprise."""
    judged = []
    for measure in request.measures:
        if not _holds(measure, request.reference_date) or not _serves(measure, request):
            continue
        outcomes = evaluate(measure.rules, facts)
        statuses = {outcome.status for outcome in outcomes} | {_area_status(measure, facts)}
        if RuleStatus.UNMET in statuses:
            continue
        missing = [name for outcome in outcomes for name in outcome.to_supply if isinstance(name, FactName)]
        if _area_status(measure, facts) is RuleStatus.UNKNOWN:
            missing.append(FactName.DISTRICT)
        judged.append(JudgedMeasure(measure, tuple(dict.fromkeys(missing))))
    return tuple(judged)


def _holds(measure: PolicyMeasureFacts, today: date) -> bool:
    return measure.valid_from <= today <= measure.valid_until


def _serves(measure: PolicyMeasureFacts, request: FinancingRequest) -> bool:
    return not measure.purposes or request.need.purpose in measure.purposes


def _area_status(measure: PolicyMeasureFacts, facts: FactsAtDate) -> RuleStatus:
    if measure.area is None:
        return RuleStatus.MET
    district = facts.read(FactName.DISTRICT).value
    if district is None:
        return RuleStatus.UNKNOWN
    return RuleStatus.MET if covers(FactName.DISTRICT, measure.area, str(district)) else RuleStatus.UNMET


def takes_part(measure: PolicyMeasureFacts, candidate: Candidate, loan: LoanAssumed) -> bool:
    """Whether the bank takes part and the loan has what the measure pays for."""
    if measure.bank_ids and candidate.organization_id not in measure.bank_ids:
        return False
    if measure.kind is PolicyKind.GUARANTEE_FEE_SUBSIDY:
        return loan.guarantee_fee_basis_points > 0
    if measure.kind is PolicyKind.RISK_COMPENSATION_POOL:
        return GuaranteeMode.RISK_COMPENSATION_POOL in candidate.guarantee_modes
    return True


def named(measure: PolicyMeasureFacts) -> NamedMeasure:
    return NamedMeasure(
        measure_id=measure.measure_id,
        kind=measure.kind,
        title_zh=measure.title_zh,
        title_en=measure.title_en or measure.title_zh,
        payer_zh=measure.payer_zh,
        payer_en=measure.payer_en or measure.payer_zh,
        paid=measure.paid,
        share_basis_points=measure.share_basis_points,
    )


def cap_of(measure: PolicyMeasureFacts) -> int | None:
    return min(
        (cap for cap in (measure.cap_each_fen, measure.cap_total_fen) if cap is not None), default=None
    )


class Grant(NamedTuple):
    """One measure in the order of the columns of `Subsidies`; None: the tenor of the loan."""

    points_basis_points: float
    interest_share_basis_points: float
    months: int | None
    interest_cap_fen: float
    guarantee_fee_share_basis_points: float
    guarantee_fee_cap_fen: float
    paid_every_months: int | None
    paid_after_months: int


def grant_of(measure: PolicyMeasureFacts) -> Grant:
    """A rate is granted on a share of the loan; a share is of the interest or of the fee."""
    interest = measure.kind is PolicyKind.INTEREST_SUBSIDY
    cap = cap_of(measure)
    bound = inf if cap is None else float(cap)
    counted = BASIS_POINTS if measure.loan_share_basis_points is None else measure.loan_share_basis_points
    rate, share = measure.rate_basis_points, measure.share_basis_points
    return Grant(
        points_basis_points=rate * counted / BASIS_POINTS if interest and rate is not None else nan,
        interest_share_basis_points=float(share) if interest and share is not None else nan,
        months=measure.most_months,
        interest_cap_fen=bound,
        guarantee_fee_share_basis_points=0.0 if interest or share is None else float(share),
        guarantee_fee_cap_fen=bound,
        paid_every_months=measure.paid_every_months,
        paid_after_months=measure.paid_after_months,
    )


def granted_columns(measures: Sequence[PolicyMeasureFacts], months: Counts) -> Subsidies:
    """A measure for each loan; what a measure leaves open is the loan's own number of months."""
    grants = [grant_of(measure) for measure in measures]

    def numbers(name: str) -> Numbers:
        return np.array([getattr(grant, name) for grant in grants], dtype=np.float64)

    def counts(name: str) -> Counts:
        named = [getattr(grant, name) for grant in grants]
        return np.where([one is None for one in named], months, [one or 0 for one in named])

    return Subsidies(
        points_basis_points=numbers("points_basis_points"),
        interest_share_basis_points=numbers("interest_share_basis_points"),
        months=counts("months"),
        interest_cap_fen=numbers("interest_cap_fen"),
        guarantee_fee_share_basis_points=numbers("guarantee_fee_share_basis_points"),
        guarantee_fee_cap_fen=numbers("guarantee_fee_cap_fen"),
        paid_every_months=counts("paid_every_months"),
        paid_after_months=counts("paid_after_months"),
    )
