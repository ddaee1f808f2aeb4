"""A stand-alone trial on a running PostgreSQL: schema, demo, server, the main job beside it, an invitation.

The server has the main thread, which it needs for signals; the main job is a client in a thread of its own.
"""

import asyncio
import os
import signal
import socket
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from matchmaking.clock import ShiftedClock, SystemClock
from matchmaking.db.cluster import Cluster
from matchmaking.db.instance import Instance
from matchmaking.services.foundation import stand_alone
from matchmaking.settings import Settings
from scripts.demo.accounts import DemoPassword
from scripts.demo.loader import load_demo
from scripts.failures import FAILED
from scripts.invitation import invite, outcome_of
from scripts.main_job.job import run_main_job
from scripts.main_job.timing import on_the_last_working_day
from scripts.migrating import head, migrate_to_head
from scripts.serving import serve_until_stopped
from scripts.speaking import both, both_lines
from scripts.standing import Standing
from scripts.start_report import StartReport
from scripts.wishes import Wishes


@dataclass(slots=True)
class Trial:
    """`job` is whether the main job went well, once that is known.

    With the demo `clock` lags behind, as the main job needs it, and keeps the present time once that is done.
    """

    settings: Settings
    wishes: Wishes
    report: StartReport
    instance: Instance
    cluster: Cluster
    listener: socket.socket
    clock: ShiftedClock = field(default_factory=ShiftedClock)
    job: Future[bool] | None = field(default=None)

    def was_stopped(self) -> bool:
        """The server closes its listener first of all when a signal ends it."""
        return self.listener.fileno() < 0


def try_out(trial: Trial) -> int:
    """Serve until a signal, or with `--once` until the main job is done; the exit code."""
    standing = Standing(
        trial.settings, stand_alone(trial.instance, trial.cluster), trial.instance, trial.cluster
    )
    with trial.report.phase("start.schema") as phase:
        migrate_to_head(standing.foundation.owner_url)
        phase.outcome = both("start.revision", revision=head())
    if trial.wishes.demo:
        trial.clock = on_the_last_working_day(SystemClock().now())
    password = _load(trial, standing) if trial.wishes.demo else None
    with ThreadPoolExecutor(1, thread_name_prefix="main-job") as threads:

        def attend(host: str, port: int) -> None:
            trial.instance.announce(port)
            trial.job = threads.submit(_attend, trial, f"http://{host}:{port}", password)

        serve_until_stopped(standing, trial.listener, attend, clock=trial.clock)
    trial.report.console.print(both_lines("start.stopped", folder=trial.instance.state), soft_wrap=True)
    return _exit_code(trial)


def _load(trial: Trial, standing: Standing) -> DemoPassword:
    with trial.report.phase("start.demo") as phase:
        password = DemoPassword.of(trial.instance.state)
        loading = load_demo(trial.settings, standing.foundation, password, trial.clock)
        phase.outcome = outcome_of(asyncio.run(loading))
    return password


def _attend(trial: Trial, url: str, password: DemoPassword | None) -> bool:
    """What is done beside the server; whatever goes wrong here ends it, since nobody would see it."""
    done = False
    try:
        trial.report.ready(url)
        well = password is None or _show(trial, url, password)
        if not trial.wishes.once:
            invite(trial.report.console, url, password)
            done = True
    finally:
        if not done:
            os.kill(os.getpid(), signal.SIGTERM)
    return well


def _show(trial: Trial, url: str, password: DemoPassword) -> bool:
    """Run the main job; however it ends, the service keeps the present time from then on."""
    try:
        return run_main_job(url, password.text, trial.report.console, trial.clock, trial.was_stopped)
    finally:
        trial.clock.return_to_present()


def _exit_code(trial: Trial) -> int:
    """Raises what nobody expected of the main job. A trial that was to go on may be stopped at any time."""
    went_well = trial.job is not None and trial.job.result()
    return FAILED if trial.wishes.once and not went_well else 0
