"""Made-up policy measures and charges of products, plain ones to vary by hand and seeded random ones."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

from matchmaking.ranking import PolicyMeasureFacts
from schemas.eligibility import EligibilityRules
from schemas.vocabulary import GuaranteeFeePayment, PolicyKind, PurposeKind, RepaymentMethod

TODAY = date(2025, 11, 20)
WAN = 1_000_000


def measure(measure_id: str = "measure", **changes: Any) -> PolicyMeasureFacts:
    plain = PolicyMeasureFacts(
        measure_id=measure_id,
        kind=PolicyKind.INTEREST_SUBSIDY,
        title_zh="设备贷款贴息",
        title_en="Interest subsidy for equipment",
        payer_zh="工业和信息化局",
        payer_en="industry office",
        paid="每年申报，次年拨付",
        valid_from=date(2025, 1, 1),
        valid_until=date(2026, 6, 30),
        rate_basis_points=200,
    )
    return replace(plain, **changes)


def random_measure(random: Random, measure_id: str, rules: EligibilityRules) -> PolicyMeasureFacts:
    kind = random.choice([*PolicyKind, PolicyKind.INTEREST_SUBSIDY])
    return measure(
        measure_id,
        kind=kind,
        area=random.choice((None, None, "320600", "320000", "110000")),
        rules=rules,
        rate_basis_points=random.choice((None, 50, 200)) if kind is PolicyKind.INTEREST_SUBSIDY else None,
        share_basis_points=random.choice((3_000, 5_000, 10_000)),
        loan_share_basis_points=random.choice((None, 6_000)),
        most_months=random.choice((None, 12, 24)),
        cap_each_fen=random.choice((None, 100_000, 5 * WAN)),
        cap_total_fen=random.choice((None, None, 200_000)),
        bank_ids=random.choice(((), (), ("bank-1", "bank-2", "bank-5"), ("bank-77",))),
        purposes=random.choice(((), (), (PurposeKind.WORKING_CAPITAL,), (PurposeKind.EQUIPMENT,))),
        valid_from=random.choice((date(2025, 1, 1), TODAY, TODAY, TODAY + timedelta(days=1))),
        valid_until=random.choice((TODAY, TODAY + timedelta(days=100), TODAY - timedelta(days=1))),
        paid_every_months=random.choice((None, 1, 3, 12)),
        paid_after_months=random.choice((0, 0, 6)),
    )


def random_charges(random: Random) -> dict[str, Any]:
    return {
        "repayment_methods": tuple(random.sample(list(RepaymentMethod), random.choice((0, 1, 1, 2)))),
        "guarantee_fee_basis_points": random.choice((None, None, 0, 100, 150)),
        "guarantee_fee_payment": random.choice(list(GuaranteeFeePayment)),
        "appraisal_fee_fen": random.choice((None, None, None, 300_000)),
        "appraisal_fee_basis_points": random.choice((None, None, 10)),
        "other_fees_fen": random.choice((None, None, None, 50_000)),
        "other_fees_basis_points": random.choice((None, None, 5)),
    }
