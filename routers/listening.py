"""Takes the port to serve on, or says in one sentence why it cannot be had."""

import errno
import socket
from collections.abc import Mapping

from matchmaking.messages import Language, catalogue

LOOPBACK = "127.0.0.1"
BACKLOG = 2048


class ServerNotStarted(Exception):
    """One sentence for the person at the command line, in either language."""

    def __init__(self, code: str, parameters: Mapping[str, str | int]) -> None:
        super().__init__(code)
        self.code = code
        self.parameters = parameters

    def sentence(self, language: Language) -> str:
        return catalogue()[self.code][language].format_map(self.parameters)

    def __str__(self) -> str:
        return self.sentence("en")


class PortTaken(ServerNotStarted):
    """Another process listens there."""


def listen(port: int, host: str = LOOPBACK) -> socket.socket:
    """A listening socket; port 0 takes any free one. PortTaken or ServerNotStarted when it cannot be had."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        # Two sockets may be bound to one port; only one may listen.
        listener.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        place: dict[str, str | int] = {"host": host, "port": port}
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise PortTaken("server.port_taken", place) from None
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise ServerNotStarted("server.port_refused", place | {"reason": reason}) from None
    return listener
