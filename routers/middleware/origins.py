"""Which web pages of other origins may call the API (CORS). None, unless the settings name some."""

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from matchmaking.errors import NotAllowed
from routers.problems import answer_for, respond
from routers.scopes import header

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
READABLE = ("ETag", "Link", "Location", "Retry-After", "X-Request-ID")
SENDABLE = ("Authorization", "Idempotency-Key", "If-Match", "If-None-Match", "X-Request-ID")


class Origins(CORSMiddleware):
    """Starlette's rules; a refused preflight is a problem. Credentials are bearer tokens, never cookies."""

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=METHODS,
            allow_headers=SENDABLE,
            expose_headers=READABLE,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or (not self.allow_origins and scope["method"] != "OPTIONS"):
            await self.app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS" and self._refuses(scope):
            refusal = respond(answer_for(NotAllowed("origin_not_allowed"), scope), scope)
            await refusal(scope, receive, send)
            return
        await super().__call__(scope, receive, send)

    def _refuses(self, scope: Scope) -> bool:
        names = (b"origin", b"access-control-request-method")
        if any(header(scope, name) is None for name in names):
            return False
        return self.preflight_response(Headers(scope=scope)).status_code >= 400  # noqa: PLR2004
