"""One structured line per answer. Templates only: raw paths, queries and bodies hold what logs must not."""

from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matchmaking.log import logger
from routers.scopes import route_template

PROBES = frozenset({"/livez", "/readyz", "/metrics"})


class AccessLog:
    """Probes are logged at level debug: they come every few seconds and say nothing while they succeed."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.log = logger("access")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = perf_counter()
        status = 0
        sent = 0

        async def send_counted(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                sent += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, send_counted)
        finally:
            route = route_template(scope)
            write = self.log.debug if route in PROBES else self.log.info
            write(
                "request",
                method=scope["method"],
                route=route,
                status=status,
                milliseconds=round((perf_counter() - began) * 1000, 3),
                bytes=sent,
            )
