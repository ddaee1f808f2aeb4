"""Reliability by hand and by property: newcomers, difficulty, timely declines, bands, and an interval."""

import secrets
from math import sqrt
from random import Random

import pytest

from matchmaking.ranking import AnswerCounts, ProviderRecord, ReasonCode, rank
from matchmaking.ranking.reliability import reliability_of, wilson
from schemas.vocabulary import NeedDifficulty
from tests.ranking.financing_cases import candidate, request

EASY, HARD = NeedDifficulty.SECURED, NeedDifficulty.NOTHING_TO_PLEDGE


def counts(
    asked: int, answered: int, accepted: int = 0, paid: int = 0, difficulty: NeedDifficulty = EASY
) -> AnswerCounts:
    return AnswerCounts(
        difficulty=difficulty,
        asked=asked,
        answered_in_time=answered,
        accepted_offers=accepted,
        became_money=paid,
    )


CITY = (counts(1_000, 700, 400, 280),)


def test_a_newcomer_stands_at_the_average_of_the_city() -> None:
    newcomer = reliability_of((), CITY)
    assert newcomer is not None
    assert (newcomer.value_hundredths, newcomer.lowest_basis_points) == (7_000, None)
    assert reliability_of((counts(19, 0),), CITY) == newcomer
    assert reliability_of((counts(20, 0),), CITY) != newcomer


def test_a_city_without_introductions_says_nothing() -> None:
    assert reliability_of((), ()) is None
    assert reliability_of((counts(30, 30),), ()) is None
    assert reliability_of((), (counts(0, 0),)) is None


def test_values_by_hand() -> None:
    """50 of 100 where 70 are usual: 70 x (50 + 14) / (70 + 14) = 53.3; money as usual: 70; mean 61.6."""
    found = reliability_of((counts(100, 50, 40, 28),), CITY)
    assert found is not None
    assert found.value_hundredths == 7_000
    worse = reliability_of((counts(100, 40, 40, 28),), CITY)
    assert worse is not None
    assert worse.value_hundredths == 5_000


def test_hard_needs_are_compared_with_hard_needs() -> None:
    city = (counts(1_000, 900, 100, 90), counts(1_000, 300, 100, 30, HARD))
    brave = reliability_of((counts(100, 50, difficulty=HARD),), city)
    lazy = reliability_of((counts(100, 50),), city)
    assert brave is not None
    assert lazy is not None
    assert brave.value_hundredths > lazy.value_hundredths


def test_a_timely_decline_is_as_good_as_a_timely_offer_not_taken() -> None:
    """Either is one more asked and answered; only what the enterprise accepted must become money."""
    before = reliability_of((counts(100, 70, 40, 28),), CITY)
    declined = reliability_of((counts(120, 90, 40, 28),), CITY)
    silent = reliability_of((counts(160, 70, 40, 28),), CITY)
    assert before is not None
    assert declined is not None
    assert silent is not None
    assert declined.value_hundredths >= before.value_hundredths > silent.value_hundredths


def test_more_answers_and_more_money_never_lower_it() -> None:
    seed = secrets.randbelow(2**32)
    print(f"seed {seed}")  # noqa: T201 - a random test tells its seed
    random = Random(seed)  # noqa: S311 - cases, not secrets
    raised = 0
    for _ in range(3_000):
        asked, accepted = random.randint(20, 200), random.randint(1, 200)
        answered, paid = random.randint(0, asked - 1), random.randint(0, accepted - 1)
        difficulty = random.choice(list(NeedDifficulty))
        less = counts(asked, answered, accepted, paid, difficulty)
        more = counts(
            asked, random.randint(answered, asked), accepted, random.randint(paid, accepted), difficulty
        )
        low, high = (reliability_of((each,), (*CITY, counts(50, 20, 9, 3, HARD))) for each in (less, more))
        assert low is not None
        assert high is not None
        assert 0 <= low.value_hundredths <= high.value_hundredths <= 10_000, f"seed {seed}: {less} {more}"
        assert low.value_hundredths % 2_000 == 1_000
        raised += low.value_hundredths < high.value_hundredths
    assert raised > 300, f"seed {seed}"


@pytest.mark.parametrize("cases", [20, 57, 1_000, 100_000])
def test_the_interval_is_wilsons_rounded_outwards(cases: int) -> None:
    for observed in {0, 1, cases // 3, cases // 2, cases - 1, cases}:
        share = observed / cases
        whole = 1 + 1.96**2 / cases
        middle = (share + 1.96**2 / 2 / cases) / whole
        half = 1.96 * sqrt(share * (1 - share) / cases + (1.96 / 2 / cases) ** 2) / whole
        lowest, highest = wilson(observed, cases)
        assert lowest <= max(0, (middle - half) * 10_000) + 1e-6
        assert lowest >= (middle - half) * 10_000 - 101
        assert min(10_000, (middle + half) * 10_000) - 1e-6 <= highest <= (middle + half) * 10_000 + 101


def test_no_count_is_told() -> None:
    known = ProviderRecord(organization_id="bank-1", counts=(counts(123, 111, 77, 33),))
    found = rank(request(records=(known,), city_record=CITY))
    reasons = {reason.code: reason.parameters for reason in found.candidates[0].reasons}
    assert set(reasons[ReasonCode.RELIABILITY_OWN]) == {"lowest_basis_points", "highest_basis_points"}
    assert "123" not in found.to_json()
    newcomer = rank(request(candidate(), city_record=CITY)).candidates[0]
    assert ReasonCode.RELIABILITY_OF_CITY in {reason.code for reason in newcomer.reasons}
    assert newcomer.components[-1].value_hundredths == 7_000


def test_a_provider_has_one_record() -> None:
    twice = ProviderRecord(organization_id="bank-1", counts=())
    with pytest.raises(ValueError, match="record_twice"):
        request(records=(twice, twice))


def test_more_cannot_come_of_introductions_than_there_were() -> None:
    for wrong in ((1, 2, 0, 0), (1, 1, 0, 1), (0, -1, 0, 0)):
        with pytest.raises(ValueError, match="counts_reversed"):
            counts(*wrong)
