"""What may be shown of a window of months: whole years are decided on by themselves, then put together.

A number over several years, or over a part of one, is shown when it is the sum of numbers that are shown:
so no window ever tells more than the years and the months do.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from matchmaking.services.tracking_families import OF_UNRELEASED_FACTS, is_released
from matchmaking.services.tracking_places import Places
from matchmaking.services.tracking_rows import Tally
from matchmaking.services.tracking_withholding import Cell, Family, shown_alone, shown_in_split
from schemas.tracking import TrackingDimension

MONTHS = tuple(f"{number:02d}" for number in range(1, 13))
Shown = frozenset[str]
Row = dict[str, Cell]


@dataclass(frozen=True, slots=True)
class Window:
    """Months `first` to `last` (`2026-11`), both included; None is open. `today` is the month of this day."""

    first: str | None
    last: str | None
    today: str

    def holds(self, month: str) -> bool:
        return (self.first is None or self.first <= month) and (self.last is None or month <= self.last)

    def holds_year(self, year: str) -> bool:
        """All months of it that have come."""
        last = min(f"{year}-12", max(self.today, f"{year}-01"))
        return self.holds(f"{year}-01") and self.holds(last)


def row_of(family: Family, tallies: Iterable[Tally]) -> Row:
    cells = {code: Cell() for code in family.codes}
    for tally in tallies:
        if tally.code in cells:
            found = Cell(tally.count, tally.amount_fen, {tally.organization_id})
            cells[tally.code].add(found)
            if tally.code != family.base:
                cells[family.base].add(found)
    return cells


@dataclass(frozen=True, slots=True)
class Years:
    """Decisions about one family, for each year in which anything was counted. `today` is this month."""

    family: Family
    tallies: Sequence[Tally]
    today: str
    _months: dict[str, dict[str, Shown]] = field(default_factory=dict)

    @property
    def years(self) -> list[str]:
        return sorted({tally.month[:4] for tally in self.tallies if tally.code in self.family.codes})

    def shown_total(self, window: Window) -> Shown:
        """Of a total over the window, by nothing."""
        if is_released(self.family, None):
            return frozenset(self.family.codes)
        parts = [
            self._shown_year(year) if window.holds_year(year) else self._shown_part_of(year, window)
            for year in self.years
            if any(window.holds(f"{year}-{month}") for month in MONTHS)
        ]
        return self._all_of(parts)

    def shown_month(self, month: str) -> Shown:
        if is_released(self.family, TrackingDimension.MONTH):
            return frozenset(self.family.codes)
        return self._shown_months(month[:4]).get(month, frozenset(self.family.codes))

    def shown_rows(self, window: Window, by: TrackingDimension, places: Places) -> Mapping[str, Shown]:
        """Of each row; a part of a year is not told apart any further."""
        if is_released(self.family, by):
            return {key: frozenset(self.family.codes) for key in places.names}
        touched = [year for year in self.years if any(window.holds(f"{year}-{month}") for month in MONTHS)]
        if not all(window.holds_year(year) for year in touched):
            return {key: frozenset() for key in places.names}
        years = [self._shown_places(year, by, places) for year in touched]
        return {key: self._all_of([year[key] for year in years]) for key in places.names}

    def _shown_year(self, year: str) -> Shown:
        if is_released(self.family, None):
            return frozenset(self.family.codes)
        return shown_alone(self.family, row_of(self.family, self._of(year)))

    def _shown_part_of(self, year: str, window: Window) -> Shown:
        """The sum of its months, or the whole year without the others."""
        months = self._shown_months(year)
        inside = [shown for month, shown in months.items() if window.holds(month)]
        outside = [shown for month, shown in months.items() if not window.holds(month)]
        return self._all_of(inside) | self._all_of([self._shown_year(year), *outside])

    def _shown_months(self, year: str) -> dict[str, Shown]:
        if year not in self._months:
            self._months[year] = self._split_into_months(year)
        return self._months[year]

    def _split_into_months(self, year: str) -> dict[str, Shown]:
        counted = {tally.month for tally in self._of(year)}
        months = [f"{year}-{month}" for month in MONTHS]
        # What is still to come would protect nothing.
        months = [month for month in months if month <= self.today or month in counted]
        rows = [
            row_of(self.family, [one for one in self._of(year) if one.month == month]) for month in months
        ]
        return dict(zip(months, shown_in_split(self.family, self._shown_year(year), rows), strict=True))

    def _shown_places(self, year: str, by: TrackingDimension, places: Places) -> dict[str, Shown]:
        """Split the year, by way of the clusters where rows are chains."""
        whole = self._shown_year(year)
        tells = by in OF_UNRELEASED_FACTS
        by_key = self._placed(year, places, places.names, lambda key: key)
        if not places.groups:
            return self._split(whole, by_key, nothing_tells=tells)
        by_group = self._placed(year, places, places.groups, places.group_of.__getitem__)
        shown: dict[str, Shown] = {}
        for group, of_group in self._split(whole, by_group, nothing_tells=tells).items():
            children = {key: by_key[key] for key, above in places.group_of.items() if above == group}
            shown |= self._split(of_group, children, nothing_tells=tells)
        return shown

    def _placed(
        self, year: str, places: Places, keys: Iterable[str], place_of: Callable[[str], str]
    ) -> dict[str, list[Tally]]:
        """Tallies of the year by their places; one that is in a place twice counts there once."""
        placed: dict[str, list[Tally]] = {key: [] for key in keys}
        for tally in self._of(year):
            for key in {place_of(key) for key in places.keys_of(tally)}:
                placed[key].append(tally)
        return placed

    def _split(
        self, parent: Shown, children: Mapping[str, Sequence[Tally]], *, nothing_tells: bool
    ) -> dict[str, Shown]:
        """Decided in the order of the keys, so that no language or window decides otherwise."""
        keys = sorted(children)
        rows = [row_of(self.family, children[key]) for key in keys]
        shown = shown_in_split(self.family, parent, rows, nothing_tells=nothing_tells)
        return dict(zip(keys, shown, strict=True))

    def _of(self, year: str) -> list[Tally]:
        return [tally for tally in self.tallies if tally.month.startswith(year)]

    def _all_of(self, shown: Sequence[Shown]) -> Shown:
        together = frozenset(self.family.codes)
        return together.intersection(*shown)
