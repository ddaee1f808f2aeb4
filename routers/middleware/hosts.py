"""Takes requests only under names of this service, so that no foreign name reaches it (DNS rebinding)."""

from collections.abc import Collection

from starlette.types import ASGIApp, Receive, Scope, Send

from matchmaking.errors import Malformed


class Hosts:
    """`hosts` are names without port; `*.example.org` stands for every name below example.org."""

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self.app = app
        self.exact = frozenset(host.lower() for host in hosts if not host.startswith("*."))
        self.below = tuple(host[1:].lower() for host in hosts if host.startswith("*."))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._is_ours(scope):
            raise Malformed("host_unknown")
        await self.app(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        given = [value for name, value in scope["headers"] if name == b"host"]
        if len(given) != 1:
            return False
        name = given[0].decode("latin-1").lower()
        if name in self.exact:
            return True
        if ":" in name and not name.endswith("]"):
            name, _, port = name.rpartition(":")
            if not port.isdecimal():
                return False
        return name in self.exact or name.endswith(self.below)
