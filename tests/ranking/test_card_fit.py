"""What a provider learns of a card is one of three words; from facts not shared nothing can be solved."""

from datetime import timedelta
from random import Random
from secrets import randbelow

import pytest

from matchmaking.ranking.anonymity import CardTraits, MoneyBand
from matchmaking.ranking.card_fit import PublishedOffer, ShownWish, fit_of
from matchmaking.ranking.facts import FactsAtDate
from schemas.eligibility import FACTS, EligibilityRules, FactValue
from schemas.vocabulary import ProviderFit, PurposeKind
from tests.ranking.financing_cases import TODAY, fact, random_request, rules

WISH = ShownWish(PurposeKind.WORKING_CAPITAL, MoneyBand(0, None), CardTraits(city="320600"))
HEADCOUNT = {"fact": "headcount", "operator": "at_least", "unit": "count", "value": 10}
PATENTS = {"fact": "invention_patents", "operator": "at_least", "unit": "count", "value": 1}


def answer(offered: EligibilityRules, *shared: FactValue) -> ProviderFit:
    offer = PublishedOffer((PurposeKind.WORKING_CAPITAL,), None, ("320600",), offered)
    return fit_of(offer, WISH, FactsAtDate(shared, TODAY))


@pytest.fixture
def random() -> Random:
    seed = randbelow(2**32)
    print(f"seed {seed}")  # noqa: T201 - a random test tells its seed
    return Random(seed)  # noqa: S311 - cases, not secrets


def test_three_words() -> None:
    offered = rules(HEADCOUNT, PATENTS)
    enough, many = fact("headcount", 10), fact("invention_patents", 1)
    assert answer(offered, enough, many) is ProviderFit.FITS
    assert answer(offered, enough) is ProviderFit.FACTS_NOT_SHARED
    assert answer(offered) is ProviderFit.FACTS_NOT_SHARED
    assert answer(offered, fact("headcount", 9)) is ProviderFit.DOES_NOT_FIT


@pytest.mark.parametrize("days", [400, -1])
def test_shared_but_unknown_answers_like_not_shared(days: int) -> None:
    useless = fact("headcount", 9, as_of=TODAY - timedelta(days=days))
    assert answer(rules(HEADCOUNT), useless) is answer(rules(HEADCOUNT)) is ProviderFit.FACTS_NOT_SHARED


def test_a_near_miss_answers_like_a_far_one() -> None:
    curable = HEADCOUNT | {"curable": True, "remedy": "grow_into_it"}
    for count in (0, 9):
        assert answer(rules(curable), fact("headcount", count)) is ProviderFit.DOES_NOT_FIT


def test_only_the_facts_that_a_rule_reads_decide(random: Random) -> None:
    """So that a rule cannot be used to ask for anything else that was shared."""
    seen = set()
    for _ in range(300):
        made = random_request(random, 4)
        for one in made.candidates:
            atoms = [atom for entry in one.rules.all_of for atom in getattr(entry, "any_of", (entry,))]
            read = {name for atom in atoms for name in (atom.fact, *FACTS[atom.fact].reckoned_from)}
            given = answer(one.rules, *made.facts)
            assert given is answer(one.rules, *(fact for fact in made.facts if fact.name in read))
            seen.add(given)
    assert seen == set(ProviderFit)


def test_sharing_more_decides_and_never_undoes(random: Random) -> None:
    """An answer given stands, whatever is shared besides: only what was open can change."""
    for _ in range(300):
        made = random_request(random, 4)
        some = tuple(one for one in made.facts if random.random() < 0.5)
        for one in made.candidates:
            before, after = answer(one.rules, *some), answer(one.rules, *made.facts)
            assert before in {ProviderFit.FACTS_NOT_SHARED, after}
