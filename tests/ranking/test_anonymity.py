import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import pytest

from matchmaking.ranking.anonymity import (
    AMOUNT_FLOORS,
    LEAST_AT_MAKING,
    LEAST_FITTING,
    CardTraits,
    Cell,
    MoneyBand,
    Register,
    RegisteredEnterprise,
)
from schemas.vocabulary import Honour, HonourTier, SizeBand
from tests.ranking.registers import CLUSTER_OF, generated_register

MILLION = 100_000_000
Document = dict[str, Any]
PLAIN = RegisteredEnterprise(
    "", "320602", chains=("chain_1",), headcount=120, honours=(), revenue_fen=50 * MILLION
)


def _alike(count: int, **changes: Any) -> tuple[RegisteredEnterprise, ...]:
    mark = "-".join(str(value) for value in changes.values())
    return tuple(replace(PLAIN, enterprise_id=f"{mark}{number}", **changes) for number in range(count))


HEADCOUNTS = {"micro": (0, 20), "small": (20, 300), "medium": (300, 1_000), "large": (1_000, 10**9)}


def outsider_fits(
    card: Document, enterprise: RegisteredEnterprise, cluster_of: Mapping[str, str] = CLUSTER_OF
) -> bool:
    """Written from the words on the card, without the code that made it: whom a stranger could mean."""
    return all(
        (
            card["city"] is None or enterprise.district[:4] == card["city"][:4],
            card["district"] in {None, enterprise.district},
            card["chain"] is None or card["chain"] in enterprise.chains,
            card["cluster"] is None or card["cluster"] in {cluster_of.get(one) for one in enterprise.chains},
            card["size_band"] is None or _of_size(card["size_band"], enterprise.headcount),
            card["honour_tier"] is None or _of_tier(card["honour_tier"], enterprise.honours),
            _could_ask(card["lowest_fen"], enterprise.revenue_fen),
        )
    )


def _of_size(band: str, headcount: int | None) -> bool:
    lowest, below = HEADCOUNTS[band]
    return headcount is not None and lowest <= headcount < below


def _of_tier(tier: str, honours: tuple[str, ...] | None) -> bool:
    if not honours:
        return honours is not None and tier == "none"
    national = {"little_giant", "single_champion_national"} & set(honours)
    return tier == ("national" if national else "provincial")


def _could_ask(lowest_fen: int, revenue_fen: int | None) -> bool:
    """Up to ten million yuan any firm may ask; beyond, only one that turns over as much in a year."""
    return lowest_fen < 10 * MILLION or (revenue_fen is not None and revenue_fen >= lowest_fen)


def card_of(cell: Cell, amount_fen: int) -> Document:
    return asdict(cell.traits) | asdict(cell.band(amount_fen, AMOUNT_FLOORS))


def _asked(rng: random.Random, enterprise: RegisteredEnterprise) -> int:
    """Mostly a fraction of a year's revenue, and now and then far more than anybody would lend."""
    if rng.random() < 0.1:
        return rng.choice((10 * MILLION, 50 * MILLION, 900 * MILLION))
    return max(1, int((enterprise.revenue_fen or 5 * MILLION) * rng.uniform(0.02, 0.6)))


