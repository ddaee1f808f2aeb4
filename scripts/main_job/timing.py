"""When the main job begins: on the working day before, since providers' interest is collected for one.

Everything that it makes is then dated in the past. Half way through, the trial's clock is put to the present
and stays there.
"""

from datetime import datetime, timedelta

from matchmaking.clock import ShiftedClock
from matchmaking.lifecycles.clocks import COLLECT_INTEREST
from matchmaking.lifecycles.working_time import falls_due

# The main job takes a few seconds to the point where interest is expressed; this is plenty.
PREPARATION = timedelta(minutes=5)
A_DAY = timedelta(days=1)


def on_the_last_working_day(now: datetime) -> ShiftedClock:
    """A clock that lags so far behind `now` that a window which opens soon by it is over by now."""
    begun = now - A_DAY
    while falls_due(begun, COLLECT_INTEREST) > now:
        begun -= A_DAY
    return ShiftedClock(begun - PREPARATION - now)
