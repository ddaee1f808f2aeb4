from datetime import datetime

import pytest

from matchmaking.lifecycles.clocks import ASK_SECOND_LOOK, COLLECT_INTEREST, CONTACT, Limit
from matchmaking.lifecycles.working_time import falls_due


@pytest.mark.parametrize(
    ("limit", "begun", "due"),
    [
        (COLLECT_INTEREST, "2026-11-24T10:30+08:00", "2026-11-25T10:30+08:00"),
        (COLLECT_INTEREST, "2026-11-27T16:00+08:00", "2026-11-30T16:00+08:00"),
        (COLLECT_INTEREST, "2026-11-28T16:00+08:00", "2026-12-01T00:00+08:00"),
        (COLLECT_INTEREST, "2026-11-29T23:59+08:00", "2026-12-01T00:00+08:00"),
        (CONTACT, "2026-11-26T09:00+08:00", "2026-12-01T09:00+08:00"),
        (ASK_SECOND_LOOK, "2026-11-24T09:00+08:00", "2026-12-08T09:00+08:00"),
        # Friday evening in London is Saturday in China.
        (COLLECT_INTEREST, "2026-11-27T20:00+00:00", "2026-12-01T00:00+08:00"),
    ],
)
def test_limits_run_on_weekdays_of_china(limit: Limit, begun: str, due: str) -> None:
    assert falls_due(datetime.fromisoformat(begun), limit) == datetime.fromisoformat(due)
