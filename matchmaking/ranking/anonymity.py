"""Anonymous cards: what may be shown of an enterprise so that at least five registered ones fit it, always.

The whole register is divided from the top, by a published order of traits, into cells of at least six; what
a card shows is its cell. Everybody in a cell would be shown by the same card, so that knowing the register
and this rule narrows a card down to its cell and no further: a card that was coarsened one by one would tell
by its very coarseness who it is not. What the register does not know of an enterprise never counts as
fitting. Amounts are CNY fen. Pure: nothing is looked up here.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from hashlib import sha256
from typing import Any

from schemas.vocabulary import Honour, HonourTier, SizeBand

LEAST_FITTING = 5
# One more when a card is made, so that it still holds after any one enterprise has left the register.
LEAST_AT_MAKING = LEAST_FITTING + 1

_YUAN = 100
_MILLION = 1_000_000 * _YUAN
# Up to here anybody may ask: it is the ceiling of inclusive lending to small firms. Beyond it an amount is
# plausible only for those whose yearly revenue reaches it, and tells as much about the enterprise.
PLAUSIBLE_FOR_ALL_FEN = 10 * _MILLION
AMOUNT_FLOORS = (0, *(million * _MILLION for million in (1, 3, 5, 10, 30, 100)))
BUDGET_FLOORS = (0, *(thousand * 1_000 * _YUAN for thousand in (100, 300, 500, 1_000, 3_000, 10_000)))

_HEADCOUNT_FLOORS = ((1_000, SizeBand.LARGE), (300, SizeBand.MEDIUM), (20, SizeBand.SMALL))
NATIONAL_HONOURS = frozenset({Honour.LITTLE_GIANT, Honour.SINGLE_CHAMPION_NATIONAL})


@dataclass(frozen=True, slots=True)
class RegisteredEnterprise:
    """What the register knows; None, or no chain, is unknown, while no honours is known to be none."""

    enterprise_id: str
    district: str
    chains: tuple[str, ...] = ()
    headcount: int | None = None
    honours: tuple[str, ...] | None = None
    revenue_fen: int | None = None


@dataclass(frozen=True, slots=True)
class CardTraits:
    """What a card says of the enterprise; None is not shown. A city is its code ending in 00."""

    city: str | None = None
    cluster: str | None = None
    chain: str | None = None
    district: str | None = None
    size_band: SizeBand | None = None
    honour_tier: HonourTier | None = None


@dataclass(frozen=True, slots=True)
class MoneyBand:
    """From `lowest_fen` to below `below_fen`; None is open upwards."""

    lowest_fen: int = 0
    below_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """Enterprises that are shown alike, and what is shown of each of them."""

    traits: CardTraits
    members: tuple[RegisteredEnterprise, ...]

    def band(self, amount_fen: int, floors: Sequence[int]) -> MoneyBand:
        """The band of an amount, between floors that enough members can plausibly ask for."""
        usable = [floor for floor in floors if self._askers(floor) >= LEAST_AT_MAKING]
        lowest = max(floor for floor in usable if floor <= amount_fen)
        return MoneyBand(lowest, min((floor for floor in usable if floor > lowest), default=None))

    def _askers(self, floor_fen: int) -> int:
        return sum(plausible(member, floor_fen) for member in self.members)


@dataclass(frozen=True, slots=True)
class Register:
    """All registered enterprises, divided once. `cluster_of` maps a chain to its cluster."""

    enterprises: tuple[RegisteredEnterprise, ...]
    cluster_of: Mapping[str, str] = field(default_factory=dict)
    _cells: dict[str, Cell] = field(default_factory=dict, repr=False, compare=False)
    _traits_known: dict[str, Mapping[str, frozenset[str | None]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def cell_of(self, enterprise_id: str) -> Cell | None:
        """Whom the enterprise is shown like; None when it is not registered or too few are."""
        if not self._cells:
            for cell in self._divide():
                self._cells.update(dict.fromkeys((one.enterprise_id for one in cell.members), cell))
        return self._cells.get(enterprise_id)

    def fitting(self, traits: CardTraits, band: MoneyBand) -> int:
        """How many registered enterprises a reader of the card could mean."""
        shown = _shown(traits)
        return sum(
            all(value in known[trait] for trait, value in shown) and plausible(one, band.lowest_fen)
            for one in self.enterprises
            for known in (self._known(one),)
        )

    def _known(self, enterprise: RegisteredEnterprise) -> Mapping[str, frozenset[str | None]]:
        """What the register knows of each trait; reckoned once, as every card asks for it."""
        if (found := self._traits_known.get(enterprise.enterprise_id)) is None:
            clusters = {self.cluster_of.get(chain) for chain in enterprise.chains}
            found = self._traits_known[enterprise.enterprise_id] = {
                "city": frozenset({city_of(enterprise.district)}),
                "cluster": frozenset(clusters),
                "chain": frozenset(enterprise.chains),
                "district": frozenset({enterprise.district}),
                "size_band": frozenset({size_of(enterprise.headcount)}),
                "honour_tier": frozenset({tier_of(enterprise.honours)}),
            }
        return found

    def hold(self, traits: CardTraits, band: MoneyBand) -> tuple[CardTraits, MoneyBand] | None:
        """A card made before, as it may be shown now: as it is or coarser; None: not now."""
        for coarser in _coarser_and_coarser(traits):
            if self.fitting(coarser, band) >= LEAST_FITTING:
                return coarser, band
        whole = CardTraits(), MoneyBand()
        return whole if self.fitting(*whole) >= LEAST_FITTING else None

    def _divide(self) -> Iterable[Cell]:
        if len(self.enterprises) < LEAST_AT_MAKING:
            return
        cells = [Cell(CardTraits(), self.enterprises)]
        for trait, value_of in self._traits():
            cells = [part for cell in cells for part in _split(cell, trait, value_of)]
        yield from cells

    def _traits(self) -> tuple[tuple[str, Callable[[RegisteredEnterprise], str | None]], ...]:
        """The published order in which the register is divided: the first are shown most often."""
        main = self._main_chains()
        return (
            ("city", lambda one: city_of(one.district)),
            ("cluster", lambda one: self.cluster_of.get(main.get(one.enterprise_id, ""))),
            ("chain", lambda one: main.get(one.enterprise_id)),
            ("district", lambda one: one.district),
            ("size_band", lambda one: size_of(one.headcount)),
            ("honour_tier", lambda one: tier_of(one.honours)),
        )

    def _main_chains(self) -> Mapping[str, str]:
        """Of several chains the one with the most enterprises, where it shows least."""
        numbers: dict[str, int] = defaultdict(int)
        for enterprise in self.enterprises:
            for chain in enterprise.chains:
                numbers[chain] += 1
        return {
            one.enterprise_id: min(one.chains, key=lambda chain: (-numbers[chain], chain))
            for one in self.enterprises
            if one.chains
        }


def plausible(enterprise: RegisteredEnterprise, floor_fen: int) -> bool:
    """Whether the enterprise could ask for `floor_fen` or more, as far as the register knows."""
    if floor_fen < PLAUSIBLE_FOR_ALL_FEN:
        return True
    return enterprise.revenue_fen is not None and enterprise.revenue_fen >= floor_fen


def city_of(district: str) -> str:
    return f"{district[:4]}00"


def size_of(headcount: int | None) -> SizeBand | None:
    if headcount is None:
        return None
    return next((band for floor, band in _HEADCOUNT_FLOORS if headcount >= floor), SizeBand.MICRO)


def tier_of(honours: Sequence[str] | None) -> HonourTier | None:
    if honours is None:
        return None
    if not honours:
        return HonourTier.NONE
    return HonourTier.NATIONAL if NATIONAL_HONOURS & set(honours) else HonourTier.PROVINCIAL


def _split(cell: Cell, trait: str, value_of: Callable[[RegisteredEnterprise], str | None]) -> Iterable[Cell]:
    """Parts that show the trait, each large enough, and the rest, which does not show it, too."""
    groups: dict[str, list[RegisteredEnterprise]] = defaultdict(list)
    rest: list[RegisteredEnterprise] = []
    for member in cell.members:
        value = value_of(member)
        (rest if value is None else groups[value]).append(member)
    for value in [value for value, group in groups.items() if len(group) < LEAST_AT_MAKING]:
        rest += groups.pop(value)
    _fill(rest, groups)
    for value in sorted(groups):
        shown: dict[str, Any] = {trait: value}
        yield Cell(replace(cell.traits, **shown), tuple(groups[value]))
    if rest:
        yield Cell(cell.traits, tuple(rest))


def _fill(rest: list[RegisteredEnterprise], groups: dict[str, list[RegisteredEnterprise]]) -> None:
    """A rest too small to stand alone gets company: from the largest part that can spare it, or the smallest.

    Who goes along is drawn by a published hash, so that everybody can recompute it.
    """
    missing = LEAST_AT_MAKING - len(rest)
    if not rest or missing <= 0 or not groups:
        return
    largest = min(groups, key=lambda value: (-len(groups[value]), value))
    if len(groups[largest]) >= LEAST_AT_MAKING + missing:
        drawn = sorted(groups[largest], key=lambda one: sha256(one.enterprise_id.encode()).digest())
        rest += drawn[:missing]
        groups[largest] = drawn[missing:]
        return
    rest += groups.pop(min(groups, key=lambda value: (len(groups[value]), value)))
    _fill(rest, groups)


def _shown(traits: CardTraits) -> tuple[tuple[str, str], ...]:
    values = ((trait.name, getattr(traits, trait.name)) for trait in fields(CardTraits))
    return tuple((name, value) for name, value in values if value is not None)


def _coarser_and_coarser(traits: CardTraits) -> Iterable[CardTraits]:
    """As it is, then without the trait shown last, and so on."""
    yield traits
    for trait in reversed(fields(CardTraits)):
        if getattr(traits, trait.name) is not None:
            traits = replace(traits, **{trait.name: None})
            yield traits
