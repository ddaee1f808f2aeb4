"""Counts and times answers by method, route template and status class, in the application's own registry."""

from collections.abc import Callable
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from routers.scopes import route_template

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Measurements:
    """What an application counts about its requests; one per application, for the layer and `/metrics`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.in_flight = 0
        self._requests = Counter(
            "http_requests_total",
            "Answered requests",
            ("method", "route", "status_class"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "http_request_seconds",
            "Time from the request's head to the end of the answer",
            ("method", "route"),
            buckets=SECONDS,
            registry=self.registry,
        )
        gauge = Gauge("http_requests_in_flight", "Requests being worked on", registry=self.registry)
        gauge.set_function(lambda: self.in_flight)
        # `labels()` takes a lock and builds keys; the few combinations that occur are kept.
        self._known: dict[tuple[str, str, int], tuple[Callable[[], None], Callable[[float], None]]] = {}

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        key = (method, route, status // 100)
        if (known := self._known.get(key)) is None:
            # A caller can invent methods without end, so unusual ones share one label.
            shown = method if method in METHODS else "other"
            counter = self._requests.labels(shown, route, f"{status // 100}xx")
            known = (counter.inc, self._seconds.labels(shown, route).observe)
            if method in METHODS:
                self._known[key] = known
        count, observe = known
        count()
        observe(seconds)


class Metrics:
    def __init__(self, app: ASGIApp, measurements: Measurements) -> None:
        self.app = app
        self.measurements = measurements

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = perf_counter()
        status = 0

        async def send_noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        self.measurements.in_flight += 1
        try:
            await self.app(scope, receive, send_noted)
        finally:
            self.measurements.in_flight -= 1
            self.measurements.answered(scope["method"], route_template(scope), status, perf_counter() - began)
