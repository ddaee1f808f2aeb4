import asyncio
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import psycopg
import pytest
from rich.console import Console

from live import served
from matchmaking.clock import ShiftedClock, SystemClock
from matchmaking.lifecycles.clocks import COLLECT_INTEREST
from matchmaking.lifecycles.working_time import falls_due
from matchmaking.services.foundation import Foundation
from matchmaking.settings import Settings
from scripts.demo.accounts import DemoPassword
from scripts.demo.loader import load_demo
from scripts.main_job.job import run_main_job
from scripts.main_job.timing import PREPARATION, on_the_last_working_day
from scripts.speaking import console

pytestmark = [pytest.mark.database, pytest.mark.oldest]

PASSWORD = DemoPassword("abcde-fghjk-mnpqr")


@dataclass(slots=True)
class Spoken:
    stream: io.StringIO
    console: Console

    @property
    def text(self) -> str:
        return self.stream.getvalue()


@pytest.fixture
def spoken() -> Spoken:
    stream = io.StringIO()
    return Spoken(stream, console(stream))


@pytest.fixture
def clock() -> ShiftedClock:
    return on_the_last_working_day(SystemClock().now())


@pytest.fixture
def url(settings: Settings, foundation: Foundation, clock: ShiftedClock) -> Iterator[str]:
    asyncio.run(load_demo(settings, foundation, PASSWORD, clock))
    with served(settings, foundation, clock) as live:
        yield live.url


def test_a_service_that_is_not_there_is_one_sentence(spoken: Spoken) -> None:
    assert run_main_job("http://127.0.0.1:9", PASSWORD.text, spoken.console, ShiftedClock()) is False
    assert "服务没有应答" in spoken.text
    assert "Traceback" not in spoken.text


def test_a_service_that_was_stopped_on_purpose_is_no_failure_to_answer(spoken: Spoken) -> None:
    stopped = run_main_job("http://127.0.0.1:9", PASSWORD.text, spoken.console, ShiftedClock(), lambda: True)
    assert stopped is False
    assert "已中断" in spoken.text
    assert "没有应答" not in spoken.text


def test_a_wrong_password_stops_at_the_first_step_and_says_what_was_answered(
    url: str, spoken: Spoken, clock: ShiftedClock
) -> None:
    assert run_main_job(url, "not the password", spoken.console, clock) is False
    assert "401" in spoken.text
    assert "sign_in_failed" in spoken.text
    assert "停在第 1 步" in spoken.text
    assert "stopped at step 1" in spoken.text


def test_suspended_products_leave_nothing_to_pick(
    url: str, spoken: Spoken, clock: ShiftedClock, superuser_url: str
) -> None:
    with psycopg.connect(superuser_url) as connection:
        connection.execute("UPDATE credit_product SET state = 'suspended'")
    assert run_main_job(url, PASSWORD.text, spoken.console, clock) is False
    assert "没有可以对接的产品" in spoken.text
    assert "停在第 6 步" in spoken.text


def test_whoever_follows_the_advice_of_one_run_can_start_again(
    url: str, spoken: Spoken, clock: ShiftedClock
) -> None:
    """With the debt ratio supplied an outlet without a clerk comes before the branch that answers."""
    with httpx.Client(base_url=url) as client:
        signed = client.post("/v1/sessions", json={"login": "demo-mill", "password": PASSWORD.text}).json()
        mill = {"authorization": f"Bearer {signed['access_token']}", "idempotency-key": "ratio"}
        stated = {
            "name": "debt_ratio",
            "value": 5500,
            "as_of": (clock.now() - timedelta(days=30)).date().isoformat(),
            "source": "self_declared",
        }
        answer = client.post("/v1/enterprise-facts", json={"facts": [stated]}, headers=mill)
        assert answer.status_code == 201, answer.text
    assert run_main_job(url, PASSWORD.text, spoken.console, clock) is True, spoken.text


def test_a_window_that_is_still_sealed_stops_the_main_job(
    url: str, spoken: Spoken, clock: ShiftedClock
) -> None:
    """With a service that keeps the present time the window would be open a working day later, not now."""
    clock.return_to_present()
    assert run_main_job(url, PASSWORD.text, spoken.console, clock) is False
    assert "停在第 11 步" in spoken.text
    assert "consider who came" in spoken.text


@pytest.mark.parametrize("days", range(7))
@pytest.mark.parametrize("minutes", [0, 12 * 60 + 34, 23 * 60 + 59])
def test_a_window_opened_at_the_beginning_is_over_at_the_present(days: int, minutes: int) -> None:
    """On every day of a week, at any hour; and it is never further back than over a weekend."""
    now = datetime(2026, 11, 23, tzinfo=UTC) + timedelta(days=days, minutes=minutes)
    lag = -on_the_last_working_day(now).offset
    late = now - lag + PREPARATION
    assert falls_due(now - lag, COLLECT_INTEREST) <= falls_due(late, COLLECT_INTEREST) <= now
    assert timedelta(days=1) <= lag <= timedelta(days=4)
