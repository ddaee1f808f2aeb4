"""Interleaved rounds: each measures every case once, so that a disturbance meets all of them alike.

Nothing is compared across rounds: ratios and differences are taken within one, and the medians are told.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any
from uuid import UUID

from routers.middleware import LAYERS
from scripts.benches import cases
from scripts.benches.cases import Case
from scripts.benches.layers import ALL, NONE
from scripts.benches.processes import Child
from scripts.failures import CommandRefused

MICROSECONDS = 1_000_000
WARM_UP_SECONDS = 0.3


@dataclass(slots=True)
class Portion:
    """What one case did in one round, over all its turns."""

    answers: int = 0
    seconds: float = 0.0
    server_seconds: float = 0.0
    client_seconds: float = 0.0

    @property
    def rate(self) -> float:
        return self.answers / self.seconds

    @property
    def server_microseconds(self) -> float:
        """CPU time of the server process for one request."""
        return self.server_seconds / self.answers * MICROSECONDS


Round = dict[str, Portion]


@dataclass(frozen=True, slots=True)
class PlainRead:
    """One row by its id with bare psycopg, without HTTP; `url` is of a role that no row policy binds."""

    url: str
    row_id: UUID
    seconds: float


@dataclass
class Bench:
    """Drives the clients against the server; `connections` requests are under way at any time."""

    server: Child
    clients: Child
    ports: dict[str, int]
    connections: int
    rounds: list[Round] = field(default_factory=list)

    def warm_up(self, learnt: Sequence[Case], seconds: float) -> None:
        """Statements get prepared, caches filled, and every endpoint proves to answer as it should."""
        self.clients.ask({"do": "learn", "cases": [self._told(case) for case in learnt]})
        for case in {case.name: case for case in learnt}.values():
            self._turn(case, min(seconds, WARM_UP_SECONDS), Portion())
        self.clients.ask({"do": "forget"})

    def measure(self, plan: Sequence[Case], plain: PlainRead, on_turn: Callable[[], None]) -> None:
        """One round; each second one runs backwards, so that a drift cancels out."""
        done: Round = {cases.PLAIN_READ_ALONE: self._read_plainly(plain)}
        for case in plan if len(self.rounds) % 2 == 0 else reversed(plan):
            self._turn(case, plain.seconds, done.setdefault(case.name, Portion()))
            on_turn()
        self.rounds.append(done)

    def latencies(self) -> dict[str, dict[str, float]]:
        return self.clients.ask({"do": "latencies"})

    def _told(self, case: Case) -> dict[str, Any]:
        return {
            "name": case.name,
            "port": self.ports["fixed" if case.name == cases.FIXED else "service"],
            "requests": case.requests,
            "expected_status": case.expected_status,
            "at_most": case.at_most,
        }

    def _read_plainly(self, plain: PlainRead) -> Portion:
        found = self.clients.ask(
            {
                "do": "read_plainly",
                "case": cases.PLAIN_READ_ALONE,
                "url": plain.url,
                "statement": cases.PLAIN_READ_STATEMENT,
                "id": str(plain.row_id),
                "seconds": plain.seconds,
            }
        )
        return Portion(found["answers"], found["seconds"], 0.0, found["client_seconds"])

    def _turn(self, case: Case, seconds: float, portion: Portion) -> None:
        busy = self.server.busy_seconds()
        command = {"do": "measure", "case": case.name, "connections": self.connections, "seconds": seconds}
        found = self.clients.ask(command)
        if found["failure"] is not None or not found["answers"]:
            reason = str(found["failure"] or "no answer")
            raise CommandRefused("bench.answer_unexpected", {"case": case.name, "reason": reason})
        portion.server_seconds += self.server.busy_seconds() - busy
        portion.answers += found["answers"]
        portion.seconds += found["seconds"]
        portion.client_seconds += found["client_seconds"]


@dataclass(frozen=True, slots=True)
class Row:
    """Medians over the rounds; `ratio` is the rate over that of the empty endpoint in the same round."""

    name: str
    rate: float
    p50_milliseconds: float
    p99_milliseconds: float
    ratio: float
    lowest_ratio: float
    highest_ratio: float
    server_microseconds: float
    client_busy: float
    answers: int


@dataclass(frozen=True, slots=True)
class LayerCost:
    """CPU time for one request, median over the rounds with the lowest and the highest."""

    name: str
    microseconds: float
    lowest: float
    highest: float


def rows(rounds: Sequence[Round], latencies: dict[str, dict[str, float]]) -> list[Row]:
    return [_row(name, rounds, latencies) for name in cases.SHOWN]


def _row(name: str, rounds: Sequence[Round], latencies: dict[str, dict[str, float]]) -> Row:
    portions = [done[name] for done in rounds]
    ratios = [done[name].rate / done[cases.EMPTY].rate for done in rounds]
    return Row(
        name,
        median(portion.rate for portion in portions),
        latencies[name]["p50"],
        latencies[name]["p99"],
        median(ratios),
        min(ratios),
        max(ratios),
        median(portion.server_microseconds for portion in portions),
        median(portion.client_seconds / portion.seconds for portion in portions),
        sum(portion.answers for portion in portions),
    )


def layer_costs(rounds: Sequence[dict[str, float]]) -> list[LayerCost]:
    """What each layer adds, by leaving it out; last, what all of them add together."""
    left_out = {layer.name: layer.name for layer in LAYERS} | {ALL: NONE}
    return [_cost(name, [least[ALL] - least[other] for least in rounds]) for name, other in left_out.items()]


def _cost(name: str, differences: Sequence[float]) -> LayerCost:
    return LayerCost(name, median(differences), min(differences), max(differences))
