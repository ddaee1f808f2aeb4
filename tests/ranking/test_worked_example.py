"""The worked example of docs/ranking.md: its request, and that its tables are what the engine finds.

When the engine changes, the failure prints the tables as they are to stand in the document.
"""

from pathlib import Path

from matchmaking.ranking import (
    AnswerCounts,
    Candidate,
    CapFormula,
    FinancingRanking,
    FinancingRequest,
    NeedFacts,
    ProviderRecord,
    Rate,
    rank,
)
from schemas.vocabulary import (
    CapBasis,
    FactName,
    GuaranteeMode,
    NeedDifficulty,
    PledgeKind,
    Preset,
    PurposeKind,
    RateKind,
    Verdict,
)
from tests.ranking.financing_cases import TODAY, WAN, fact, rules

DOCUMENT = Path(__file__).parents[2] / "docs" / "ranking.md"
NAMES = {"jia": "甲 A", "yi": "乙 B", "bing": "丙 C", "ding": "丁 D"}
VERDICTS = {
    Verdict.ELIGIBLE: "符合 eligible",
    Verdict.INCOMPLETE: "资料待补 incomplete",
    Verdict.NEAR_MISS: "接近 near miss",
    Verdict.INELIGIBLE: "不符合 ineligible",
}


def counted(asked: int, answered: int, accepted: int, paid: int) -> tuple[AnswerCounts, ...]:
    hard = NeedDifficulty.NOTHING_TO_PLEDGE
    return (
        AnswerCounts(
            difficulty=hard,
            asked=asked,
            answered_in_time=answered,
            accepted_offers=accepted,
            became_money=paid,
        ),
    )


def offer(
    name: str, lowest: int | None, highest: int | None, days: int | None, mode: GuaranteeMode
) -> Candidate:
    rate = Rate()
    if lowest is not None and highest is not None:
        rate = Rate(kind=RateKind.FIXED_BAND, lowest_basis_points=lowest, highest_basis_points=highest)
    by_tax = (CapFormula(basis=CapBasis.TAX_PAID, share_basis_points=50_000),)
    grade = {"fact": "tax_credit_grade", "operator": "is_one_of", "value": ["A", "B", "M"]}
    honour = {"fact": "honours", "operator": "has_any_of", "value": ["little_giant"]}
    return Candidate(
        candidate_id=name,
        organization_id=f"bank-{name}",
        unit_id=f"branch-{name}",
        product_version_id=f"version-{name}",
        largest_amount_fen=500 * WAN,
        longest_tenor_months=12,
        purposes=(PurposeKind.WORKING_CAPITAL,),
        guarantee_modes=(mode,),
        territory=("320600",),
        rate=rate,
        guarantee_fee_basis_points=50 if mode is GuaranteeMode.GUARANTEE_COMPANY else None,
        days_to_money=days,
        cap_formulas=by_tax if name == "yi" else (),
        rules=rules(honour) if name == "ding" else rules(grade),
    )


def example() -> FinancingRequest:
    return FinancingRequest(
        need=NeedFacts(
            need_id="example",
            amount_fen=300 * WAN,
            purpose=PurposeKind.WORKING_CAPITAL,
            needed_by=TODAY.replace(month=12, day=31),
            pledges=(PledgeKind.NONE,),
            tenor_months=12,
        ),
        facts=(
            fact(FactName.DISTRICT, "320602"),
            fact(FactName.TAX_CREDIT_GRADE, "B"),
            fact(FactName.TAX_PAID_LAST_12_MONTHS, 45 * WAN),
        ),
        candidates=(
            offer("jia", 380, 420, 10, GuaranteeMode.GUARANTEE_COMPANY),
            offer("yi", 330, 345, 3, GuaranteeMode.UNSECURED),
            offer("bing", None, None, 5, GuaranteeMode.UNSECURED),
            offer("ding", 300, 320, 2, GuaranteeMode.UNSECURED),
        ),
        reference_date=TODAY,
        records=(ProviderRecord(organization_id="bank-jia", counts=counted(50, 46, 20, 18)),),
        city_record=counted(500, 350, 200, 140),
    )


def tables(ranking: FinancingRanking) -> str:
    return "\n".join((*_components(ranking), "", *_totals(ranking)))


def _components(ranking: FinancingRanking) -> list[str]:
    parts = ranking.candidates[0].components
    heads = {"coverage": "覆盖 coverage", "cost": "成本 cost", "speed": "速度 speed"}
    heads |= {"collateral_burden": "担保 collateral", "fit": "匹配 fit", "reliability": "可靠 reliability"}
    columns = [f"{heads[part.name.value]} x {part.weight_percent} %" for part in parts]
    lines = [f"| 产品 product | {' | '.join(columns)} |", "|---|" + "---|" * len(columns)]
    for one in sorted(ranking.candidates, key=lambda one: list(NAMES).index(one.candidate_id)):
        points = ["-" if part.points is None else f"{part.points:.2f}" for part in one.components]
        lines.append(f"| {NAMES[one.candidate_id]} | {' | '.join(points)} |")
    return lines


def _totals(ranking: FinancingRanking) -> list[str]:
    lines = ["| 位次 place | 产品 product | 结论 verdict | 总分 total |", "|---|---|---|---|"]
    lines += [
        f"| {one.position} | {NAMES[one.candidate_id]} | {VERDICTS[one.verdict]} | {one.total:.2f} |"
        for one in ranking.candidates
    ]
    return lines


def test_the_document_shows_what_the_engine_finds() -> None:
    expected = tables(rank(example()))
    assert expected in DOCUMENT.read_text(encoding="utf-8"), f"docs/ranking.md is to say:\n{expected}"


def test_the_document_names_every_preset_and_component() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert all(f"`{preset.value}`" in text for preset in Preset)
    assert all(f"`{part.name.value}`" in text for part in rank(example()).candidates[0].components)


def test_each_total_of_the_example_adds_up() -> None:
    for one in rank(example()).candidates:
        parts = [(part.weight_percent, part.value_hundredths or 0) for part in one.components]
        assert one.weighted_total == sum(weight * value for weight, value in parts)
