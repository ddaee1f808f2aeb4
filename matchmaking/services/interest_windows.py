"""The windows in which a wish collects interest, reckoned from the instants at which interest was expressed.

The first opens one, which is over one working day later; whoever comes afterwards opens the next. Nothing of
it is stored: a row that named the end of its window would tell a provider that somebody came before it.
Withdrawn interest keeps its place, so that no withdrawal moves the end of a window.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from matchmaking.db.session import ReadSession
from matchmaking.lifecycles.clocks import COLLECT_INTEREST
from matchmaking.lifecycles.working_time import falls_due
from matchmaking.tables.interests import Interest


@dataclass(slots=True)
class Window:
    """All interest expressed before `opens_at` and since the window before was over."""

    opens_at: datetime
    interests: list[Interest] = field(default_factory=list)

    @property
    def standing(self) -> list[Interest]:
        return [interest for interest in self.interests if interest.withdrawn_at is None]


def windows_among(interests: Iterable[Interest]) -> list[Window]:
    """Windows, oldest first, of all interest in one card."""
    windows: list[Window] = []
    for interest in sorted(interests, key=lambda each: (each.created_at, each.id)):
        if not windows or interest.created_at >= windows[-1].opens_at:
            windows.append(Window(falls_due(interest.created_at, COLLECT_INTEREST)))
        windows[-1].interests.append(interest)
    return windows


async def windows_of_card(system: ReadSession, card_id: UUID) -> list[Window]:
    """By the system, for the enterprise: providers read their own interest and no other."""
    found = await system.execute(select(Interest).where(col(Interest.card_id) == card_id))
    return windows_among(found.scalars())