@pytest.mark.gate("G1")
@pytest.mark.parametrize("count", [60, 800, 3_900])
def test_every_card_of_a_generated_city_fits_five_also_after_one_leaves(
    count: int, record_property: Any
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 - to repeat the run
    rng = random.Random(seed)  # noqa: S311 - a test city, not a secret
    register = generated_register(seed, count)
    cards: Counter[tuple[tuple[str, Any], ...]] = Counter()
    for enterprise in register.enterprises:
        cell = register.cell_of(enterprise.enterprise_id)
        assert cell is not None
        cards[tuple(card_of(cell, _asked(rng, enterprise)).items())] += 1
    fewest = count
    for items in cards:
        card = dict(items)
        fitting = [one for one in register.enterprises if outsider_fits(card, one)]
        fewest = min(fewest, len(fitting))
        # Leaving changes the count by at most the one who leaves: whoever it is, five are left.
        for leaver in fitting:
            assert sum(one is not leaver for one in fitting) >= LEAST_FITTING, (seed, card)
    assert fewest >= LEAST_AT_MAKING, seed
    shown = Counter(
        name
        for items, number in cards.items()
        for name, value in items
        if value is not None
        for _ in range(number)
    )
    kinds = ", ".join(f"{name} {shown[name] * 100 // count} %" for name in ("chain", "district", "size_band"))
    record_property(
        "figure",
        f"{count} enterprises (seed {seed}): {len(cards)} different cards, each fits >= {fewest},"
        f" >= {fewest - 1} after any one leaves; shown: {kinds}",
    )


@pytest.mark.gate("G1")
def test_knowing_the_rule_too_leaves_six(record_property: Any) -> None:
    """Whoever has the register and the code finds everybody who would be shown by the same card."""
    register = generated_register(7, 3_900)
    same: Counter[int] = Counter()
    for enterprise in register.enterprises:
        cell = register.cell_of(enterprise.enterprise_id)
        assert cell is not None
        assert enterprise in cell.members
        same[id(cell)] += 1
    assert min(same.values()) >= LEAST_AT_MAKING
    figure = f"{len(same)} cells of 3900 enterprises, the smallest of {min(same.values())}"
    record_property("figure", f"{figure}: also for whoever knows the rule")


@pytest.mark.gate("G1")
def test_cards_made_before_hold_when_any_one_leaves(record_property: Any) -> None:
    """The stored card is shown on, at once or coarser; cards made anew from what is left fit six again."""
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 - to repeat the run
    register = generated_register(seed, 120)
    made = {}
    for one in register.enterprises:
        cell = register.cell_of(one.enterprise_id)
        assert cell is not None
        made[one.enterprise_id] = (cell.traits, cell.band(one.revenue_fen or MILLION, AMOUNT_FLOORS))
    distinct = set(made.values())
    for leaver in register.enterprises:
        left = Register(tuple(one for one in register.enterprises if one is not leaver), CLUSTER_OF)
        for traits, band in distinct:
            assert left.hold(traits, band) == (traits, band), (seed, leaver)
    for leaver in register.enterprises[:10]:
        left = Register(tuple(one for one in register.enterprises if one is not leaver), CLUSTER_OF)
        for one in left.enterprises:
            cell = left.cell_of(one.enterprise_id)
            assert cell is not None
            card = card_of(cell, one.revenue_fen or MILLION)
            assert sum(outsider_fits(card, other) for other in left.enterprises) >= LEAST_AT_MAKING, seed
    record_property("figure", f"{len(distinct)} cards stand through each of 120 departures (seed {seed})")


def test_five_are_too_few_to_make_a_card() -> None:
    assert Register(_alike(5)).cell_of("0") is None
    assert Register(_alike(6)).cell_of("0") is not None
    assert Register(_alike(6)).cell_of("nobody") is None


def test_six_alike_are_shown_with_all_their_traits() -> None:
    cell = Register(_alike(6), CLUSTER_OF).cell_of("0")
    assert cell is not None
    shown = CardTraits("320600", "cluster_1", "chain_1", "320602", SizeBand.SMALL, HonourTier.NONE)
    assert cell.traits == shown


def test_a_rare_honour_is_hidden_among_those_without() -> None:
    plain, giants = _alike(20), _alike(1, honours=(Honour.LITTLE_GIANT.value,))
    register = Register(plain + giants)
    cell = register.cell_of(giants[0].enterprise_id)
    assert cell is not None
    assert cell.traits.honour_tier is None
    assert len(cell.members) == LEAST_AT_MAKING, "five neighbours are not shown as without honours, for cover"
    tiers = Counter(
        cell.traits.honour_tier for one in plain if (cell := register.cell_of(one.enterprise_id)) is not None
    )
    assert tiers == {HonourTier.NONE: 15, None: 5}


def test_unknown_never_counts_as_fitting() -> None:
    register = Register(_alike(6) + _alike(6, headcount=None))
    traits = CardTraits(size_band=SizeBand.SMALL)
    assert register.fitting(traits, MoneyBand()) == 6
    assert register.fitting(CardTraits(), MoneyBand()) == 12


def test_an_amount_tells_only_what_six_could_ask_for() -> None:
    modest, rich = _alike(10), _alike(5, revenue_fen=900 * MILLION)
    cell = Register(modest + rich).cell_of("0")
    assert cell is not None
    assert cell.band(4 * MILLION, AMOUNT_FLOORS) == MoneyBand(3 * MILLION, 5 * MILLION)
    # Only five could ask for a hundred million, so that 30 million and more are one band.
    assert cell.band(500 * MILLION, AMOUNT_FLOORS) == MoneyBand(30 * MILLION, None)
    assert cell.band(31 * MILLION, AMOUNT_FLOORS) == MoneyBand(30 * MILLION, None)


def test_the_order_of_the_register_changes_nothing() -> None:
    register = generated_register(3, 500)
    turned = Register(tuple(reversed(register.enterprises)), register.cluster_of)
    for one in register.enterprises:
        here, there = register.cell_of(one.enterprise_id), turned.cell_of(one.enterprise_id)
        assert here is not None
        assert there is not None
        assert here.traits == there.traits
        assert {each.enterprise_id for each in here.members} == {each.enterprise_id for each in there.members}


def test_a_card_is_held_coarser_and_then_not_at_all() -> None:
    traits = CardTraits("320600", None, "chain_1", None, SizeBand.SMALL, HonourTier.NONE)
    band = MoneyBand(3 * MILLION, 5 * MILLION)
    assert Register(_alike(5)).hold(traits, band) == (traits, band)
    four = _alike(4) + _alike(1, honours=(Honour.GREEN_FACTORY.value,))
    assert Register(four).hold(traits, band) == (replace(traits, honour_tier=None), band)
    elsewhere = _alike(4) + _alike(3, district="320583", chains=(), headcount=None)
    assert Register(elsewhere).hold(traits, band) == (CardTraits(), band)
    assert Register(_alike(4)).hold(traits, band) is None
