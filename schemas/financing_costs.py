"""The list of what loans cost, candidate by candidate of a match run, as banks disclose it."""

from uuid import UUID

from schemas.base import Draft
from schemas.vocabulary import (
    CostItemKind,
    CostPayee,
    GuaranteeFeePayment,
    MethodBasis,
    RepaymentMethod,
    TenorBasis,
    Verdict,
)


class CostItemRead(Draft):
    """`paid_every_months`: 0 is at settlement. The items' annual costs add up to that of the whole."""

    kind: CostItemKind
    kind_text: str
    payee: CostPayee
    payee_text: str
    amount_fen: int | None
    paid_every_months: int
    annual_cost_millionths: int


class CostMeasureRead(Draft):
    measure_id: UUID
    title: str
    payer: str
    paid: str
    paid_every_months: int | None
    paid_after_months: int


class FinancingCostRead(Draft):
    """What is reckoned with and what was assumed; null costs: the bank publishes no rate."""

    candidate_id: UUID
    position: int
    verdict: Verdict
    provider_name: str
    product_name: str
    principal_fen: int
    tenor_months: int
    tenor_basis: TenorBasis
    repayment_method: RepaymentMethod
    method_basis: MethodBasis
    rate_basis_points: int | None
    guarantee_fee_payment: GuaranteeFeePayment
    items: list[CostItemRead]
    cost_millionths: int | None
    cost_is_at_least: bool
    subsidised_cost_millionths: int | None
    measure: CostMeasureRead | None


class FinancingCostList(Draft):
    """企业贷款综合融资成本清单 of the candidates that a run shows, in their order."""

    run_id: UUID
    need_id: UUID
    title: str
    notice: str
    candidates: list[FinancingCostRead]
