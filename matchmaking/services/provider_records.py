"""What became of introductions at each provider, counted for the ranking's reliability.

Counted are financing introductions that began between two years and 60 days ago, so that there was time for
an answer and for money. Until clocks run, an answer is late only where the introduction lapsed: days are not
measured. Accepted offers are those that were agreed; they became money when a disbursement stands under the
agreement that nobody disputes. What the enterprise withdrew counts nowhere. Nobody reads the counts but the
ranker, which tells a band from 20 on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from sqlalchemy import ARRAY, Select, String, case, cast, exists, func, select
from sqlmodel import col

from matchmaking.db.session import Database
from matchmaking.ranking import AnswerCounts, ProviderRecord
from matchmaking.tables.agreements import Agreement, FulfilmentFact
from matchmaking.tables.matching import Introduction
from matchmaking.tables.needs import FinancingNeed
from schemas.vocabulary import (
    FulfilmentKind,
    FulfilmentState,
    IntroductionState,
    NeedDifficulty,
    PledgeKind,
)

OLDEST = timedelta(days=730)
YOUNGEST = timedelta(days=60)
COUNTED_AGAIN_AFTER_SECONDS = 600.0

ANSWERED = (
    IntroductionState.OFFERED,
    IntroductionState.AGREED,
    IntroductionState.NOT_TAKEN,
    IntroductionState.DECLINED,
    IntroductionState.INCOMPLETE,
)
SECURING = (PledgeKind.REAL_ESTATE, PledgeKind.DEPOSIT, PledgeKind.THIRD_PARTY_GUARANTEE)
NOTHING = cast([PledgeKind.NONE.value], ARRAY(String))
SECURED = cast([each.value for each in SECURING], ARRAY(String))


@dataclass(frozen=True, slots=True)
class Records:
    each: tuple[ProviderRecord, ...] = ()
    city: tuple[AnswerCounts, ...] = ()


class ProviderRecords:
    """Counted when somebody asks, at most once in ten minutes; what was counted is never changed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._records = Records()
        self._counted_at: float | None = None

    async def current(self) -> Records:
        stale = self._counted_at is None or monotonic() - self._counted_at > COUNTED_AGAIN_AFTER_SECONDS
        if stale:
            async with self._database.as_system() as system:
                rows = (await system.execute(_counts(system.instant))).all()
            self._records, self._counted_at = _records(rows), monotonic()
        return self._records


def _counts(instant: datetime) -> Select[*tuple[Any, ...]]:
    """A row for each provider and difficulty: asked, answered in time, accepted, became money."""
    state = col(Introduction.state)
    agreed = state == IntroductionState.AGREED
    pledged = col(FinancingNeed.pledges).op("&&", is_comparison=True)
    difficulty = case(
        (pledged(SECURED), NeedDifficulty.SECURED.value),
        (pledged(NOTHING), NeedDifficulty.NOTHING_TO_PLEDGE.value),
        else_=NeedDifficulty.RIGHTS_ONLY.value,
    )
    paid = exists().where(
        col(Agreement.introduction_id) == Introduction.id,
        col(FulfilmentFact.agreement_id) == Agreement.id,
        col(FulfilmentFact.kind) == FulfilmentKind.DISBURSEMENT,
        col(FulfilmentFact.state).in_((FulfilmentState.STATED, FulfilmentState.CONFIRMED)),
    )
    return (
        select(
            col(Introduction.provider_organization_id),
            difficulty,
            func.count(),
            func.count().filter(state != IntroductionState.LAPSED),
            func.count().filter(agreed),
            func.count().filter(agreed, paid),
        )
        .join(FinancingNeed, col(FinancingNeed.id) == Introduction.need_id)
        .where(
            col(Introduction.created_at).between(instant - OLDEST, instant - YOUNGEST),
            state.in_((*ANSWERED, IntroductionState.LAPSED)),
        )
        .group_by(col(Introduction.provider_organization_id), difficulty)
    )


def _records(rows: Iterable[Any]) -> Records:
    own: dict[str, list[AnswerCounts]] = {}
    for provider, difficulty, *counts in rows:
        own.setdefault(str(provider), []).append(_answer_counts(NeedDifficulty(difficulty), counts))
    return Records(
        tuple(ProviderRecord(organization_id=name, counts=tuple(counts)) for name, counts in own.items()),
        tuple(_summed(difficulty, own.values()) for difficulty in NeedDifficulty),
    )


def _answer_counts(difficulty: NeedDifficulty, counts: list[int]) -> AnswerCounts:
    asked, answered, accepted, paid = counts
    return AnswerCounts(
        difficulty=difficulty,
        asked=asked,
        answered_in_time=answered,
        accepted_offers=accepted,
        became_money=paid,
    )


def _summed(difficulty: NeedDifficulty, own: Iterable[list[AnswerCounts]]) -> AnswerCounts:
    alike = [each for counts in own for each in counts if each.difficulty is difficulty]
    return _answer_counts(
        difficulty,
        [
            sum(each.asked for each in alike),
            sum(each.answered_in_time for each in alike),
            sum(each.accepted_offers for each in alike),
            sum(each.became_money for each in alike),
        ],
    )
