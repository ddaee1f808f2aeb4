"""Measures one number of capabilities after the other: building, screening, explaining, and the peers."""

import resource
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np

from matchmaking.db.cluster import Cluster
from matchmaking.db.instance import Instance
from matchmaking.migrations import migrate
from matchmaking.ranking import DemandFacts, ResearchRequest, rank_capabilities
from matchmaking.ranking.capability_catalogue import CapabilityCatalogue, Found, ListedCapability
from matchmaking.ranking.catalogue.screening import Placed
from matchmaking.ranking.request import Screened
from matchmaking.services.capability_screening import FIRST_SHOWN, NEAR_MISSES_SHOWN
from scripts.benches.ranking.capabilities import DIMENSION, Floats, capabilities, demands
from scripts.benches.ranking.capability_peers import FullText, WordsAndMatrix, floor
from scripts.benches.surroundings import driver_address

SEED = 20_251_127
WARM_UP = 3
MEGABYTE = 1_000_000
SIZES = (3_000, 30_000, 300_000)
QUICK_SIZES = (300, 3_000)
MODEL = "synthetic"


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds over all demands."""

    p50: float
    p99: float

    @staticmethod
    def of(seconds: Sequence[float]) -> "Timing":
        return Timing(median(seconds) * 1e3, float(np.percentile(seconds, 99)) * 1e3)


@dataclass(frozen=True, slots=True)
class CapabilityResult:
    """`screen` finds verdict, total and place of all; `explained` says it of those shown as well."""

    capabilities: int
    build_seconds: float
    change_milliseconds: float
    megabytes: float
    process_megabytes: float
    screen: Timing
    by_words: Timing
    explained: Timing
    floor: Timing
    words_and_matrix: Timing
    postgresql: Timing

    @property
    def to_floor(self) -> float:
        return self.screen.p50 / self.floor.p50


def measure_capabilities(
    sizes: Sequence[int], count: int, postgres_bin: Path | None
) -> list[CapabilityResult]:
    with (
        TemporaryDirectory(prefix="matchmaking-bench-") as folder,
        Instance.open(Path(folder) / "state") as instance,
        Cluster(instance.state, binaries=postgres_bin) as cluster,
    ):
        migrate(cluster.dsn("owner"))
        app, superuser = driver_address(cluster.dsn("app")), driver_address(cluster.dsn("superuser"))
        return [_measure(size, count, superuser, app) for size in sizes]


def _measure(size: int, count: int, superuser_url: str, app_url: str) -> CapabilityResult:
    today = datetime.now(UTC).date()
    listed = list(capabilities(SEED, size, today))
    begun = perf_counter()
    catalogue = CapabilityCatalogue.build(listed, MODEL, DIMENSION)
    build_seconds = perf_counter() - begun
    begun = perf_counter()
    catalogue = catalogue.apply([listed[0].candidate.candidate_id], listed[:1])
    change_seconds = perf_counter() - begun
    peer, words = FullText(superuser_url, app_url, listed), WordsAndMatrix(listed)
    try:
        timings = _interleaved(catalogue, listed, list(demands(SEED, count)), today, peer, words)
    finally:
        peer.close()
    return CapabilityResult(
        size,
        build_seconds,
        change_seconds * 1e3,
        catalogue.nbytes / MEGABYTE,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEGABYTE,
        *timings,
    )


def _interleaved(
    catalogue: CapabilityCatalogue,
    listed: Sequence[ListedCapability],
    asked: Sequence[tuple[DemandFacts, Floats]],
    today: date,
    peer: FullText,
    words: WordsAndMatrix,
) -> list[Timing]:
    """Each demand is put to all in turn, so that a disturbance meets all of them alike."""
    by_id = {one.candidate.candidate_id: one for one in listed}
    seconds: list[list[float]] = [[], [], [], [], [], []]
    for place, (demand, questions) in enumerate([*asked[:WARM_UP], *asked]):
        request = ResearchRequest(demand=demand, candidates=(), reference_date=today)
        works: tuple[Callable[[], Any], ...] = (
            lambda request=request, questions=questions: _shown(catalogue.screen(request, questions)),  # type: ignore[misc]
            lambda request=request: _shown(catalogue.screen(request)),  # type: ignore[misc]
            lambda request=request, questions=questions: _explained(catalogue, by_id, request, questions),  # type: ignore[misc]
            lambda demand=demand, questions=questions: floor(catalogue, demand, questions),  # type: ignore[misc]
            lambda demand=demand, questions=questions: words.best(demand, questions),  # type: ignore[misc]
            lambda demand=demand: peer.best(demand),  # type: ignore[misc]
        )
        for times, work in zip(seconds, works, strict=True):
            begun = perf_counter()
            work()
            if place >= WARM_UP:
                times.append(perf_counter() - begun)
    return [Timing.of(times) for times in seconds]


def _shown(found: Found) -> list[Placed]:
    return found.screening.shown(FIRST_SHOWN, NEAR_MISSES_SHOWN)


def _explained(
    catalogue: CapabilityCatalogue,
    by_id: dict[str, ListedCapability],
    request: ResearchRequest,
    questions: Floats,
) -> Any:
    """As a match does, without the database."""
    found = catalogue.screen(request, questions)
    placed, screening = _shown(found), found.screening
    rows = [each.row for each in placed]
    return rank_capabilities(
        replace(
            request,
            candidates=tuple(by_id[screening.ids[row]].candidate for row in rows),
            text_statistics=found.statistics,
            similarities=None if found.near is None else catalogue.similarities(found.near, rows),
            screened=Screened(
                positions=tuple(each.position for each in placed),
                counts=screening.counts,
                excluded=screening.excluded,
                decisive_facts=screening.decisive_facts,
                changes=0,
            ),
        )
    )
