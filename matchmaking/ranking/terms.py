"""Terms that follow from product, branch, need and facts: cap, coverage, indicative rate, days to money.

Nothing is imputed. A cap that hangs on an unknown fact is an upper bound and says so; an unknown rate stays
unknown.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from matchmaking.ranking.caps import CapLimit, PoolShare, cap_limits, pool_share
from matchmaking.ranking.facts import FactsAtDate
from matchmaking.ranking.reckoned_cost import ReckonedCost
from matchmaking.ranking.request import Candidate, NeedFacts, Rate, ReferenceRate
from schemas.vocabulary import GuaranteeMode, PledgeKind, RateKind

WEEKDAYS_A_WEEK = 5
DAYS_A_WEEK = 7

_CHATTELS = frozenset({PledgeKind.REAL_ESTATE, PledgeKind.EQUIPMENT})
_RIGHTS = frozenset(
    {
        PledgeKind.RECEIVABLES,
        PledgeKind.ORDER_OR_CONTRACT,
        PledgeKind.INTELLECTUAL_PROPERTY,
        PledgeKind.INVENTORY,
        PledgeKind.EQUITY,
        PledgeKind.DEPOSIT,
    }
)
# What an enterprise must be able to offer for each mode, in order of rising burden; an empty set asks
# nothing of it.
PLEDGES_NEEDED: Mapping[GuaranteeMode, frozenset[PledgeKind]] = {
    GuaranteeMode.UNSECURED: frozenset(),
    GuaranteeMode.RISK_COMPENSATION_POOL: frozenset(),
    GuaranteeMode.GUARANTEE_INSURANCE: frozenset(),
    GuaranteeMode.GUARANTEE_COMPANY: frozenset(),
    GuaranteeMode.PLEDGE: _RIGHTS,
    GuaranteeMode.THIRD_PARTY_GUARANTEE: frozenset({PledgeKind.THIRD_PARTY_GUARANTEE}),
    GuaranteeMode.MORTGAGE: _CHATTELS,
}


@dataclass(frozen=True, slots=True)
class IndicativeRate:
    """Yearly, lowest and highest of the published band; both None: ask the bank."""

    kind: RateKind
    lowest_basis_points: int | None = None
    highest_basis_points: int | None = None
    lpr_basis_points: int | None = None
    lpr_published_on: date | None = None


@dataclass(frozen=True, slots=True)
class ReckonedTerms:
    """`cap_fen` is the least of the known `cap_limits`, an upper bound while one of them is unknown.

    It is None, and so is `covered_fen`, when no limit is known at all. `covered_share_basis_points` is the
    share of the asked amount below the cap, rounded down; None while the cap is an upper bound. `late`
    compares days to money with the day on which the money is needed; None: unknown. `pool_share`: the share
    of a loss that a compensation pool bears, which lets a bank say yes and moves no place. `cost` is None
    before it was reckoned, and in documents of earlier versions.
    """

    cap_fen: int | None
    cap_is_upper_bound: bool
    cap_limits: tuple[CapLimit, ...]
    covered_fen: int | None
    covered_share_basis_points: int | None
    rate: IndicativeRate
    guarantee_mode: GuaranteeMode | None
    days_to_money: int | None
    late: bool | None
    pool_share: PoolShare | None = None
    cost: ReckonedCost | None = None


def reckon(
    need: NeedFacts,
    candidate: Candidate,
    facts: FactsAtDate,
    reference_rates: Iterable[ReferenceRate],
    reference_date: date,
) -> ReckonedTerms:
    limits = cap_limits(need, candidate, facts)
    cap = min((limit.fen for limit in limits if limit.fen is not None), default=None)
    bounded = any(limit.fen is None for limit in limits)
    covered = None if cap is None else min(cap, need.amount_fen)
    return ReckonedTerms(
        cap_fen=cap,
        cap_is_upper_bound=bounded,
        cap_limits=limits,
        covered_fen=covered,
        covered_share_basis_points=(
            None if bounded or covered is None else covered * 10_000 // need.amount_fen
        ),
        rate=indicative_rate(candidate.rate, reference_rates, reference_date),
        guarantee_mode=lightest_guarantee(candidate.guarantee_modes, need.pledges),
        days_to_money=candidate.days_to_money,
        late=is_late(candidate.days_to_money, need.needed_by, reference_date),
        pool_share=pool_share(candidate.pool_shares, facts),
    )


def indicative_rate(
    rate: Rate, reference_rates: Iterable[ReferenceRate], reference_date: date
) -> IndicativeRate:
    """The published band, for a spread on the LPR last published by `reference_date`; unknown without one."""
    if rate.lowest_basis_points is None or rate.highest_basis_points is None:
        return IndicativeRate(RateKind.UNKNOWN)
    if rate.kind is RateKind.FIXED_BAND:
        return IndicativeRate(rate.kind, rate.lowest_basis_points, rate.highest_basis_points)
    published = [
        each for each in reference_rates if each.term is rate.lpr_term and each.published_on <= reference_date
    ]
    if rate.kind is RateKind.UNKNOWN or not published:
        return IndicativeRate(RateKind.UNKNOWN)
    reference = max(published, key=lambda each: (each.published_on, each.basis_points))
    return IndicativeRate(
        rate.kind,
        reference.basis_points + rate.lowest_basis_points,
        reference.basis_points + rate.highest_basis_points,
        reference.basis_points,
        reference.published_on,
    )


def lightest_guarantee(
    modes: Collection[GuaranteeMode], pledges: Collection[PledgeKind]
) -> GuaranteeMode | None:
    """The mode of least burden that a product takes and the enterprise can offer; None: none of them."""
    return next(
        (
            mode
            for mode, needed in PLEDGES_NEEDED.items()
            if mode in modes and (not needed or any(pledge in needed for pledge in pledges))
        ),
        None,
    )


def is_late(days_to_money: int | None, needed_by: date, reference_date: date) -> bool | None:
    """Whether money would come after `needed_by`, five working days reckoned to a week, holidays left out."""
    if days_to_money is None:
        return None
    calendar_days = -(-days_to_money * DAYS_A_WEEK // WEEKDAYS_A_WEEK)
    return reference_date + timedelta(days=calendar_days) > needed_by
