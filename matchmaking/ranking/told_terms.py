"""What there is to say of reckoned terms, reliability and place: codes, and no numbers of their own."""

from collections.abc import Sequence

from matchmaking.ranking.components import Component
from matchmaking.ranking.cost_reasons import reasons_of_cost
from matchmaking.ranking.reasons import Parameter, Reason, ReasonCode
from matchmaking.ranking.terms import IndicativeRate, ReckonedTerms
from matchmaking.ranking.variety import MOST_PER_BANK
from schemas.vocabulary import ComponentName, RateKind


def reasons_of_terms(terms: ReckonedTerms) -> tuple[Reason, ...]:
    return (
        *_reasons_of_cap(terms),
        _reason_of_rate(terms.rate),
        *reasons_of_cost(terms.cost),
        _reason_of_speed(terms),
        *_reasons_of_pool(terms),
    )


def reasons_of_reliability(components: Sequence[Component]) -> tuple[Reason, ...]:
    found = next((part for part in components if part.name is ComponentName.RELIABILITY), None)
    if found is None or found.value_hundredths is None:
        return ()
    code = ReasonCode.RELIABILITY_OWN if found.parameters else ReasonCode.RELIABILITY_OF_CITY
    return (Reason(code, found.parameters),)


def reasons_of_place(position: int, moved_from: int | None) -> tuple[Reason, ...]:
    """Why a candidate stands behind others with less; those who only moved up say nothing."""
    if moved_from is None or moved_from > position:
        return ()
    return (Reason(ReasonCode.MOVED_FOR_VARIETY, {"moved_from": moved_from, "count": MOST_PER_BANK}),)


def _reasons_of_cap(terms: ReckonedTerms) -> tuple[Reason, ...]:
    """Which of the limits is the least, once all are known."""
    if terms.cap_fen is None or terms.cap_is_upper_bound:
        return ()
    least = next(limit for limit in terms.cap_limits if limit.fen == terms.cap_fen)
    parameters: dict[str, Parameter] = {"limit": least.name, "cap_fen": terms.cap_fen}
    set_by = Reason(ReasonCode.CAP_SET_BY, parameters)
    if least.share_basis_points is not None:
        shared = parameters | {"share_basis_points": least.share_basis_points}
        set_by = Reason(ReasonCode.CAP_SET_BY_SHARE, shared)
    near = Reason(ReasonCode.CAP_NEAR_CEILING, {"fact": least.name})
    return (set_by, near) if least.near_ceiling else (set_by,)


def _reasons_of_pool(terms: ReckonedTerms) -> tuple[Reason, ...]:
    shared = terms.pool_share
    if shared is None:
        return ()
    if shared.basis_points is not None:
        return (Reason(ReasonCode.POOL_SHARES_RISK, {"share_basis_points": shared.basis_points}),)
    missing = () if shared.missing is None else (shared.missing,)
    return tuple(Reason(ReasonCode.POOL_SHARE_UNKNOWN, {"missing": name.value}) for name in missing)


def _reason_of_rate(rate: IndicativeRate) -> Reason:
    lowest, highest = rate.lowest_basis_points, rate.highest_basis_points
    if lowest is None or highest is None:
        return Reason(ReasonCode.RATE_UNKNOWN)
    band: dict[str, Parameter] = {"lowest_basis_points": lowest, "highest_basis_points": highest}
    if rate.kind is RateKind.FIXED_BAND or rate.lpr_basis_points is None or rate.lpr_published_on is None:
        return Reason(ReasonCode.RATE_FIXED, band)
    dated: dict[str, Parameter] = {
        "lpr_basis_points": rate.lpr_basis_points,
        "lpr_on": rate.lpr_published_on.isoformat(),
    }
    return Reason(ReasonCode.RATE_FROM_REFERENCE, band | dated)


def _reason_of_speed(terms: ReckonedTerms) -> Reason:
    if terms.days_to_money is None:
        return Reason(ReasonCode.SPEED_UNKNOWN)
    code = ReasonCode.MONEY_MAY_BE_LATE if terms.late else ReasonCode.MONEY_IN_DAYS
    return Reason(code, {"money_days": terms.days_to_money})
