"""One bench from an empty folder to its report. What it starts has ended when it returns or raises."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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
from scripts.benches.rounds import Bench, PlainRead, layer_costs, row
from scripts.benches.surroundings import bench_settings, driver_address, packed
from scripts.speaking import console

CONNECTIONS = 8


def measure(rounds: int, seconds: float, postgres_bin: Path | None, *, quiet: bool) -> Report:
    """On a PostgreSQL of its own in a temporary folder, fsync on as in real life; nothing of it stays."""
    load_before = load()
    with _throw_away(postgres_bin) as (folder, foundation):
        furnishing = furnish(bench_settings(), foundation)
        with (
            Child("scripts.benches.serving", folder / "server.log") as server,
            Child("scripts.benches.clients", folder / "clients.log") as clients,
        ):
            bench = Bench(server, clients, server.ask(packed(foundation)), CONNECTIONS)
            _take_rounds(bench, rounds, seconds, foundation, furnishing, quiet=quiet)
            latencies = bench.latencies()
        with Child("scripts.benches.layers", folder / "layers.log") as layers:
            stacks = layers.ask({"rounds": rounds})["rounds"]
        machine = describe(driver_address(foundation.app_url), load_before)
    return Report(
        machine,
        rounds,
        seconds,
        CONNECTIONS,
        len(furnishing.product_ids),
        [row(name, bench.rounds, latencies) for name in cases.SHOWN],
        layer_costs(stacks),
    )


@contextmanager
def _throw_away(postgres_bin: Path | None) -> Iterator[tuple[Path, Foundation]]:
    folder = Path(tempfile.mkdtemp(prefix="matchmaking-bench-"))
    try:
        with (
            Instance.open(folder / "state") as instance,
            Cluster(instance.state, binaries=postgres_bin) as cluster,
        ):
            migrate(cluster.dsn("owner"))
            yield folder, stand_alone(instance, cluster)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
