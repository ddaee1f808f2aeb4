"""`matchmaking doctor`: looks at everything that a run needs and says of each what is wrong and what to do.

It changes nothing that is there: where no data exists yet, PostgreSQL is tried in a temporary folder.
"""

import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psycopg
from pydantic import ValidationError
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text
from sqlalchemy.exc import DBAPIError

from matchmaking.db.cluster import Cluster
from matchmaking.db.cluster_failures import InstanceTaken, LocalFailed
from matchmaking.db.instance import Instance
from matchmaking.messages import text
from matchmaking.services.foundation import Foundation, stand_alone
from matchmaking.settings import CHECKOUT, Settings
from routers.listening import ServerNotStarted, listen
from scripts.doctor_database import Finding, examine_database
from scripts.failures import FAILED, CommandRefused, explanation_of
from scripts.migrating import migrate_to_head
from scripts.speaking import both, to_people
from scripts.standing import beside, server_foundation

LEAST_FREE_BYTES = 512 * 1024 * 1024
OLDEST_PYTHON = (3, 11)
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)( ;)?", re.MULTILINE)
LOCK = CHECKOUT / "requirements.lock"
OPEN_TO_OTHERS = 0o077
MEBIBYTE = 1024 * 1024
EXPECTED = (
    CommandRefused,
    ValidationError,
    LocalFailed,
    ServerNotStarted,
    OSError,
    DBAPIError,
    psycopg.Error,
)


def examine(read_settings: Callable[[], Settings], port: int) -> int:
    """Print one line per finding; the exit code, 1 when something is wrong."""
    findings = [*_machine(), *_installation(read_settings, port)]
    to_people().print(_table(findings))
    wrong = [finding for finding in findings if not finding.well]
    to_people().print(both("doctor.wrong" if wrong else "doctor.well", count=len(wrong)))
    return FAILED if wrong else 0


def _installation(read_settings: Callable[[], Settings], port: int) -> Iterator[Finding]:
    try:
        settings = read_settings()
        foundation = None if settings.stand_alone else server_foundation(settings)
    except EXPECTED as failure:
        yield _failed("doctor.settings", failure)
        return
    yield Finding("doctor.settings", "stand-alone" if foundation is None else "DATABASE_URL")
    if foundation is None:
        yield from _state(settings)
        yield from _embedded(settings, port)
    else:
        yield _port(port)
        yield from _database(foundation)


def _machine() -> Iterator[Finding]:
    running = sys.version_info[:2]
    yield Finding("doctor.python", platform.python_version(), well=running >= OLDEST_PYTHON)
    machine = f"{platform.system()} {platform.machine()}"
    yield Finding("doctor.platform", machine, well=machine == "Linux x86_64")
    yield _lock()
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    yield Finding("doctor.browser", chromium or text("doctor.browser_absent", "zh"))


def _lock() -> Finding:
    """Whether what is installed is what the lock pins, but for what other platforms need."""
    if not LOCK.exists():
        return Finding("doctor.lock", str(LOCK), well=False)
    pinned = PINNED.findall(LOCK.read_text(encoding="utf-8"))
    pins = {name: wanted for name, wanted, marker in pinned if not marker}
    differing = [name for name, wanted in pins.items() if _installed(name) != wanted]
    if not differing:
        return Finding("doctor.lock", str(len(pins)))
    return Finding("doctor.lock", ", ".join(differing[:5]), well=False)


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _state(settings: Settings) -> Iterator[Finding]:
    folder = settings.state.absolute()
    # Only the folder itself is ever made: its parent must be there.
    place = folder if folder.exists() else folder.parent
    writable = place.is_dir() and os.access(place, os.W_OK | os.X_OK)
    yield Finding("doctor.state", str(folder), well=writable)
    if folder.is_dir():
        mode = folder.stat().st_mode & 0o777
        yield Finding("doctor.state_mode", f"{mode:04o}", well=not mode & OPEN_TO_OTHERS)
    existing = next(one for one in (folder, *folder.parents) if one.exists())
    free = shutil.disk_usage(existing).free
    yield Finding("doctor.disk", f"{free // MEBIBYTE:,} MiB", well=free >= LEAST_FREE_BYTES)


def _port(port: int) -> Finding:
    try:
        with closing(listen(port)) as listener:
            return Finding("doctor.port", str(listener.getsockname()[1]))
    except EXPECTED as failure:
        return _failed("doctor.port", failure)


def _embedded(settings: Settings, port: int) -> Iterator[Finding]:
    """On the instance that runs, on the data that is there, or, for want of both, in a temporary folder."""
    try:
        with Instance.open(settings.state) if settings.state.is_dir() else _elsewhere() as instance:
            yield _port(port)
            yield from _started(settings, instance)
    except InstanceTaken as taken:
        yield Finding("doctor.instance", f"pid {taken.pid}, port {taken.port}")
        yield from _database(beside(settings))
    except EXPECTED as failure:
        yield _failed("doctor.postgresql", failure)


def _started(settings: Settings, instance: Instance) -> Iterator[Finding]:
    is_new = not (instance.state / "postgres" / "data").exists()
    with Cluster(instance.state, binaries=settings.postgres_bin) as cluster:
        yield Finding("doctor.postgresql", str(cluster.version))
        foundation = stand_alone(instance, cluster)
        if is_new:
            migrate_to_head(foundation.owner_url)
        yield from _database(foundation)


@contextmanager
def _elsewhere() -> Iterator[Instance]:
    with (
        tempfile.TemporaryDirectory(prefix="matchmaking-doctor-") as folder,
        Instance.open(Path(folder) / "state") as instance,
    ):
        yield instance


def _database(foundation: Foundation) -> Iterator[Finding]:
    try:
        yield from examine_database(foundation)
    except EXPECTED as failure:
        yield _failed("doctor.database", failure)


def _failed(code: str, failure: Exception) -> Finding:
    """Raises what nobody expected."""
    explanation = explanation_of(failure)
    if explanation is None:
        raise failure
    return Finding(code, "", well=False, advice=explanation.sentences)


def _table(findings: list[Finding]) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, pad_edge=False)
    for label in ("what", "found", "do"):
        table.add_column(both(f"doctor.label.{label}"), overflow="fold")
    for finding in findings:
        mark = Text("✓ ", style="green") if finding.well else Text("✗ ", style="bold red")
        table.add_row(mark + both(finding.code), finding.found, _advice(finding))
    return table


def _advice(finding: Finding) -> Text:
    if finding.well:
        return Text("")
    pairs = finding.advice or ((text(f"{finding.code}_mend", "zh"), text(f"{finding.code}_mend", "en")),)
    return Text("\n").join(Text.assemble(chinese, "\n", (english, "dim")) for chinese, english in pairs)
