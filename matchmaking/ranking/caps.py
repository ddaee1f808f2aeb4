"""The numbers whose least is the cap: product, branch, quota, formulas, tables by a fact; and pool shares.

Nothing is guessed: what hangs on an unknown fact is open and names it.
"""

from dataclasses import dataclass, replace

from matchmaking.ranking.eligibility import evaluate_rule
from matchmaking.ranking.facts import FactsAtDate, number
from matchmaking.ranking.reasons import Missing, ReasonCode
from matchmaking.ranking.request import Candidate, CapFormula, NeedFacts
from schemas.eligibility import CapBand, CapTable, PoolShares
from schemas.vocabulary import CapBasis, FactName, RuleStatus


@dataclass(frozen=True, slots=True)
class CapLimit:
    """One of the numbers whose least is the cap.

    `fen` is None while `missing` is not known, or, with nothing missing, when the bank does not publish it.
    `near_ceiling`: the fact stands close below the end of the band that applies.
    """

    name: str
    fen: int | None
    share_basis_points: int | None = None
    missing: Missing | None = None
    near_ceiling: bool = False


@dataclass(frozen=True, slots=True)
class PoolShare:
    """The share of a loss that a compensation pool bears; None while `missing` is not known."""

    basis_points: int | None = None
    missing: FactName | None = None


def cap_limits(need: NeedFacts, candidate: Candidate, facts: FactsAtDate) -> tuple[CapLimit, ...]:
    limits = [CapLimit("product", candidate.largest_amount_fen)]
    if candidate.authority_limit_fen is not None:
        limits.append(CapLimit("authority", candidate.authority_limit_fen))
    if candidate.quota_left_fen is not None:
        limits.append(CapLimit("quota", max(0, candidate.quota_left_fen)))
    formulas: tuple[CapFormula | CapTable, ...] = (*candidate.cap_formulas, *candidate.cap_tables)
    reckoned = [limit_by(each, need, facts) for each in formulas]
    return (*limits, *(limit for limit in reckoned if limit is not None))


def limit_by(formula: CapFormula | CapTable, need: NeedFacts, facts: FactsAtDate) -> CapLimit | None:
    """None where a table limits nothing."""
    if isinstance(formula, CapTable):
        return table_limit(formula, need, facts)
    return formula_limit(formula, need, facts)


def table_limit(table: CapTable, need: NeedFacts, facts: FactsAtDate) -> CapLimit | None:
    """The highest band that holds; open while a higher one may hold; None where the table limits nothing."""
    name = table.fact.value
    met, open_bands = _reckoned_bands(table, need, facts)
    best = max(met, key=lambda limit: limit.fen or 0, default=None)
    for limit in open_bands:
        if best is None or limit.fen is None or limit.fen > (best.fen or 0):
            return CapLimit(name, None, limit.share_basis_points, limit.missing)
    if best is None and table.otherwise_fen is not None:
        return CapLimit(name, table.otherwise_fen)
    return best


def _reckoned_bands(
    table: CapTable, need: NeedFacts, facts: FactsAtDate
) -> tuple[list[CapLimit], list[CapLimit]]:
    """Bands that hold and whose amount is known, and those of which one of the two is missing."""
    met: list[CapLimit] = []
    open_bands: list[CapLimit] = []
    for band in table.bands:
        outcome = evaluate_rule(band.when, facts)
        limit = _band_limit(table.fact.value, band, need, facts)
        if outcome.status is RuleStatus.UNKNOWN:
            missing = outcome.to_supply[0]
            open_bands.append(replace(limit, missing=missing))
        elif outcome.status is RuleStatus.MET:
            near = outcome.reason.code is ReasonCode.RULE_MET_NEAR_CEILING
            (met if limit.missing is None else open_bands).append(replace(limit, near_ceiling=near))
    return met, open_bands


def _band_limit(name: str, band: CapBand, need: NeedFacts, facts: FactsAtDate) -> CapLimit:
    if band.basis is None or band.share_basis_points is None:
        return CapLimit(name, band.cap_fen)
    return _share_of(name, band.basis, band.share_basis_points, need, facts)


def formula_limit(formula: CapFormula, need: NeedFacts, facts: FactsAtDate) -> CapLimit:
    return _share_of(formula.basis.value, formula.basis, formula.share_basis_points, need, facts)


def _share_of(name: str, basis: CapBasis, share: int, need: NeedFacts, facts: FactsAtDate) -> CapLimit:
    base, missing = _base(basis, need, facts)
    return CapLimit(name, None if base is None else base * share // 10_000, share, missing)


def _base(basis: CapBasis, need: NeedFacts, facts: FactsAtDate) -> tuple[int | None, Missing | None]:
    """What a formula multiplies, in fen, or what is missing to know it."""
    if basis is CapBasis.TAX_PAID:
        value = facts.read(FactName.TAX_PAID_LAST_12_MONTHS).value
        return (None, FactName.TAX_PAID_LAST_12_MONTHS) if value is None else (number(value), None)
    stated = {
        CapBasis.CONTRACT_AMOUNT: need.contract_amount_fen,
        CapBasis.INTELLECTUAL_PROPERTY_APPRAISAL: need.intellectual_property_appraisal_fen,
    }[basis]
    return (None, basis) if stated is None else (stated, None)


def pool_share(shares: PoolShares | None, facts: FactsAtDate) -> PoolShare | None:
    """By the first band that holds; open while an earlier one may. None where no pool is published."""
    if shares is None:
        return None
    for band in shares.bands:
        outcome = evaluate_rule(band.when, facts)
        if outcome.status is RuleStatus.MET:
            return PoolShare(band.pool_share_basis_points)
        if outcome.status is RuleStatus.UNKNOWN:
            missing = outcome.to_supply[0]
            return PoolShare(missing=missing if isinstance(missing, FactName) else None)
    return None if shares.otherwise_basis_points is None else PoolShare(shares.otherwise_basis_points)
