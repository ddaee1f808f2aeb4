"""What both rankings share: the published tie-breaker, decisive missing answers, what hinders."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matchmaking.ranking.reasons import Missing, Outcome, Reason, ReasonCode, remedy_reason
from schemas.vocabulary import DemandAnswer, RuleStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisiveFact:
    """A missing fact or answer: how many incomplete candidates hang on it, and how many on it alone."""

    missing: Missing
    candidates: int
    alone: int

    @property
    def reason(self) -> Reason:
        asked = isinstance(self.missing, DemandAnswer)
        return Reason(
            ReasonCode.DECISIVE_ANSWER if asked else ReasonCode.DECISIVE_FACT,
            {"missing": self.missing.value, "count": self.candidates, "alone": self.alone},
        )


def decisive_among(incomplete: Iterable[Sequence[Outcome]]) -> tuple[DecisiveFact, ...]:
    """From the outcomes of incomplete candidates."""
    hanging: dict[Missing, int] = {}
    alone: dict[Missing, int] = {}
    for outcomes in incomplete:
        missing = {name for outcome in outcomes for name in outcome.to_supply}
        also_asked = any(one.reason.code is ReasonCode.CONDITIONS_IN_WORDS for one in outcomes)
        for name in missing:
            hanging[name] = hanging.get(name, 0) + 1
            alone[name] = alone.get(name, 0) + (len(missing) == 1 and not also_asked)
    return in_decisive_order(
        DecisiveFact(missing=name, candidates=hanging[name], alone=alone[name]) for name in hanging
    )


def in_decisive_order(found: Iterable[DecisiveFact]) -> tuple[DecisiveFact, ...]:
    """On which most hang, then most alone, then by name."""
    return tuple(sorted(found, key=lambda each: (-each.candidates, -each.alone, each.missing.value)))


def tie_hash(need_id: str, candidate_id: str) -> str:
    """The published tie-breaker; anybody can recompute it."""
    return hashlib.sha256(f"{need_id}:{candidate_id}".encode()).hexdigest()


def with_status(outcomes: Iterable[Outcome], status: RuleStatus) -> list[Outcome]:
    return [outcome for outcome in outcomes if outcome.status is status]


def hindrances(outcomes: Sequence[Outcome]) -> tuple[Reason, ...]:
    """What stands in the way: first what is unmet, with the remedy that would help, then what is unknown."""
    standing = (*with_status(outcomes, RuleStatus.UNMET), *with_status(outcomes, RuleStatus.UNKNOWN))
    return tuple(reason for outcome in standing for reason in _told(outcome))


def _told(outcome: Outcome) -> tuple[Reason, ...]:
    """A condition that is not met: itself, its alternatives, and the remedy that would help."""
    inner = tuple(each.reason for each in outcome.alternatives)
    if outcome.remedy is None or not outcome.forgivable:
        return (outcome.reason, *inner)
    return (outcome.reason, *inner, remedy_reason(outcome.remedy))
