"""What a candidate costs, with every number that led to it: shapes only, stored whole with the run.

Costs are effective annual rates: millionths of the principal a year, and the whole basis points cut from
them, by which candidates are ordered. How they are reckoned stands in `costing`.
"""

from dataclasses import dataclass

from schemas.vocabulary import (
    FactName,
    GuaranteeFeePayment,
    MethodBasis,
    PolicyKind,
    RepaymentMethod,
    TenorBasis,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanAssumed:
    """The loan that is reckoned with, and what of it was assumed because need or product leave it open.

    `rate_basis_points` is the upper end of the published band; None: ask the bank. `guarantee_fee_missing`:
    the guarantee takes a fee that is not published. The once-fees are paid at settlement.
    """

    principal_fen: int
    months: int
    tenor_basis: TenorBasis
    repayment_method: RepaymentMethod
    method_basis: MethodBasis
    rate_basis_points: int | None
    guarantee_fee_basis_points: int = 0
    guarantee_fee_payment: GuaranteeFeePayment = GuaranteeFeePayment.YEARLY
    guarantee_fee_missing: bool = False
    once_basis_points: int = 0
    once_fen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedMeasure:
    """A policy measure as an explanation names it; who pays, and when in the words of the publication."""

    measure_id: str
    kind: PolicyKind
    title_zh: str
    title_en: str
    payer_zh: str
    payer_en: str
    paid: str
    share_basis_points: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantedCost:
    """The cost if the measure is granted, and the numbers of the measure that led to it.

    Null `paid_every_months`: the publication is not typed, reckoned as paid at the end of the loan.
    `cap_fen` is the least of the caps for one enterprise and in all.
    """

    measure: NamedMeasure
    cost_millionths: int
    cost_basis_points: int
    rate_basis_points: int | None
    loan_share_basis_points: int | None
    most_months: int | None
    cap_fen: int | None
    paid_every_months: int | None
    paid_after_months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UndecidedMeasure:
    """A measure that may be granted: some of its conditions hang on facts that are not known."""

    measure: NamedMeasure
    missing: tuple[FactName, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReckonedCost:
    """By contract, and if the one measure is granted that lowers it most.

    `at_least`: a fee is not published, so that the cost is a lower bound and gives no place in the order.
    `pool` bears a share of the bank's loss; it changes no cost.
    """

    loan: LoanAssumed
    contract_millionths: int | None
    contract_basis_points: int | None
    at_least: bool = False
    granted: GrantedCost | None = None
    undecided: tuple[UndecidedMeasure, ...] = ()
    pool: NamedMeasure | None = None
