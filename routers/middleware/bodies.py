"""What bodies may be: small, uncompressed, JSON under `/v1`. Decided before anything is parsed."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from routers.problems import MediaTypeRefused, TooLarge
from routers.scopes import header

API = "/v1"
PLAIN = frozenset({b"", b"identity"})
JSON = b"application/json"
UTF_8 = frozenset({b"", b"charset=utf-8", b'charset="utf-8"'})


class BodyLimit:
    """Caps declared and chunked bodies alike; nothing of a declared surplus is read."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = 0
        carries = False
        for name, value in scope["headers"]:
            if name == b"content-length":
                carries = True
                declared = int(value) if value.isdigit() else 0
            elif name == b"transfer-encoding":
                carries = True
            elif name == b"content-encoding" and value.strip().lower() not in PLAIN:
                raise MediaTypeRefused("content_encoding_unsupported")
        if declared > self.limit:
            raise self._refusal()
        await self.app(scope, self._counting(receive) if carries else receive, send)

    def _counting(self, receive: Receive) -> Receive:
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.limit:
                raise self._refusal()
            return message

        return receive_counted

    def _refusal(self) -> TooLarge:
        return TooLarge("body_too_large", {"limit": self.limit})


class MediaTypes:
    """A body under `/v1` must say that it is JSON; guessing is how other readers are tricked."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(API) and _carries_body(scope):
            kind, _, parameter = (header(scope, b"content-type") or b"").lower().partition(b";")
            if kind.strip() != JSON or parameter.strip() not in UTF_8:
                raise MediaTypeRefused("media_type_unsupported")
        await self.app(scope, receive, send)


def _carries_body(scope: Scope) -> bool:
    return (
        header(scope, b"content-length") not in (None, b"0")
        or header(scope, b"transfer-encoding") is not None
    )
