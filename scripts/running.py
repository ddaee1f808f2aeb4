"""`matchmaking run`: takes the state folder and the port, and starts PostgreSQL while the rest is imported.

Only what that needs is imported here: the first start of PostgreSQL and the imports take about a second each.
What is done once both are there stands in `trial`.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

from rich.text import Text

from matchmaking.db.cluster import Cluster
from matchmaking.db.instance import Instance
from matchmaking.log import configure_logging
from matchmaking.settings import Settings
from routers.listening import listen
from scripts.failures import ASKED_WRONGLY, CommandRefused, require_stand_alone
from scripts.signals import held_back
from scripts.speaking import both, to_people
from scripts.start_report import StartReport
from scripts.wishes import Wishes


def run(settings: Settings, wishes: Wishes) -> int:
    """The exit code, once a signal or the end of `--once` has ended it."""
    # What the imports so far have cost belongs to the start.
    began = time.monotonic() - time.process_time()
    require_stand_alone(settings, "run")
    if wishes.once and not wishes.demo:
        raise CommandRefused("cli.once_without_demo", exit_code=ASKED_WRONGLY)
    # The access log would bury what is printed for people; whoever wants it names the level.
    configure_logging(settings.log_level if "log_level" in settings.model_fields_set else "warning")
    report = StartReport(to_people(quiet=wishes.quiet), began)
    with ExitStack() as stack:
        instance = stack.enter_context(Instance.open(settings.state))
        listener = stack.enter_context(closing(listen(wishes.port)))
        report.open(instance.state)
        cluster = Cluster(settings.state, binaries=settings.postgres_bin)
        with report.phase("start.postgresql") as phase:
            is_new = not (instance.state / "postgres").exists()
            threads = stack.enter_context(ThreadPoolExecutor(1))
            stack.callback(cluster.stop)
            starting = threads.submit(cluster.start)
            with held_back():
                from scripts.trial import Trial, try_out  # noqa: PLC0415 - slow, PostgreSQL starts meanwhile
            starting.result()
            state = both("start.new" if is_new else "start.kept")
            phase.outcome = Text.assemble(str(cluster.version), "  ", state)
        return try_out(Trial(settings, wishes, report, instance, cluster, listener))
