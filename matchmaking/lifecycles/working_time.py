"""When a limit in working days falls due, by Chinese time. Pure; weekends alone are free.

Public holidays and the working weekends that make up for them are data of a calendar yet to come. Until then
a limit that runs over a holiday falls due too early.
"""

from datetime import UTC, datetime, time, timedelta, timezone

from matchmaking.lifecycles.clocks import Limit

CHINA = timezone(timedelta(hours=8), "CST")
SATURDAY = 5


def falls_due(begun: datetime, limit: Limit) -> datetime:
    """At the time of day at which the limit began, that many working days later; UTC.

    What begins on a day off begins with the next working day.
    """
    moment = begun.astimezone(CHINA)
    if not _is_working_day(moment):
        moment = datetime.combine(_next_working_day(moment).date(), time(), CHINA)
    for _ in range(limit.working_days):
        moment = _next_working_day(moment)
    return moment.astimezone(UTC)


def _is_working_day(moment: datetime) -> bool:
    return moment.weekday() < SATURDAY


def _next_working_day(moment: datetime) -> datetime:
    following = moment + timedelta(days=1)
    while not _is_working_day(following):
        following += timedelta(days=1)
    return following
