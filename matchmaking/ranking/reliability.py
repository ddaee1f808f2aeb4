"""How a provider dealt with introductions before, as one number from counts, beside the city's average.

Two halves: substantive answers in time (a list of documents, an offer or a coded decline, so that a timely
decline counts as any other answer), and offers that became money once they were accepted. Each is compared
with what the city did with needs of the same difficulty, and drawn to the city's average as though the
provider had 20 introductions more at exactly that average. With fewer than 20 of its own it stands there.
Whoever reads it learns a band and an interval, never a count.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import isqrt

from matchmaking.ranking.request import AnswerCounts, ProviderRecord

FULL = 10_000
FEWEST_OWN = 20
DRAWN_TO_CITY = 20
BAND = 2_000
# Two-sided 95 % of the normal distribution is 1.96 standard errors; in hundredths, to stay in whole numbers.
NORMAL_QUANTILE_HUNDREDTHS = 196
WHOLE_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Reliability:
    """`value_hundredths` is the middle of a band of 20 points.

    `lowest_basis_points` and `highest_basis_points` bound the share of answers in time (Wilson, 95 %, rounded
    outwards to whole percents); None for a newcomer, who stands at the city's average.
    """

    value_hundredths: int
    lowest_basis_points: int | None = None
    highest_basis_points: int | None = None


class Reliabilities:
    """Of every provider of a request, each reckoned once."""

    def __init__(self, records: Iterable[ProviderRecord], city: Sequence[AnswerCounts]) -> None:
        self._newcomer = reliability_of((), city)
        self._known = {record.organization_id: reliability_of(record.counts, city) for record in records}

    def of(self, organization_id: str) -> Reliability | None:
        return self._known.get(organization_id, self._newcomer)


Part = Callable[[AnswerCounts], tuple[int, int]]


def _answers(counts: AnswerCounts) -> tuple[int, int]:
    return counts.answered_in_time, counts.asked


def _money(counts: AnswerCounts) -> tuple[int, int]:
    return counts.became_money, counts.accepted_offers


def reliability_of(own: Sequence[AnswerCounts], city: Sequence[AnswerCounts]) -> Reliability | None:
    """None while the city has no introduction at all to compare with."""
    enough = sum(counts.asked for counts in own) >= FEWEST_OWN
    halves = [_adjusted(own if enough else (), city, part) for part in (_answers, _money)]
    known = [half for half in halves if half is not None]
    if not known:
        return None
    value = _middle_of_band(sum(known) // len(known))
    if not enough:
        return Reliability(value)
    return Reliability(value, *wilson(*_summed(own, _answers)))


def _adjusted(own: Sequence[AnswerCounts], city: Sequence[AnswerCounts], part: Part) -> int | None:
    """City's rate x (observed + prior) / (expected + prior), in basis points; None without a city."""
    observed_in_city, cases_in_city = _summed(city, part)
    if not cases_in_city:
        return None
    average = observed_in_city * FULL // cases_in_city
    observed, _ = _summed(own, part)
    prior = DRAWN_TO_CITY * average
    expected = sum(part(counts)[1] * _rate_of(counts, city, part, average) for counts in own)
    if not expected + prior:
        return 0
    return min(FULL, average * (observed * FULL + prior) // (expected + prior))


def _rate_of(counts: AnswerCounts, city: Sequence[AnswerCounts], part: Part, average: int) -> int:
    """The city's rate for needs of this difficulty, and its average where it had none of them."""
    alike = [each for each in city if each.difficulty is counts.difficulty]
    observed, cases = _summed(alike, part)
    return observed * FULL // cases if cases else average


def _summed(all_counts: Sequence[AnswerCounts], part: Part) -> tuple[int, int]:
    pairs = [part(counts) for counts in all_counts]
    return sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)


def _middle_of_band(value: int) -> int:
    return min(value // BAND, FULL // BAND - 1) * BAND + BAND // 2


def wilson(observed: int, cases: int) -> tuple[int, int]:
    """Bounds in basis points of a share of `cases` > 0, rounded outwards to whole percents (Wilson 1927)."""
    z = NORMAL_QUANTILE_HUNDREDTHS
    middle = 2 * observed * FULL + z * z
    spread = z * (isqrt(z * z + 4 * FULL * observed * (cases - observed) // cases) + 1)
    whole = 2 * (cases * FULL + z * z)
    lowest = max(0, (middle - spread) * FULL // whole)
    highest = min(FULL, -(-(middle + spread) * FULL // whole))
    return lowest // WHOLE_PERCENT * WHOLE_PERCENT, -(-highest // WHOLE_PERCENT) * WHOLE_PERCENT
