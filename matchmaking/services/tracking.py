"""Figures for reports, each with its denominator and definition: an intent never counts as a deal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matchmaking.access.actor import Actor
from matchmaking.access.permissions import require
from matchmaking.db.session import ReadSession
from matchmaking.errors import Invalid
from matchmaking.messages import Language, text
from matchmaking.services.tracking_families import (
    HEADLINES,
    definition,
    definition_of_denominator,
    denominator,
    families_in_use,
    has_amount,
    has_provider,
    is_intended,
)
from matchmaking.services.tracking_places import Places, places
from matchmaking.services.tracking_rows import Tally, tallies_of
from matchmaking.services.tracking_withholding import FEWEST_ENTERPRISES, Family
from matchmaking.services.tracking_years import Row, Shown, Window, Years, row_of
from schemas.operations import Operation
from schemas.tracking import Count, Figure, TrackingDimension, TrackingRead, TrackingRow

NOTHING: Shown = frozenset()


@dataclass(frozen=True, slots=True)
class Question:
    """What an official asks: months from and to (`2026-11`, both included, None is open), told apart by."""

    first_month: str | None = None
    last_month: str | None = None
    by: TrackingDimension | None = None


async def read_tracking(
    session: ReadSession, system: ReadSession, actor: Actor, question: Question, language: Language
) -> TrackingRead:
    """Over the official's area alone. `system` looks up chains, of which no single one is told."""
    require(actor, Operation.TRACKING_READ)
    first, last, by = question.first_month, question.last_month, question.by
    if first is not None and last is not None and first > last:
        raise Invalid("tracking_window_reversed", pointer="/from")
    tallies = await tallies_of(session, actor)
    report = _Report(tallies, Window(first, last, f"{session.instant:%Y-%m}"))
    found = None
    if by is not None and by is not TrackingDimension.MONTH:
        found = await places(session, system, tallies, by, language)
    totals = [_defined(count, language) for count in report.totals()]
    return TrackingRead(
        as_of=session.instant,
        first_month=first,
        last_month=last,
        by=by,
        by_definition=None if by is None else text(f"tracking.by.{by}", language),
        withholding=text("tracking.withholding", language, fewest=FEWEST_ENTERPRISES),
        figures=[figure for figure in totals if figure.code in HEADLINES],
        totals=totals,
        rows=[] if by is None else report.months() if found is None else report.rows(by, found),
    )


class _Report:
    """All families over one window, by nothing, by month, or by places."""

    def __init__(self, tallies: Sequence[Tally], window: Window) -> None:
        self._all = tallies
        self._window = window
        self._held = [tally for tally in tallies if window.holds(tally.month)]
        self._families = families_in_use(tally.code for tally in tallies)
        self._whole = {family: row_of(family, self._held) for family in self._families}
        self._years = {family: Years(family, self._of(family), window.today) for family in self._families}
        self._told = {family: years.shown_total(window) for family, years in self._years.items()}

    def totals(self) -> list[Count]:
        return self._counts(self._whole, self._told)

    def months(self) -> list[TrackingRow]:
        """Every month in which anything was counted."""
        rows = []
        for month in sorted({tally.month for tally in self._held}):
            tallies = [tally for tally in self._held if tally.month == month]
            cells = {family: row_of(family, tallies) for family in self._families}
            shown = {family: self._years[family].shown_month(month) for family in self._families}
            rows.append(TrackingRow(key=month, name=None, counts=self._counts(cells, shown)))
        return rows

    def rows(self, by: TrackingDimension, found: Places) -> list[TrackingRow]:
        families = [
            family
            for family in self._families
            if by is not TrackingDimension.PROVIDER or has_provider(family)
        ]
        shown = {family: self._years[family].shown_rows(self._window, by, found) for family in families}
        placed: dict[str, list[Tally]] = {key: [] for key in found.names}
        for tally in self._held:
            for key in found.keys_of(tally):
                placed[key].append(tally)
        return [
            TrackingRow(
                key=key,
                name=name,
                counts=self._counts(
                    {family: row_of(family, placed[key]) for family in families},
                    {family: shown[family][key] for family in families},
                ),
            )
            for key, name in found.names.items()
        ]

    def _of(self, family: Family) -> list[Tally]:
        return [tally for tally in self._all if tally.code in family.codes]

    def _counts(self, cells: Mapping[Family, Row], shown: Mapping[Family, Shown]) -> list[Count]:
        together = {code: cell for row in cells.values() for code, cell in row.items()}
        told = frozenset[str]().union(*shown.values())
        return [self._count(code, family, together, told) for family in cells for code in family.codes]

    def _count(self, code: str, family: Family, cells: Row, told: Shown) -> Count:
        out_of = denominator(code)
        if out_of is None:
            of = self._whole[family][family.base].count if code in self._told[family] else None
        else:
            of = cells[out_of].count if out_of in told else None
        if code not in told:
            return Count(code=code, count=None, of=of, withheld=True)
        cell = cells[code]
        name = "intended_amount_fen" if is_intended(code) else "amount_fen"
        sums = {name: cell.amount_fen} if has_amount(family) else {}
        return Count(code=code, count=cell.count, of=of, **sums)


def _defined(count: Count, language: Language) -> Figure:
    return Figure(
        **count.model_dump(),
        definition=definition(count.code, language),
        of_definition=definition_of_denominator(count.code, language),
    )
