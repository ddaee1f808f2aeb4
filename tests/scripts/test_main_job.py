import asyncio
import io
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from rich.console import Console

from live import served
from matchmaking.clock import SystemClock
from matchmaking.services.foundation import Foundation
from matchmaking.settings import Settings
from scripts.demo.accounts import DemoPassword
from scripts.demo.loader import load_demo
from scripts.main_job.job import run_main_job
from scripts.speaking import console

pytestmark = pytest.mark.database

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
def url(settings: Settings, foundation: Foundation) -> Iterator[str]:
    asyncio.run(load_demo(settings, foundation, PASSWORD, SystemClock()))
    with served(settings, foundation) as live:
        yield live.url


def test_a_service_that_is_not_there_is_one_sentence(spoken: Spoken) -> None:
    assert run_main_job("http://127.0.0.1:9", PASSWORD.text, spoken.console) is False
    assert "服务没有应答" in spoken.text
    assert "Traceback" not in spoken.text


def test_a_service_that_was_stopped_on_purpose_is_no_failure_to_answer(spoken: Spoken) -> None:
    assert run_main_job("http://127.0.0.1:9", PASSWORD.text, spoken.console, lambda: True) is False
    assert "已中断" in spoken.text
    assert "没有应答" not in spoken.text


def test_a_wrong_password_stops_at_the_first_step_and_says_what_was_answered(
    url: str, spoken: Spoken
) -> None:
    assert run_main_job(url, "not the password", spoken.console) is False
    assert "401" in spoken.text
    assert "sign_in_failed" in spoken.text
    assert "停在第 1 步" in spoken.text
    assert "stopped at step 1" in spoken.text


def test_suspended_products_leave_nothing_to_pick(url: str, spoken: Spoken, superuser_url: str) -> None:
    with psycopg.connect(superuser_url) as connection:
        connection.execute("UPDATE credit_product SET state = 'suspended'")
    assert run_main_job(url, PASSWORD.text, spoken.console) is False
    assert "[6/10]" not in spoken.text
