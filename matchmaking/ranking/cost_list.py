"""What a loan costs item by item: who takes how much, when, and what it adds to the yearly cost.

The items are those of the banks' 企业贷款综合融资成本清单 (list of the all-in cost of an enterprise loan,
also 贷款明白纸), in use since the pilot that the People's Bank of China began in September 2024: interest and
every other cost, by whom it is charged, how and how often it is paid, all turned into yearly rates, and the
policies that lower it. So described in 贝壳财经 (August 2025), 中经联播 (2025-08-20) and 内蒙古城市金融网
(2025-09-01); the blank form itself was not found in public.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from matchmaking.ranking.cash_flows import MONTHS_A_YEAR, flow_table
from matchmaking.ranking.cost import annual_cost, whole_millionths
from matchmaking.ranking.cost_reasons import once_fees_fen
from matchmaking.ranking.costing import loan_columns
from matchmaking.ranking.reckoned_cost import GrantedCost, LoanAssumed, ReckonedCost
from schemas.vocabulary import CostItemKind, CostPayee, GuaranteeFeePayment, RepaymentMethod


@dataclass(frozen=True, slots=True)
class CostItem:
    """`amount_fen` over the whole loan, rounded to fen; what is granted is negative, its amount not reckoned.

    `paid_every_months`: 0 at settlement, the number of months of the loan: at its end. `annual_millionths` is
    what the item adds to the yearly cost of those before it, so that the items add up to the whole.
    """

    kind: CostItemKind
    payee: CostPayee
    amount_fen: int | None
    paid_every_months: int
    annual_millionths: int


def cost_items(cost: ReckonedCost) -> tuple[CostItem, ...]:
    """Interest, fees that are taken, and the measure if granted; nothing without a rate."""
    if cost.contract_millionths is None:
        return ()
    return tuple(_items(cost, cost.contract_millionths))


def _items(cost: ReckonedCost, contract_millionths: int) -> Iterator[CostItem]:
    loan = cost.loan
    plain = replace(loan, guarantee_fee_basis_points=0, once_basis_points=0, once_fen=0)
    guaranteed = replace(loan, once_basis_points=0, once_fen=0)
    interest, with_guarantee = _millionths(plain), _millionths(guaranteed)
    paid = _paid_fen(plain)
    yield CostItem(CostItemKind.INTEREST, CostPayee.BANK, paid, _interest_every(loan), interest)
    if loan.guarantee_fee_basis_points:
        fee = _paid_fen(guaranteed) - paid
        adds = with_guarantee - interest
        yield CostItem(CostItemKind.GUARANTEE_FEE, CostPayee.GUARANTOR, fee, _guarantee_every(loan), adds)
    if once := once_fees_fen(loan):
        adds = contract_millionths - with_guarantee
        yield CostItem(CostItemKind.SETTLEMENT_FEES, CostPayee.SERVICE_INSTITUTION, once, 0, adds)
    if cost.granted is not None:
        yield _granted(loan, cost.granted, contract_millionths)


def _granted(loan: LoanAssumed, granted: GrantedCost, contract_millionths: int) -> CostItem:
    every = granted.paid_every_months or loan.months
    lowers = granted.cost_millionths - contract_millionths
    return CostItem(CostItemKind.POLICY_SUBSIDY, CostPayee.GOVERNMENT, None, every, lowers)


def _millionths(loan: LoanAssumed) -> int:
    return int(whole_millionths(annual_cost(loan_columns([loan])))[0])


def _paid_fen(loan: LoanAssumed) -> int:
    """What is paid above the principal."""
    above = -float(flow_table(loan_columns([loan]))[:, 0].sum())
    return round(above * loan.principal_fen)


def _interest_every(loan: LoanAssumed) -> int:
    return loan.months if loan.repayment_method is RepaymentMethod.ALL_AT_MATURITY else 1


def _guarantee_every(loan: LoanAssumed) -> int:
    return MONTHS_A_YEAR if loan.guarantee_fee_payment is GuaranteeFeePayment.YEARLY else 0
