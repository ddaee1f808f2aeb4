"""Runs the steps of the main job against a service, printing as it goes."""

import time
from collections.abc import Callable

import httpx
from rich.console import Console
from rich.text import Text

from matchmaking.clock import ShiftedClock
from scripts.main_job import agreeing, asking, cards, meeting, researching
from scripts.main_job.caller import Caller, CallFailed
from scripts.main_job.journey import Journey
from scripts.main_job.narrator import CheckFailed, Narrator

STEPS: tuple[tuple[str, Callable[[Journey], None]], ...] = (
    ("main_job.step.before", asking.count_before),
    ("main_job.step.facts", asking.review_facts),
    ("main_job.step.need", asking.post_need),
    ("main_job.step.card", cards.preview_card),
    ("main_job.step.open", asking.open_need),
    ("main_job.step.match", asking.match),
    ("main_job.step.stranger", asking.ask_as_stranger),
    ("main_job.step.cards", cards.show_cards),
    ("main_job.step.interest", meeting.express_interest),
    ("main_job.step.recommendation", meeting.recommend),
    ("main_job.step.window", meeting.open_window),
    ("main_job.step.declined", meeting.decline_recommended),
    ("main_job.step.introduction", agreeing.introduce),
    ("main_job.step.agreement", agreeing.agree),
    ("main_job.step.money", agreeing.pay_out),
    ("main_job.step.demand", researching.post_demand),
    ("main_job.step.capabilities", researching.match_capabilities),
    ("main_job.step.proposal", researching.propose),
    ("main_job.step.contract", researching.contract),
    ("main_job.step.after", agreeing.count_after),
)


def run_main_job(
    base_url: str,
    password: str,
    console: Console,
    clock: ShiftedClock,
    was_stopped: Callable[[], bool] = lambda: False,
) -> bool:
    """Every run is a new need, so that what earlier runs left does not matter.

    `clock` is the service's: it lags behind and is put to the present on the way. `was_stopped` tells a
    service that somebody has ended meanwhile from one that fails to answer.
    """
    narrator = Narrator(console, len(STEPS))
    caller = Caller(base_url, narrator.call)
    began = time.monotonic()
    narrator.open()
    try:
        journey = Journey(caller, narrator, password, clock)
        for code, step in STEPS:
            narrator.begin(code)
            step(journey)
    except httpx.TransportError:
        narrator.fail("cli.interrupted" if was_stopped() else "main_job.failed_connection")
        narrator.fail("main_job.not_done", step=narrator.step)
        return False
    except (CheckFailed, CallFailed) as failure:
        _tell(narrator, failure)
        narrator.fail("main_job.not_done", step=narrator.step)
        return False
    finally:
        caller.close()
    seconds = f"{time.monotonic() - began:.1f}"
    console.print()
    narrator.say("main_job.done", checks=narrator.checks, calls=caller.calls, seconds=seconds)
    return True


def _tell(narrator: Narrator, failure: CheckFailed | CallFailed) -> None:
    if isinstance(failure, CallFailed):
        call = failure.call
        narrator.fail(
            "main_job.failed_call",
            method=call.method,
            path=call.path,
            status=call.status,
            wanted=failure.wanted,
            problem=failure.code,
        )
        narrator.show(Text(failure.said))
    elif failure.code == "main_job.no_candidate":
        narrator.fail(failure.code)
    else:
        narrator.fail_check(failure)
