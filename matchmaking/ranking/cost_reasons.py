"""What there is to say of a cost: the number, what was assumed, fees, and the measure that lowers it."""

from collections.abc import Iterator

from matchmaking.ranking.reasons import Parameter, Reason, ReasonCode
from matchmaking.ranking.reckoned_cost import GrantedCost, LoanAssumed, NamedMeasure, ReckonedCost
from schemas.vocabulary import MethodBasis, TenorBasis

_TENOR = {
    TenorBasis.ASSUMED: ReasonCode.COST_TENOR_ASSUMED,
    TenorBasis.BOUNDED: ReasonCode.COST_TENOR_BOUNDED,
}
_METHOD = {
    MethodBasis.DEAREST_OF_SEVERAL: ReasonCode.COST_METHOD_DEAREST,
    MethodBasis.ASSUMED: ReasonCode.COST_METHOD_ASSUMED,
}


def reasons_of_cost(cost: ReckonedCost | None) -> tuple[Reason, ...]:
    """Of a cost that is not known only what concerns the loan otherwise: the rate's reason says the rest."""
    if cost is None:
        return ()
    found = [] if cost.contract_basis_points is None else [*_of_contract(cost, cost.contract_basis_points)]
    if cost.granted is not None:
        found.append(_of_granted(cost.granted))
    for one in cost.undecided:
        missing = tuple(name.value for name in one.missing)
        found.append(Reason(ReasonCode.MEASURE_UNDECIDED, _titles(one.measure) | {"missing": missing}))
    if cost.pool is not None:
        share = cost.pool.share_basis_points or 0
        found.append(Reason(ReasonCode.POOL_SHARES_LOSS, _titles(cost.pool) | {"share_basis_points": share}))
    return tuple(found)


def _of_contract(cost: ReckonedCost, basis_points: int) -> Iterator[Reason]:
    loan = cost.loan
    code = ReasonCode.COST_AT_LEAST if cost.at_least else ReasonCode.COST_BY_CONTRACT
    yield Reason(
        code,
        {
            "cost_basis_points": basis_points,
            "amount_fen": loan.principal_fen,
            "tenor_months": loan.months,
            "repayment_method": loan.repayment_method.value,
        },
    )
    yield from _of_fees(loan)
    if (tenor := _TENOR.get(loan.tenor_basis)) is not None:
        yield Reason(tenor, {"tenor_months": loan.months})
    if (method := _METHOD.get(loan.method_basis)) is not None:
        yield Reason(method, {"repayment_method": loan.repayment_method.value})


def _of_fees(loan: LoanAssumed) -> Iterator[Reason]:
    if loan.guarantee_fee_basis_points:
        yield Reason(
            ReasonCode.COST_GUARANTEE_FEE,
            {
                "fee_basis_points": loan.guarantee_fee_basis_points,
                "guarantee_fee_payment": loan.guarantee_fee_payment.value,
            },
        )
    if once := once_fees_fen(loan):
        yield Reason(ReasonCode.COST_ONCE_FEES, {"once_fen": once})


def once_fees_fen(loan: LoanAssumed) -> int:
    """Fees paid at settlement, whole fen."""
    return loan.once_fen + loan.principal_fen * loan.once_basis_points // 10_000


def _of_granted(granted: GrantedCost) -> Reason:
    measure = granted.measure
    parameters: dict[str, Parameter] = {
        **_titles(measure),
        "payer": (measure.payer_zh, measure.payer_en),
        "paid": measure.paid,
        "cost_basis_points": granted.cost_basis_points,
    }
    if granted.paid_every_months is None:
        return Reason(ReasonCode.COST_IF_GRANTED_AT_END, parameters)
    times = {"every_months": granted.paid_every_months, "after_months": granted.paid_after_months}
    return Reason(ReasonCode.COST_IF_GRANTED, parameters | times)


def _titles(measure: NamedMeasure) -> dict[str, Parameter]:
    return {"measure": (measure.title_zh, measure.title_en)}
