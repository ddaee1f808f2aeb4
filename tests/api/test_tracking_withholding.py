"""Nothing that is withheld can be solved from all that is shown, over all dimensions and windows together."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import pytest

from matchmaking.services.tracking_places import UNKNOWN, Places
from matchmaking.services.tracking_rows import Tally
from matchmaking.services.tracking_withholding import FEWEST_ENTERPRISES, Family, shown_in_split
from matchmaking.services.tracking_years import Window, Years, row_of
from schemas.tracking import TrackingDimension

PRIME = 2**61 - 1
CHAINS = {"chips": "ships", "yards": "ships", "yarn": "textile", "cloth": "textile", "dye": "textile"}
CHAINS |= {"lonely": "other", UNKNOWN: UNKNOWN}
CLUSTERS = ("ships", "textile", "empty", "other", UNKNOWN)
AREAS = ("320602", "320613", "320623")
PROVIDERS = tuple(str(UUID(int=number)) for number in (1, 2, 3))
MONTHS = tuple(f"{year}-{month:02d}" for year in (2025, 2026) for month in (3, 4, 10, 11))
TODAY = "2026-11"
WINDOWS = (
    *((month, month) for month in MONTHS),
    *((None, None), ("2025-01", "2025-12"), ("2026-01", "2026-11"), ("2026-01", None), (None, "2025-12")),
    *(("2026-01", "2026-10"), ("2025-04", "2026-03"), (None, "2026-10"), ("2025-02", None)),
)
INTRODUCTIONS = Family("introductions", tuple(f"introductions.{state}" for state in ("a", "b", "c", "d")))
CONTRACTS = Family("agreements.loan_contract", ("agreements.loan_contract.E1", "agreements.loan_contract.E0"))
OPENED = Family("needs_opened")
D = TrackingDimension
Vector = dict[object, int]


class Span:
    """What linear combinations of known sums give, by elimination modulo a prime."""

    def __init__(self) -> None:
        self._rows: dict[object, Vector] = {}

    def reduce(self, vector: Vector) -> Vector:
        left = dict(vector)
        for key in list(left):
            self._clear(left, key)
        while pivots := [key for key in left if key in self._rows]:
            for key in pivots:
                self._clear(left, key)
        return left

    def learn(self, vector: Vector) -> None:
        left = self.reduce(vector)
        if not left:
            return
        pivot = next(iter(left))
        inverse = pow(left[pivot], -1, PRIME)
        self._rows[pivot] = {key: value * inverse % PRIME for key, value in left.items()}

    def _clear(self, left: Vector, key: object) -> None:
        if key not in self._rows or not (factor := left.get(key, 0)):
            return
        for other, value in self._rows[key].items():
            reduced = (left.get(other, 0) - factor * value) % PRIME
            if reduced:
                left[other] = reduced
            else:
                left.pop(other, None)


@dataclass(frozen=True)
class Enterprise:
    id: UUID
    chain: str
    area: str


@dataclass
class Answers:
    """All that an official could ask about one family, with what each cell is made of."""

    family: Family
    tallies: list[Tally]
    places: dict[D, Places]

    def cells(self) -> Iterable[tuple[Vector, int, int, bool]]:
        """What it adds up, its count, how many enterprises, whether it is shown."""
        for first, last in WINDOWS:
            window = Window(first, last, TODAY)
            held = [tally for tally in self.tallies if window.holds(tally.month)]
            years = Years(self.family, self.tallies, TODAY)
            yield from self._row(held, window, years.shown_total(window), None, None)
            for month in (month for month in MONTHS if window.holds(month)):
                only = Window(month, month, TODAY)
                of_month = [tally for tally in held if tally.month == month]
                yield from self._row(of_month, only, years.shown_month(month), None, None)
            for by, places in self.places.items():
                shown = years.shown_rows(window, by, places)
                for key in places.names:
                    there = [tally for tally in held if key in places.keys_of(tally)]
                    yield from self._row(there, window, shown[key], by, key)

    def _row(
        self, tallies: list[Tally], window: Window, shown: frozenset[str], by: D | None, key: str | None
    ) -> Iterable[tuple[Vector, int, int, bool]]:
        row = row_of(self.family, tallies)
        for code in self.family.codes:
            parts = self.family.parts if code == self.family.base and self.family.parts else (code,)
            made_of = {
                atom: 1
                for part in parts
                for month in MONTHS
                if window.holds(month)
                for atom in self._atoms(part, month, by, key)
            }
            yield made_of, row[code].count, len(row[code].enterprises), code in shown

    @staticmethod
    def _atoms(part: str, month: str, by: D | None, key: str | None) -> list[object]:
        if by is None:
            return [(part, month)]
        if by is D.CLUSTER:
            return [(D.CHAIN, part, month, chain) for chain, cluster in CHAINS.items() if cluster == key]
        return [(by, part, month, key)]

    def sums(self) -> Iterable[Vector]:
        """Rows of each dimension add up to the total of a month."""
        for by, keys in ((D.CHAIN, CHAINS), (D.AREA, AREAS), (D.PROVIDER, PROVIDERS)):
            for part in self.family.parts or (self.family.base,):
                for month in MONTHS:
                    yield {(part, month): PRIME - 1} | {(by, part, month, key): 1 for key in keys}


def _random_answers(chance: random.Random, family: Family) -> Answers:
    crowd = [
        Enterprise(UUID(int=number), chance.choice(list(CHAINS)), chance.choice(AREAS))
        for number in range(1000, 1000 + chance.choice((3, 8, 20, 60)))
    ]
    tallies = [
        Tally(
            chance.choice(family.parts or (family.base,)),
            chance.choice(crowd).id,
            UUID(chance.choice(PROVIDERS)),
            chance.choice(MONTHS[chance.choice((0, 4)) :]),
            chance.choice((1, 1, 2)),
            100,
        )
        for _ in range(chance.choice((0, 6, 25, 80, 300)))
    ]
    by_id = {one.id: one for one in crowd}

    def by_chain(tally: Tally) -> tuple[str, ...]:
        return (by_id[tally.organization_id].chain,)

    groups = frozenset(CLUSTERS)
    places = {
        D.CHAIN: Places(dict.fromkeys(CHAINS), by_chain, groups, CHAINS),
        D.CLUSTER: Places(dict.fromkeys(CLUSTERS), lambda tally: (CHAINS[by_chain(tally)[0]],)),
        D.AREA: Places(dict.fromkeys(AREAS), lambda tally: (by_id[tally.organization_id].area,)),
        D.PROVIDER: Places(dict.fromkeys(PROVIDERS), lambda tally: (str(tally.provider_organization_id),)),
    }
    return Answers(family, tallies, places)


@pytest.mark.parametrize("family", [INTRODUCTIONS, CONTRACTS, OPENED], ids=lambda family: family.base)
def test_no_withheld_cell_can_be_solved_from_all_answers_together(family: Family) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")  # noqa: T201
    chance = random.Random(seed)  # noqa: S311
    withheld_cells = shown_cells = 0
    for _ in range(12):
        answers = _random_answers(chance, family)
        cells = list(answers.cells())
        span = Span()
        for known in answers.sums():
            span.learn(known)
        for made_of, count, _, shown in cells:
            if shown and count:
                span.learn(made_of)
            elif shown:
                # What adds up to nothing is made of nothing.
                for atom in made_of:
                    span.learn({atom: 1})
        told = {frozenset(made_of) for made_of, _, _, shown in cells if shown}
        for made_of, count, enterprises, shown in cells:
            shown_cells += shown and count > 0
            # A part of a year that holds all of its data is no more than the year, which may be shown.
            if shown or not count or frozenset(made_of) in told:
                continue
            withheld_cells += 1
            # One of a part of a year may follow from what is told of the others, if it counts enough itself.
            assert span.reduce(made_of) or enterprises >= FEWEST_ENTERPRISES, made_of
    assert withheld_cells > 20
    assert shown_cells > 20


def test_the_attack_finds_what_a_single_withheld_cell_gives_away() -> None:
    """The attack itself can succeed: one withheld row under a known total is solved."""
    span = Span()
    for known in ({"a": 1, "b": 1, "c": 1}, {"a": 1}, {"b": 1}):
        span.learn(known)
    assert not span.reduce({"c": 1})
    assert span.reduce({"d": 1})


def test_few_enterprises_are_withheld_where_rows_are_not_released() -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")  # noqa: T201
    chance = random.Random(seed)  # noqa: S311
    for _ in range(20):
        for _, _, enterprises, shown in _random_answers(chance, INTRODUCTIONS).cells():
            assert not shown or not 0 < enterprises < FEWEST_ENTERPRISES


def test_where_every_cell_counts_enough_nothing_is_withheld() -> None:
    def enough(offset: int) -> list[Tally]:
        return [
            Tally(part, UUID(int=offset + number), None, "2026-03", 1, 0)
            for part in INTRODUCTIONS.parts
            for number in range(5)
        ]

    children = [row_of(INTRODUCTIONS, enough(offset)) for offset in (0, 100, 200)]
    whole = frozenset(INTRODUCTIONS.codes)
    assert shown_in_split(INTRODUCTIONS, whole, children) == [whole] * 3


def test_one_small_row_takes_the_next_smallest_with_it() -> None:
    def row(enterprises: int, offset: int) -> list[Tally]:
        return [
            Tally("needs_opened", UUID(int=offset + number), None, "2026-03", 1, 0)
            for number in range(enterprises)
        ]

    children = [row_of(OPENED, row(size, 100 * size)) for size in (9, 6, 4, 0)]
    shown = shown_in_split(OPENED, frozenset(OPENED.codes), children)
    assert [bool(codes) for codes in shown] == [True, False, False, True]
