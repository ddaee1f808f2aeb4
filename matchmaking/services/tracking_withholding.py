"""Which cells of a table may be shown, so that nothing told leads to fewer than five enterprises.

Pure. Tables hang in a tree: a total is split into months, or into districts, providers, clusters, and a
cluster into its chains. A split never hides or shows anything of its parent, so that answers by different
dimensions, and with or without a window of months, cannot be played off against each other.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

FEWEST_ENTERPRISES = 5
FEWEST_TOGETHER = 2
REST = "rest"


@dataclass(slots=True)
class Cell:
    """What is counted, its sum in fen, and the enterprises that it is about."""

    count: int = 0
    amount_fen: int = 0
    enterprises: set[UUID] = field(default_factory=set)

    def add(self, other: "Cell") -> None:
        self.count += other.count
        self.amount_fen += other.amount_fen
        self.enterprises |= other.enterprises


@dataclass(frozen=True, slots=True)
class Family:
    """Figures that add up: `parts` together are `base`. A figure that stands alone has no parts."""

    base: str
    parts: tuple[str, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        return (self.base, *self.parts)


Cells = Mapping[str, Cell]
Place = tuple[int, str]
NONE = Cell()


def shown_alone(family: Family, cells: Cells) -> frozenset[str]:
    """Of a total whose rows nobody may read: the base when it counts enough, and parts that can be told."""
    base = cells.get(family.base, NONE)
    if _is_few(base):
        return frozenset()
    whole = frozenset(family.codes)
    return _Table(family, whole, (cells,)).shown()[0]


def shown_in_split(
    family: Family, parent: frozenset[str], children: Sequence[Cells], *, nothing_tells: bool = False
) -> list[frozenset[str]]:
    """Which codes of each child may be shown, `parent` being the codes shown of what they add up to.

    `nothing_tells`: who is in a child is itself withheld, so that "none in all others" would tell it of all.
    """
    if family.base not in parent:
        return [frozenset()] * len(children)
    if len(children) < FEWEST_TOGETHER:
        # The only child is its parent once more.
        return [
            frozenset(code for code in parent if not _is_few(child.get(code, NONE))) for child in children
        ]
    return _Table(family, parent, children, sums_are_known=True, nothing_tells=nothing_tells).shown()


class _Table:
    """Rows by columns.

    A line of cells with a known sum needs two withheld cells or none, and those together enough enterprises;
    a withheld cell that is a bridge between lines could be solved as well.
    """

    def __init__(
        self,
        family: Family,
        parent: frozenset[str],
        rows: Sequence[Cells],
        *,
        sums_are_known: bool = False,
        nothing_tells: bool = False,
    ) -> None:
        self._base = family.base
        self._told = tuple(code for code in family.parts if code in parent)
        hidden = tuple(code for code in family.parts if code not in parent)
        self._parts = (*self._told, REST) if hidden else self._told
        self._rows = [self._with_rest(row, hidden) for row in rows]
        self._sums_are_known = sums_are_known
        self._nothing_tells = nothing_tells
        self._withheld: set[Place] = set()

    def shown(self) -> list[frozenset[str]]:
        for code in (self._base, *self._parts):
            column = [(row, code) for row in range(len(self._rows))]
            empty = not any(self._cell(place).count for place in column)
            for place in column:
                cell = self._cell(place)
                if _is_few(cell) or (self._nothing_tells and not empty and not cell.count):
                    self._withhold(*place)
        while self._guard_lines() or self._guard_bridges():
            pass
        codes = (self._base, *self._told)
        return [
            frozenset(code for code in codes if (row, code) not in self._withheld)
            for row in range(len(self._rows))
        ]

    def _with_rest(self, cells: Cells, hidden: Iterable[str]) -> dict[str, Cell]:
        rest = Cell()
        for code in hidden:
            rest.add(cells.get(code, NONE))
        return {**cells, REST: rest}

    def _withhold(self, row: int, code: str) -> None:
        """A row whose base is withheld shows none of its parts."""
        self._withheld.add((row, code))
        if code == self._base:
            self._withheld |= {(row, part) for part in self._parts}

    def _lines(self) -> Iterator[list[Place]]:
        """Cells whose sum is known: columns under a known total, and the parts of a row with a known base."""
        if self._sums_are_known:
            for code in (self._base, *self._parts):
                yield [(row, code) for row in range(len(self._rows))]
        for row in range(len(self._rows)):
            if self._parts and (row, self._base) not in self._withheld:
                yield [(row, part) for part in self._parts]

    def _guard_lines(self) -> bool:
        """Withhold one cell more where a line gives something away; False when none does."""
        for line in self._lines():
            withheld = [place for place in line if place in self._withheld]
            together: set[UUID] = set().union(*(self._cell(place).enterprises for place in withheld))
            enough = len(withheld) >= FEWEST_TOGETHER and len(together) >= FEWEST_ENTERPRISES
            if withheld and not enough and self._withhold_smallest(line):
                return True
        return False

    def _guard_bridges(self) -> bool:
        for row, code in sorted(self._withheld):
            if not self._is_bridge((row, code)):
                continue
            across = [(row, part) for part in self._parts] if code != self._base else []
            along = [(other, code) for other in range(len(self._rows))]
            if self._withhold_smallest(across) or self._withhold_smallest(along):
                return True
            if (row, self._base) not in self._withheld:
                self._withhold(row, self._base)
                return True
        return False

    def _withhold_smallest(self, places: list[Place]) -> bool:
        """Rather what counts few than what counts many, and what counts nothing only when all else is."""
        shown = [place for place in places if place not in self._withheld]
        if not shown:
            return False

        def rank(place: Place) -> tuple[bool, int, Place]:
            cell = self._cell(place)
            return not cell.count, len(cell.enterprises), place

        self._withhold(*min(shown, key=rank))
        return True

    def _is_bridge(self, place: Place) -> bool:
        """Lines are joined by withheld cells; a cell on no circle is what remains of sums of lines."""
        if not self._sums_are_known:
            return False
        if not self._parts:
            return sum(code == place[1] for _, code in self._withheld) < FEWEST_TOGETHER
        around = self._withheld - {place}
        reached: set[int | str] = {place[0]}
        frontier: list[int | str] = [place[0]]
        while frontier:
            line = frontier.pop()
            for row, code in around:
                if line in (row, code):
                    ends: set[int | str] = {row, code}
                    for other in ends - reached:
                        reached.add(other)
                        frontier.append(other)
        return place[1] not in reached

    def _cell(self, place: Place) -> Cell:
        return self._rows[place[0]].get(place[1], NONE)


def _is_few(cell: Cell) -> bool:
    return 0 < len(cell.enterprises) < FEWEST_ENTERPRISES
