"""One bench from an empty folder to its report. What it starts has ended when it returns or raises."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.progress import Progress

from matchmaking.db.cluster import Cluster
from matchmaking.db.instance import Instance
from matchmaking.migrations import migrate
from matchmaking.services.foundation import Foundation, stand_alone
from scripts.benches import cases
from scripts.benches.furnishing import Furnishing, furnish
from scripts.benches.machine import describe, load
from scripts.benches.processes import Child
from scripts.benches.report import Report
from scripts.benches.rounds import Bench, PlainRead, layer_costs, rows
from scripts.benches.surroundings import bench_settings, driver_address, packed
from scripts.speaking import console

CONNECTIONS = 8
# One pass takes about 35 ms.
PASSES_A_SECOND = 50


def measure(rounds: int, seconds: float, postgres_bin: Path | None, *, quiet: bool) -> Report:
    """On a PostgreSQL of its own in a temporary folder, fsync on as in real life; nothing of it stays."""
    load_before = load()
    with folder() as place, ExitStack() as stack:
        # Started first: they import while PostgreSQL is made.
        server, clients, layers = (
            stack.enter_context(Child(f"scripts.benches.{name}", place / f"{name}.log"))
            for name in ("serving", "clients", "layers")
        )
        foundation = stand_alone(*stack.enter_context(postgresql(place, postgres_bin)))
        furnishing = furnish(bench_settings(), foundation)
        bench = Bench(server, clients, server.ask(packed(foundation)), CONNECTIONS)
        _take_rounds(bench, rounds, seconds, foundation, furnishing, quiet=quiet)
        passes = round(seconds * PASSES_A_SECOND) + 1
        stacks = [layers.ask({"passes": passes}) for _ in range(rounds)]
        return Report(
            describe(driver_address(foundation.app_url), load_before),
            rounds,
            seconds,
            CONNECTIONS,
            furnishing.offers,
            rows(bench.rounds, bench.latencies()),
            layer_costs(stacks),
        )


@contextmanager
def folder() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="matchmaking-bench-"))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def postgresql(place: Path, postgres_bin: Path | None) -> Iterator[tuple[Instance, Cluster]]:
    """A migrated one in that folder."""
    with (
        Instance.open(place / "state") as instance,
        Cluster(instance.state, binaries=postgres_bin) as cluster,
    ):
        migrate(cluster.dsn("owner"))
        yield instance, cluster


def _take_rounds(
    bench: Bench, rounds: int, seconds: float, foundation: Foundation, furnishing: Furnishing, *, quiet: bool
) -> None:
    service = cases.service_cases(furnishing, rounds, bench_settings().matches_per_need_and_day)
    bench.warm_up(service, seconds)
    plain = PlainRead(driver_address(foundation.system_url), furnishing.product_ids[0], seconds)
    with Progress(console=console(sys.stderr, quiet=quiet), transient=True) as progress:
        task = progress.add_task("bench", total=rounds * len(service))
        for _ in range(rounds):
            bench.measure(service, plain, lambda: progress.advance(task))
