"""Three of a bank among the first twenty: by property, and what the one passed over is told."""

import secrets
from collections import Counter
from random import Random

from matchmaking.ranking import ReasonCode, rank
from matchmaking.ranking.variety import varied
from tests.ranking.financing_cases import candidate, request


def test_no_bank_fills_the_first_page() -> None:
    seed = secrets.randbelow(2**32)
    print(f"seed {seed}")  # noqa: T201 - a random test tells its seed
    random = Random(seed)  # noqa: S311 - cases, not secrets
    full = 0
    for _ in range(2_000):
        banks = [f"bank-{random.randint(1, 9)}" for _ in range(random.randint(0, 60))]
        movable = random.randint(0, len(banks))
        order = varied(banks, movable)
        assert sorted(order) == list(range(len(banks))), f"seed {seed}"
        assert order[movable:] == list(range(movable, len(banks))), f"seed {seed}: ineligible ones moved"
        assert order[:20] == sorted(order[:20]), f"seed {seed}: moved within the first page"
        possible = sum(min(3, held) for held in Counter(banks[:movable]).values())
        page = Counter(banks[index] for index in order[:20])
        assert possible < 20 or max(page.values()) <= 3, f"seed {seed}"
        assert possible < 20 or set(order[:20]) <= set(range(movable)), f"seed {seed}"
        for bank in set(banks):
            places = [index for index in order if banks[index] == bank]
            assert places == sorted(places), f"seed {seed}: a bank's own order changed"
        full += possible >= 20
    assert full > 200, f"seed {seed}"


def test_the_head_of_a_long_order_is_enough() -> None:
    banks = ["a"] * 5 + [f"bank-{number}" for number in range(300)]
    whole = varied(banks, len(banks))
    assert varied(banks[:22], 22)[:20] == whole[:20]


def test_who_is_passed_over_learns_why() -> None:
    one_bank = [candidate(f"a{number}", organization_id="bank-a", days_to_money=1) for number in range(5)]
    others = [candidate(f"b{number}", organization_id=f"bank-{number}") for number in range(25)]
    found = rank(request(*one_bank, *others)).candidates
    moved = [one for one in found if one.moved_from is not None and one.moved_from < one.position]
    assert {one.organization_id for one in moved[:2]} == {"bank-a"}
    assert [(one.position, one.moved_from) for one in moved[:2]] == [(21, 4), (22, 5)]
    reasons = {reason.code: reason.parameters for reason in moved[0].reasons}
    assert reasons[ReasonCode.MOVED_FOR_VARIETY] == {"moved_from": 4, "count": 3}
    assert all(
        ReasonCode.MOVED_FOR_VARIETY not in {reason.code for reason in one.reasons} for one in found[:20]
    )


def test_what_fits_on_the_first_page_stays() -> None:
    found = rank(request(*(candidate(f"a{number}") for number in range(20)))).candidates
    assert [one.moved_from for one in found] == [None] * 20
