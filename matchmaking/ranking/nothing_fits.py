"""When nothing fits: the nearest three and why, whom to ask, when to look again. An answer as any other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from matchmaking.ranking.financing import FinancingRanking, RankedCandidate
from matchmaking.ranking.reasons import HELPERS, Outcome, Reason, ReasonCode
from matchmaking.ranking.standing import hindrances
from schemas.vocabulary import Helper, RemedyCode, RuleStatus, RuleUnit, Verdict

NEAREST = 3
# Rates are published monthly and products come and go; an earlier look finds the same.
LOOK_AGAIN_AFTER = timedelta(days=30)
MONTHS_A_YEAR = 12

_ORDER = {verdict: place for place, verdict in enumerate(Verdict)}


@dataclass(frozen=True, slots=True)
class NothingFits:
    """`nearest` are candidates with what hinders each."""

    nearest: tuple[tuple[RankedCandidate, tuple[Reason, ...]], ...]
    whom_to_ask: tuple[Helper, ...]
    look_again_on: date
    look_again: Reason


def nothing_fits(ranking: FinancingRanking, today: date) -> NothingFits | None:
    """None while something is eligible or waits for facts only.

    Nearest: near misses before others, then the fewest conditions unmet, then the place. Asked are those who
    help with the remedies named, and at last the finance office, which can recommend providers.
    """
    if ranking.counts[Verdict.ELIGIBLE] or ranking.counts[Verdict.INCOMPLETE]:
        return None
    nearest = tuple(sorted(ranking.candidates, key=_distance)[:NEAREST])
    told = tuple((one, hindrances((*one.constraints, *one.rules))) for one in nearest)
    over = min((day for one in nearest for day in _over_by_itself(one, today)), default=None)
    day = over or today + LOOK_AGAIN_AFTER
    code = ReasonCode.LOOK_AGAIN_WHEN_OVER if over else ReasonCode.LOOK_AGAIN
    return NothingFits(told, _helpers(told), day, Reason(code, {"look_on": day.isoformat()}))


def _distance(one: RankedCandidate) -> tuple[int, int, int]:
    return _ORDER[one.verdict], len(_unmet(one)), one.position


def _unmet(one: RankedCandidate) -> list[Outcome]:
    return [outcome for outcome in (*one.constraints, *one.rules) if outcome.status is RuleStatus.UNMET]


def _helpers(told: Sequence[tuple[RankedCandidate, tuple[Reason, ...]]]) -> tuple[Helper, ...]:
    remedies = [reason for _, reasons in told for reason in reasons if "remedy" in reason.parameters]
    helping = [HELPERS[RemedyCode(str(reason.parameters["remedy"]))] for reason in remedies]
    return tuple(dict.fromkeys((*helping, Helper.FINANCE_OFFICE)))


def _over_by_itself(one: RankedCandidate, today: date) -> list[date]:
    """Days on which a candidate's only hindrance is over by time alone, by what is told of it already."""
    unmet = _unmet(one)
    if len(unmet) != 1:
        return []
    reason = unmet[0].reason
    if reason.code is ReasonCode.NOT_VALID_YET:
        return [date.fromisoformat(str(reason.parameters["valid_on"]))]
    waits = reason.parameters.get("unit") == RuleUnit.MONTHS.value and "required" in reason.parameters
    if reason.code is ReasonCode.RULE_UNMET_GAP and waits and reason.parameters["operator"] == "at_least":
        return [_months_later(today, int(str(reason.parameters["gap"])))]
    return []


def _months_later(day: date, months: int) -> date:
    """The first of the month after: a company is old enough in it on whichever day it was registered."""
    first = day.year * MONTHS_A_YEAR + day.month - 1 + months + 1
    return date(first // MONTHS_A_YEAR, first % MONTHS_A_YEAR + 1, 1)
