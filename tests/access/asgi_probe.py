"""Asks an application in this process without an HTTP client: for tests of many thousand small requests."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import orjson
from fastapi import FastAPI


@dataclass(frozen=True, slots=True)
class Told:
    """Status and text of an answer."""

    status: int
    text: str


async def ask(
    app: FastAPI, token: str, method: str, path: str, body: Any = None, seen: int | None = None
) -> Told:
    """One request with a bearer token and a fresh idempotency key, based on version `seen`."""
    content = b"" if body is None else orjson.dumps(body)
    headers = {"host": "testserver", "authorization": f"Bearer {token}", "idempotency-key": str(uuid4())}
    if body is not None:
        headers |= {"content-type": "application/json", "content-length": str(len(content))}
    if seen is not None:
        headers["if-match"] = f'"{seen}"'
    url = urlsplit(path)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": url.path,
        "raw_path": url.path.encode(),
        "query_string": url.query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 50_000),
        "server": ("testserver", 80),
    }
    status, parts = 0, bytearray()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            parts.extend(message.get("body", b""))

    await app(scope, receive, send)  # type: ignore[arg-type]
    return Told(status, parts.decode())
