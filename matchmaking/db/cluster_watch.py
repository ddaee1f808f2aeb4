"""How often a postmaster that keeps dying is started again. Pure; the clock is handed in."""

from dataclasses import dataclass

SHORTEST_SECONDS = 0.5
LONGEST_SECONDS = 30.0
HEALTHY_SECONDS = 60.0


@dataclass
class BackOff:
    """Waits 0.5 s after the first restart, twice as long after each further one, never more than 30 s.

    Forgets them after 60 s without one. Times are seconds of a monotonic clock.
    """

    wait: float = 0.0
    last_attempt: float = float("-inf")

    def due(self, now: float) -> bool:
        return now - self.last_attempt >= self.wait

    def attempted(self, now: float) -> None:
        healthy = now - self.last_attempt >= max(HEALTHY_SECONDS, 2 * self.wait)
        self.wait = (
            SHORTEST_SECONDS if healthy else min(LONGEST_SECONDS, max(SHORTEST_SECONDS, 2 * self.wait))
        )
        self.last_attempt = now
