"""The probe application in this process, and as a server of its own on a real socket."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs
from structlog.typing import EventDict

sys.path.insert(0, str(Path(__file__).parent))

from matchmaking.settings import Settings
from tests.http import probe

START_SECONDS = 20


@pytest.fixture
def settings() -> Settings:
    return Settings(_env_file=None)


@pytest.fixture
def shelf() -> probe.Shelf:
    return probe.Shelf()


@pytest.fixture
def app(settings: Settings, shelf: probe.Shelf) -> FastAPI:
    return probe.make(settings, shelf)


@pytest.fixture
def logged() -> Iterator[list[EventDict]]:
    with capture_logs() as events:
        yield events


def client_of(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://testserver")


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as opened:
        yield opened


@dataclass(frozen=True)
class Served:
    process: subprocess.Popen[str]
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def kilobytes(self, field: str) -> int:
        """`VmRSS` is what the process holds, `VmHWM` the most it ever held."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1])
        raise AssertionError(field)


@contextmanager
def serving(**settings: object) -> Iterator[Served]:
    """The probe in a process of its own, with settings by their names."""
    names = {f"MATCHMAKING_{name.upper()}": str(value) for name, value in settings.items()}
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).parent / "probe.py")],
        env={**os.environ, **names},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    with process:
        try:
            yield Served(process, int(process.stdout.readline()))
        finally:
            process.terminate()
            process.wait(START_SECONDS)
