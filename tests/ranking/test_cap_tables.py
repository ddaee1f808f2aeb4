"""Honour to cap, grade to a multiple of tax, revenue band to cap and pool share; what is refused."""

from typing import Any

import pytest
from pydantic import ValidationError

from matchmaking.ranking import RankedCandidate, ReasonCode, rank
from schemas.eligibility import CapTable, FactValue, PoolShares
from schemas.vocabulary import FactName, Verdict
from tests.ranking.financing_cases import WAN, candidate, fact, need, request

HERE = fact("district", "320602")


def honoured(*codes: str) -> dict[str, Any]:
    return {"fact": "honours", "operator": "has_any_of", "value": list(codes)}


def earning(lowest: int, highest: int) -> dict[str, Any]:
    band = {"lowest": lowest * WAN, "highest": highest * WAN}
    return {"fact": "revenue_last_12_months", "operator": "between", "unit": "fen", "value": band}


BY_HONOUR = {
    "bands": [
        {"when": honoured("little_giant"), "cap_fen": 400 * WAN},
        {"when": honoured("specialized_provincial"), "cap_fen": 250 * WAN},
    ],
    "otherwise_fen": 100 * WAN,
}
BY_GRADE = {
    "bands": [
        {
            "when": {"fact": "tax_credit_grade", "operator": "is_one_of", "value": [grade]},
            "basis": "tax_paid",
            "share_basis_points": share,
        }
        for grade, share in (("A", 50_000), ("B", 30_000))
    ]
}
BY_REVENUE = {
    "bands": [
        {"when": earning(0, 5_000), "pool_share_basis_points": 8_000},
        {"when": earning(5_001, 40_000), "pool_share_basis_points": 6_000},
    ]
}


def ranked(table: dict[str, Any], *facts: FactValue, **changes: Any) -> RankedCandidate:
    product = candidate(cap_tables=(CapTable.model_validate(table),), **changes)
    return rank(request(product, facts=(HERE, *facts))).candidates[0]


