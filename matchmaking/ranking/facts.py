"""Facts of an enterprise as they stand at a date: known, missing or stale, verified or self-declared."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from schemas.eligibility import FACTS, FactKind, FactValue
from schemas.vocabulary import FactName, FactSource

Content = bool | int | str | tuple[str, ...]

_ISSUED_BY = frozenset({FactSource.OFFICIAL_LIST, FactSource.SYSTEM_OF_RECORD})


@dataclass(frozen=True, slots=True)
class Reading:
    """A fact's value at the date, or None with the stated facts that would make it known.

    A date fact reads as the complete months since then.
    """

    value: Content | None
    verified: bool = False
    to_supply: tuple[FactName, ...] = ()
    stale_since: date | None = None


class FactsAtDate:
    """Reads facts at a reference date. What is absent, too old, or dated later is unknown, never zero."""

    def __init__(self, facts: Iterable[FactValue], reference_date: date) -> None:
        self._facts = {fact.name: fact for fact in facts}
        self._reference_date = reference_date
        self._readings: dict[FactName, Reading] = {}

    def read(self, name: FactName) -> Reading:
        """Read once, however many rules ask."""
        found = self._readings.get(name)
        if found is None:
            sources = FACTS[name].reckoned_from
            found = self._readings[name] = self._reckoned(sources) if sources else self._stated(name)
        return found

    def _stated(self, name: FactName) -> Reading:
        fact, definition = self._facts.get(name), FACTS[name]
        if fact is None or fact.as_of > self._reference_date:
            return Reading(None, to_supply=(name,))
        horizon = definition.stale_after_months
        if horizon is not None and complete_months(fact.as_of, self._reference_date) >= horizon:
            return Reading(None, to_supply=(name,), stale_since=fact.as_of)
        return Reading(self._content(fact), verified=is_verified(fact))

    def _content(self, fact: FactValue) -> Content:
        if FACTS[fact.name].kind is FactKind.DATE:
            return max(0, complete_months(date.fromisoformat(str(fact.value)), self._reference_date))
        return fact.value

    def _reckoned(self, sources: tuple[FactName, ...]) -> Reading:
        """A share of one fact in another, or of two revenues the change, in basis points, rounded down."""
        part, whole = (self._stated(source) for source in sources)
        missing = (*part.to_supply, *whole.to_supply)
        if missing or not whole.value:
            stale = [each.stale_since for each in (part, whole) if each.stale_since]
            return Reading(None, to_supply=missing or sources[1:], stale_since=min(stale, default=None))
        share = number(part.value) * 10_000 // number(whole.value)
        change = share - 10_000 if sources[1] is FactName.REVENUE_PREVIOUS_12_MONTHS else share
        return Reading(change, verified=part.verified and whole.verified)


def is_verified(fact: FactValue) -> bool:
    """Whether more than the enterprise's own word stands behind a fact.

    What an authority issues is verified by its list or its system only; a scanned certificate is not enough.
    """
    if FACTS[fact.name].issued:
        return fact.source in _ISSUED_BY
    return fact.source is not FactSource.SELF_DECLARED


def complete_months(start: date, end: date) -> int:
    """Complete calendar months from `start` to `end`; negative when `end` comes first."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - 1 if end.day < start.day else months


def number(value: object) -> int:
    """A value that the registry of facts lets be nothing but a number."""
    if not isinstance(value, int):
        raise TypeError("a measured fact or threshold is a whole number")
    return value
