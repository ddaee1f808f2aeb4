"""Conditions that are published in words keep a verdict open: nobody is called eligible past them."""

from dataclasses import replace

from matchmaking.ranking import ReasonCode, plain, rank
from schemas.vocabulary import FactName, Verdict
from tests.ranking.financing_cases import candidate, fact, request, rules
from tests.ranking.test_terms import codes, ranked

HERE = fact("district", "320602")
HEADCOUNT = {"fact": "headcount", "operator": "at_least", "unit": "count", "value": 5}


def test_who_meets_every_rule_is_not_called_eligible_while_words_are_unread() -> None:
    typed = candidate()
    assert ranked(typed).verdict is Verdict.ELIGIBLE
    worded = ranked(replace(typed, conditions_in_words=True))
    assert (worded.verdict, worded.conditions_met_as_published) == (Verdict.INCOMPLETE, False)
    assert ReasonCode.CONDITIONS_IN_WORDS in codes(worded)
    said = next(reason for reason in worded.reasons if reason.code is ReasonCode.CONDITIONS_IN_WORDS)
    assert "询问银行" in plain(said)


def test_words_excuse_nothing_that_a_rule_refuses() -> None:
    worded = candidate(rules=rules(HEADCOUNT), conditions_in_words=True)
    (found,) = rank(request(worded, facts=(HERE, fact("headcount", 1)))).candidates
    assert found.verdict is Verdict.INELIGIBLE


def test_a_missing_fact_decides_nothing_alone_where_words_are_unread() -> None:
    asking = candidate(rules=rules(HEADCOUNT))
    for words, alone in ((False, 1), (True, 0)):
        (decisive,) = rank(request(replace(asking, conditions_in_words=words), facts=(HERE,))).decisive_facts
        assert (decisive.missing, decisive.candidates, decisive.alone) == (FactName.HEADCOUNT, 1, alone)