@pytest.mark.parametrize(
    ("honours", "cap"),
    [
        (["little_giant"], 400),
        (["specialized_provincial"], 250),
        ([], 100),
        (["little_giant", "specialized_provincial"], 400),
        (["green_factory"], 100),
    ],
)
def test_the_best_honour_sets_the_cap(honours: list[str], cap: int) -> None:
    found = ranked(BY_HONOUR, fact("honours", honours))
    assert found.terms.cap_fen == cap * WAN
    assert found.components[0].value_hundredths == min(10_000, cap * 10_000 // 300)
    told = {reason.code: reason.parameters for reason in found.reasons}
    assert told[ReasonCode.CAP_SET_BY] == {"limit": "honours", "cap_fen": cap * WAN}


def test_an_unknown_honour_leaves_the_cap_open_and_is_asked_for() -> None:
    found = ranked(BY_HONOUR)
    assert (found.verdict, found.terms.cap_is_upper_bound) == (Verdict.INCOMPLETE, True)
    assert [one.to_supply for one in found.constraints if one.to_supply] == [(FactName.HONOURS,)]
    assert found.components[0].value_hundredths is None


def test_a_grade_sets_the_multiple_of_the_tax() -> None:
    tax = fact("tax_paid_last_12_months", 40 * WAN)
    assert ranked(BY_GRADE, tax, fact("tax_credit_grade", "A")).terms.cap_fen == 200 * WAN
    assert ranked(BY_GRADE, tax, fact("tax_credit_grade", "B")).terms.cap_fen == 120 * WAN
    assert ranked(BY_GRADE, tax, fact("tax_credit_grade", "C")).terms.cap_fen == 500 * WAN
    ungraded = ranked(BY_GRADE, tax)
    assert [limit.missing for limit in ungraded.terms.cap_limits] == [None, FactName.TAX_CREDIT_GRADE]
    untaxed = ranked(BY_GRADE, fact("tax_credit_grade", "A"))
    assert [limit.missing for limit in untaxed.terms.cap_limits] == [None, FactName.TAX_PAID_LAST_12_MONTHS]


def test_a_table_below_the_minimum_refuses() -> None:
    found = ranked(BY_HONOUR, fact("honours", []), smallest_amount_fen=101 * WAN)
    assert found.verdict is Verdict.INELIGIBLE
    assert ReasonCode.CAP_BELOW_MINIMUM in {reason.code for reason in found.reasons}


@pytest.mark.parametrize(("revenue", "share"), [(5_000, 8_000), (5_001, 6_000), (40_001, None)])
def test_the_revenue_decides_what_the_pool_bears(revenue: int, share: int | None) -> None:
    shares = PoolShares.model_validate(BY_REVENUE)
    facts = (HERE, fact("revenue_last_12_months", revenue * WAN))
    found = rank(request(candidate(pool_shares=shares), facts=facts)).candidates[0]
    assert (found.terms.pool_share and found.terms.pool_share.basis_points) == share
    plain = rank(request(candidate(), facts=facts)).candidates[0]
    assert (found.verdict, found.weighted_total) == (plain.verdict, plain.weighted_total)
    unknown = rank(request(candidate(pool_shares=shares))).candidates[0]
    assert ReasonCode.POOL_SHARE_UNKNOWN in {reason.code for reason in unknown.reasons}


def test_growing_out_of_a_band_is_told_before() -> None:
    """A band's upper end is a cliff as a rule's is: within the last tenth below it, the cap may change."""
    table = {"bands": [{"when": earning(0, 2_000), "cap_fen": 400 * WAN}], "otherwise_fen": 90 * WAN}
    near = ranked(table, fact("revenue_last_12_months", 1_900 * WAN))
    far = ranked(table, fact("revenue_last_12_months", 1_800 * WAN))
    told = {reason.code: reason.parameters for reason in near.reasons}
    assert told[ReasonCode.CAP_NEAR_CEILING]["fact"] == "revenue_last_12_months"
    assert ReasonCode.CAP_NEAR_CEILING not in {reason.code for reason in far.reasons}


def test_contract_and_appraisal_caps_read_the_need() -> None:
    by_contract = {"bands": [{"when": honoured("little_giant"), "basis": "contract_amount"}]}
    by_contract["bands"][0]["share_basis_points"] = 8_500
    product = candidate(cap_tables=(CapTable.model_validate(by_contract),))
    facts = (HERE, fact("honours", ["little_giant"]))
    asked = need(contract_amount_fen=200 * WAN)
    assert rank(request(product, facts=facts, need=asked)).candidates[0].terms.cap_fen == 170 * WAN
    open_cap = rank(request(product, facts=facts)).candidates[0]
    assert open_cap.verdict is Verdict.INCOMPLETE


TOLD = {"when": honoured("little_giant")}
MIXED = {"when": earning(0, 1), "cap_fen": 1}


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ({"bands": [TOLD]}, "cap_band_value"),
        ({"bands": [TOLD | {"cap_fen": 1, "basis": "tax_paid", "share_basis_points": 1}]}, "cap_band_value"),
        ({"bands": [TOLD | {"basis": "tax_paid"}]}, "cap_band_value"),
        ({"bands": [TOLD | {"cap_fen": 1, "share_basis_points": 1}]}, "cap_band_value"),
        ({"bands": [TOLD | {"cap_fen": 1}, MIXED]}, "fact_table_mixed"),
        ({"bands": [{"when": honoured("x"), "cap_fen": 1}]}, "rule_code_unknown"),
        (
            {"bands": [{"when": honoured("little_giant") | {"visibility": "bank_only"}, "cap_fen": 1}]},
            "fact_table_not_public",
        ),
        (
            {"bands": [{"when": {"fact": "ownership", "operator": "is_one_of", "value": ["state"]}}]},
            "rule_reads_ownership",
        ),
        ({"bands": []}, "too_short"),
    ],
)
def test_what_a_table_may_not_say(table: dict[str, Any], code: str) -> None:
    with pytest.raises(ValidationError, match=code):
        CapTable.model_validate(table)
    bands = [{"when": one["when"], "pool_share_basis_points": 1} for one in table["bands"]]
    if code.startswith(("rule_", "fact_")):
        with pytest.raises(ValidationError, match=code):
            PoolShares.model_validate({"bands": bands})
