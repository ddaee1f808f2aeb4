"""The facts about a machine without which a figure says nothing."""

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

PROCESSORS = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True)
class Machine:
    """`cores` are those we may use; `load` is how many processes wanted one in the last minute."""

    cores: int
    processor: str
    kernel: str
    python: str
    postgresql: str
    fsync: str
    load_before: float
    load_after: float

    def lines(self) -> Iterator[tuple[str, str]]:
        yield "cores", f"{self.cores} x {self.processor}"
        yield "Linux", self.kernel
        yield "Python", self.python
        yield "PostgreSQL", f"{self.postgresql}, fsync {self.fsync}"
        yield "load", f"{self.load_before:.1f} -> {self.load_after:.1f}"


def load() -> float:
    return os.getloadavg()[0]


def describe(url: str, load_before: float) -> Machine:
    """`url` is one that libpq reads."""
    with psycopg.connect(url, autocommit=True) as connection:
        version = connection.info.parameter_status("server_version") or "-"
        fsync = connection.execute("SHOW fsync").fetchone()
    return Machine(
        cores=len(os.sched_getaffinity(0)),
        processor=_processor(),
        kernel=platform.release(),
        python=platform.python_version(),
        postgresql=version,
        fsync="-" if fsync is None else str(fsync[0]),
        load_before=load_before,
        load_after=load(),
    )


def _processor() -> str:
    lines = PROCESSORS.read_text(encoding="utf-8").splitlines() if PROCESSORS.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())
