"""What a bank does not publish neither fulfils nor refuses, is never imputed, and is said."""

from dataclasses import replace
from typing import Any

import pytest

from matchmaking.ranking import CapFormula, ReasonCode, plain
from schemas.vocabulary import CapBasis, ComponentName, Verdict
from tests.ranking.financing_cases import WAN, candidate, need
from tests.ranking.test_terms import codes, ranked, value

SILENT: dict[str, tuple[dict[str, Any], ReasonCode, ComponentName | None]] = {
    "amount": ({"largest_amount_fen": None}, ReasonCode.AMOUNT_NOT_PUBLISHED, ComponentName.COVERAGE),
    "tenor": ({"longest_tenor_months": None}, ReasonCode.TENOR_NOT_PUBLISHED, None),
    "purposes": ({"purposes": ()}, ReasonCode.PURPOSE_NOT_PUBLISHED, None),
    "security": (
        {"guarantee_modes": ()},
        ReasonCode.GUARANTEE_NOT_PUBLISHED,
        ComponentName.COLLATERAL_BURDEN,
    ),
}


@pytest.mark.parametrize("term", list(SILENT))
def test_what_is_not_published_neither_fulfils_nor_refuses(term: str) -> None:
    changes, code, part = SILENT[term]
    said = ranked(candidate(), asked=need(tenor_months=12))
    found = ranked(candidate(**changes), asked=need(tenor_months=12))
    assert (said.verdict, said.conditions_met_as_published) == (Verdict.ELIGIBLE, False)
    assert (found.verdict, found.conditions_met_as_published) == (Verdict.ELIGIBLE, True)
    assert code in codes(found)
    assert "请询问银行" in plain(next(reason for reason in found.reasons if reason.code is code))
    assert found.weighted_total <= said.weighted_total
    if part is not None:
        assert value(found, part) is None
        assert value(said, part) is not None


def test_silence_excuses_nothing_else() -> None:
    silent = candidate(largest_amount_fen=None, longest_tenor_months=None, purposes=(), guarantee_modes=())
    assert ranked(silent).conditions_met_as_published is True
    elsewhere = ranked(replace(silent, territory=("320100",)))
    assert (elsewhere.verdict, elsewhere.conditions_met_as_published) == (Verdict.INELIGIBLE, False)
    short = ranked(replace(silent, shortest_tenor_months=24), asked=need(tenor_months=6))
    assert short.verdict is Verdict.INELIGIBLE
    gone = ranked(replace(silent, quota_left_fen=0))
    assert gone.verdict is Verdict.INELIGIBLE


def test_no_known_limit_is_no_cap_and_a_known_one_an_upper_bound() -> None:
    unknown = ranked(candidate(largest_amount_fen=None)).terms
    assert (unknown.cap_fen, unknown.cap_is_upper_bound, unknown.covered_fen) == (None, True, None)
    bounded = ranked(candidate(largest_amount_fen=None, authority_limit_fen=200 * WAN))
    assert (bounded.terms.cap_fen, bounded.terms.cap_is_upper_bound) == (200 * WAN, True)
    assert bounded.terms.covered_share_basis_points is None
    assert ReasonCode.AMOUNT_NOT_PUBLISHED_BOUNDED in codes(bounded)
    assert ReasonCode.COVERED_IN_PART not in codes(bounded)
    by_tax = (CapFormula(basis=CapBasis.TAX_PAID, share_basis_points=40_000),)
    asking = ranked(candidate(largest_amount_fen=None, cap_formulas=by_tax))
    assert (asking.verdict, asking.terms.cap_fen) == (Verdict.INCOMPLETE, None)
    assert {ReasonCode.CAP_TO_BE_RECKONED, ReasonCode.AMOUNT_NOT_PUBLISHED} <= codes(asking)


def test_purposes_that_are_not_published_are_left_out_of_the_fit() -> None:
    fit = next(part for part in ranked(candidate(purposes=())).components if part.name is ComponentName.FIT)
    assert (fit.value_hundredths, "purpose_fit" in fit.parameters) == (3_000, False)
