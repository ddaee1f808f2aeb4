"""Headers that tell browsers what they must not do with our answers. A handler's own choice is kept."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

API = "/v1"
NOTHING_EMBEDDED = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", NOTHING_EMBEDDED),
    (b"referrer-policy", b"no-referrer"),
)
UNSTORED = (b"cache-control", b"no-store")
ENCRYPTED = (b"strict-transport-security", b"max-age=31536000")


class SecurityHeaders:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        wanted = list(ALWAYS)
        if scope["path"].startswith(API):
            wanted.append(UNSTORED)
        if scope["scheme"] == "https":
            wanted.append(ENCRYPTED)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = list(message.get("headers", ()))
                names = {name for name, _ in given}
                message["headers"] = given + [pair for pair in wanted if pair[0] not in names]
            await send(message)

        await self.app(scope, receive, send_guarded)
