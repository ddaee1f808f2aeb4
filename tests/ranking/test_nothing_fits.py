"""What is said when nothing fits: the nearest first, lawful help, and a day on which it may be otherwise."""

from dataclasses import replace
from datetime import date, timedelta

from matchmaking.ranking import FinancingRanking, ReasonCode, rank
from matchmaking.ranking.nothing_fits import nothing_fits
from schemas.eligibility import FactValue
from schemas.vocabulary import FactSource, Helper
from tests.ranking.financing_cases import TODAY, candidate, fact, request, rules

HERE = fact("district", "320602")
AGE = {"fact": "registration_date", "operator": "at_least", "unit": "months", "value": 24}
GRADE = {
    "fact": "tax_credit_grade",
    "operator": "is_one_of",
    "value": ["A"],
    "curable": True,
    "remedy": "restore_tax_credit",
}


def ranked(*rule_sets: list[dict[str, object]], facts: tuple[FactValue, ...]) -> FinancingRanking:
    offers = [candidate(f"c{number}", rules=rules(*each)) for number, each in enumerate(rule_sets)]
    return rank(request(*offers, facts=(HERE, *facts)))


def young(source: FactSource = FactSource.SYSTEM_OF_RECORD) -> FactValue:
    return fact("registration_date", "2024-06-10", source=source)


def test_something_that_fits_or_waits_for_facts_needs_no_such_answer() -> None:
    assert nothing_fits(ranked([], [GRADE], facts=(fact("tax_credit_grade", "D"),)), TODAY) is None
    assert nothing_fits(ranked([GRADE], facts=()), TODAY) is None


def test_near_misses_come_before_fewer_faults_before_place() -> None:
    far = [AGE | {"tolerance_basis_points": 0}]
    found = nothing_fits(
        ranked([*far, GRADE], far, [GRADE], far, facts=(young(), fact("tax_credit_grade", "D"))), TODAY
    )
    assert found is not None
    assert found.nearest[0][0].candidate_id == "c2"
    assert "c0" not in [one.candidate_id for one, _ in found.nearest]
    assert found.whom_to_ask == (Helper.TAX_OFFICE, Helper.FINANCE_OFFICE)
    codes = [reason.code for reason in found.nearest[0][1]]
    assert codes == [ReasonCode.RULE_UNMET, ReasonCode.REMEDY]


def test_age_cures_itself_when_it_is_verified() -> None:
    """Registered 2024-06-10: 17 complete months on 2025-11-20, and 24 of them in all of July 2026."""
    verified = nothing_fits(ranked([AGE | {"tolerance_basis_points": 0}], facts=(young(),)), TODAY)
    assert verified is not None
    assert (verified.look_again_on, verified.look_again.code) == (
        date(2026, 7, 1),
        ReasonCode.LOOK_AGAIN_WHEN_OVER,
    )
    later = rank(request(candidate(rules=rules(AGE)), facts=(HERE, young()), reference_date=date(2026, 7, 1)))
    assert nothing_fits(later, date(2026, 7, 1)) is None
    declared = young(FactSource.SELF_DECLARED)
    unverified = nothing_fits(ranked([AGE | {"tolerance_basis_points": 0}], facts=(declared,)), TODAY)
    assert unverified is not None
    assert unverified.look_again_on == TODAY + timedelta(days=30)


def test_what_begins_later_is_named_with_its_day() -> None:
    begins = TODAY + timedelta(days=12)
    found = nothing_fits(rank(request(candidate(valid_from=begins))), TODAY)
    assert found is not None
    assert found.look_again_on == begins


def test_an_empty_market_is_an_answer() -> None:
    nothing = nothing_fits(rank(replace(request(), candidates=())), TODAY)
    assert nothing is not None
    assert (nothing.nearest, nothing.whom_to_ask) == ((), (Helper.FINANCE_OFFICE,))
