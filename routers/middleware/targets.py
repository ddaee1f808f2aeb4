"""Refuses NULs in paths and queries: PostgreSQL texts cannot hold them, nobody honest sends one."""

from starlette.types import ASGIApp, Receive, Scope, Send

from matchmaking.errors import Malformed


class Targets:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and ("\0" in scope["path"] or b"%00" in scope["query_string"]):
            raise Malformed("target_malformed")
        await self.app(scope, receive, send)
