"""Measures one size after the other on a PostgreSQL of its own: reading, screening, and the peers."""

import asyncio
import resource
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import numpy as np

from matchmaking.clock import SystemClock
from matchmaking.db.cluster import Cluster
from matchmaking.ranking import FinancingRequest, rank
from matchmaking.ranking.catalogue import ProductCatalogue
from matchmaking.services.catalogue_feed import CatalogueFeed
from matchmaking.services.foundation import Foundation, stand_alone
from matchmaking.services.match_runs import FIRST_SHOWN, NEAR_MISSES_SHOWN, screened
from matchmaking.services.offer_catalogue import OfferReader
from schemas.vocabulary import Verdict
from scripts.benches.machine import Machine, describe, load
from scripts.benches.measuring import folder, postgresql
from scripts.benches.ranking import database
from scripts.benches.ranking.postgresql import PostgresqlPeer, question_of
from scripts.benches.ranking.products import offers, requests
from scripts.benches.surroundings import bench_settings, driver_address
from scripts.failures import CommandRefused

SEED = 20_251_127
SIZES = (1_000, 10_000, 100_000)
QUICK_SIZES = (200, 2_000)
WARM_UP = 3
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds over all needs; `cpu` is the least of our own process, which others cannot stretch."""

    p50: float
    p99: float
    cpu: float

    @staticmethod
    def of(took: Sequence[tuple[float, float]]) -> "Timing":
        """From seconds by the clock and of the process."""
        passed = [clock for clock, _ in took]
        least = min(process for _, process in took)
        return Timing(median(passed) * 1e3, float(np.percentile(passed, 99)) * 1e3, least * 1e3)


@dataclass(frozen=True, slots=True)
class SizeResult:
    """`screen` finds verdict, total and place of all; `explained` says it of those shown as well.

    `floor` compares and counts every column once and takes the first twenty; it knows no rules.
    """

    products: int
    load_seconds: float
    change_milliseconds: float
    megabytes: float
    process_megabytes: float
    screen: Timing
    explained: Timing
    floor: Timing
    postgresql: Timing

    @property
    def to_floor(self) -> float:
        """By the time of the process: on a busy machine the longer work would be interrupted more often."""
        return self.screen.cpu / self.floor.cpu

    @property
    def faster_than_postgresql(self) -> float:
        return self.postgresql.p50 / self.screen.p50


@dataclass(frozen=True, slots=True)
class RankingReport:
    machine: Machine
    needs: int
    sizes: list[SizeResult]

    def growth(self, figure: Callable[[SizeResult], float]) -> list[float]:
        """By how much a figure grows from each size to the next."""
        figures = [figure(size) for size in self.sizes]
        return [later / before for before, later in pairwise(figures)]


def measure_ranking(sizes: Sequence[int], needs: int, postgres_bin: Path | None) -> RankingReport:
    load_before = load()
    with folder() as place, postgresql(place, postgres_bin) as (instance, cluster):
        foundation = stand_alone(instance, cluster)
        database.prepare(driver_address(cluster.dsn("superuser")))
        results = [_measure_size(count, needs, foundation, cluster) for count in sizes]
        return RankingReport(describe(driver_address(foundation.app_url), load_before), needs, results)


def _measure_size(count: int, needs: int, foundation: Foundation, cluster: Cluster) -> SizeResult:
    today = datetime.now(UTC).date()
    database.fill(driver_address(cluster.dsn("superuser")), list(offers(SEED, count, today)))
    catalogue, load_seconds, change_seconds = asyncio.run(_read(foundation, cluster))
    asked = list(requests(SEED, needs, today))
    peer = PostgresqlPeer(driver_address(foundation.app_url))
    try:
        timings = _interleaved(catalogue, asked, peer)
    finally:
        peer.close()
    return SizeResult(
        count,
        load_seconds,
        change_seconds * 1e3,
        catalogue.nbytes / MEGABYTE,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEGABYTE,
        *timings,
    )


async def _read(foundation: Foundation, cluster: Cluster) -> tuple[ProductCatalogue, float, float]:
    """As a starting process reads it, and then one change of a product, from its commit to the swap."""
    opened = foundation.database(bench_settings(), SystemClock())
    try:
        feed = CatalogueFeed(opened.system, OfferReader())
        begun = perf_counter()
        await feed.catch_up()
        load_seconds = perf_counter() - begun
        database.touch_one(driver_address(cluster.dsn("superuser")))
        begun = perf_counter()
        held = await feed.catch_up()
        return held.catalogue, load_seconds, perf_counter() - begun
    finally:
        await opened.dispose()


def _interleaved(
    catalogue: ProductCatalogue, asked: Sequence[FinancingRequest], peer: PostgresqlPeer
) -> Iterator[Timing]:
    """Each need is put to all in turn, so that a disturbance meets all of them alike."""
    listed = catalogue.columns.valid_until >= asked[0].reference_date.toordinal()
    seconds: dict[str, list[tuple[float, float]]] = {
        name: [] for name in ("screen", "explained", "floor", "postgresql")
    }
    for place, request in enumerate([*asked[:WARM_UP], *asked]):
        question = question_of(request)

        def screen(request: FinancingRequest = request) -> Any:
            screening = catalogue.screen(request, listed)
            return screening.shown(FIRST_SHOWN, NEAR_MISSES_SHOWN), screening.counts

        def explained(request: FinancingRequest = request) -> Any:
            return rank(screened(request, catalogue, changes=0)[0])

        works: dict[str, Callable[[], Any]] = {
            "screen": screen,
            "explained": explained,
            "floor": lambda: floor(catalogue),
            "postgresql": lambda question=question: peer.first_twenty(question),  # type: ignore[misc]
        }
        found = {}
        for name, work in works.items():
            begun, worked = perf_counter(), process_time()
            found[name] = work()
            if place >= WARM_UP:
                seconds[name].append((perf_counter() - begun, process_time() - worked))
        if found["screen"][1][Verdict.ELIGIBLE] != found["postgresql"]:
            raise CommandRefused("bench.peer_differs", {"need": request.need.need_id})
    return (Timing.of(each) for each in seconds.values())


def floor(catalogue: ProductCatalogue) -> Any:
    """One numpy pass over the same bytes: each column compared, conjoined and summed once; a first twenty."""
    rows = len(catalogue)
    holds = np.ones(rows, dtype=np.bool_)
    total = np.zeros(rows, dtype=np.int64)
    for column in catalogue.columns.each().values():
        for values in [column] if isinstance(column, np.ndarray) else [column.starts[1:], column.values]:
            above = values >= 1
            holds &= above[:rows]
            total += above[:rows]
            np.count_nonzero(above[rows:])
    total[~holds] -= 1_000
    return np.argpartition(total, min(FIRST_SHOWN, rows - 1))[:FIRST_SHOWN]
