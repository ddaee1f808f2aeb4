"""The requests of the main job: who calls, what comes back, and what is said of each call."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx

from matchmaking.messages import Language

Json = dict[str, Any]
TIMEOUT_SECONDS = 30.0
MOST_PAGES = 5


@dataclass(frozen=True, slots=True)
class Call:
    """One request and its answer, as it is shown."""

    person: str
    method: str
    path: str
    status: int
    milliseconds: float


@dataclass
class CallFailed(Exception):
    """An answer with another status than the step needs; `said` is the problem's own sentence, Chinese."""

    call: Call
    wanted: int
    code: str
    said: str


@dataclass(slots=True)
class Caller:
    """One HTTP client for all persons; `show` is told of every call."""

    base_url: str
    show: Callable[[Call], None]
    calls: int = 0
    client: httpx.Client = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # A proxy of the environment has nothing to do with a service on this machine.
        self.client = httpx.Client(base_url=self.base_url, timeout=TIMEOUT_SECONDS, trust_env=False)

    def close(self) -> None:
        self.client.close()

    def sign_in(self, name: str, login: str, password: str) -> "Somebody":
        body = {"login": login, "password": password}
        return Somebody.of(self, name, self.request(name, "POST", "/v1/sessions", 201, body=body))

    def refresh(self, somebody: "Somebody") -> "Somebody":
        """The same person with tokens that count again."""
        body = {"refresh_token": somebody.refresh_token}
        renewed = self.request(somebody.name, "POST", "/v1/sessions/refresh", 200, body=body)
        return Somebody.of(self, somebody.name, renewed)

    def request(
        self,
        name: str,
        method: str,
        path: str,
        wanted: int,
        *,
        body: Json | None = None,
        headers: dict[str, str] | None = None,
    ) -> Json:
        began = time.perf_counter()
        answer = self.client.request(method, path, json=body, headers=headers)
        milliseconds = (time.perf_counter() - began) * 1000
        call = Call(name, method, path, answer.status_code, milliseconds)
        self.calls += 1
        self.show(call)
        content: Json = answer.json()
        if answer.status_code != wanted:
            raise CallFailed(call, wanted, str(content.get("code", "")), str(content.get("detail", "")))
        return content


@dataclass(frozen=True, slots=True)
class Somebody:
    """A signed-in person. Posts carry a fresh idempotency key, changes the version that was seen."""

    caller: Caller
    name: str
    authorization: str
    refresh_token: str
    expires_at: datetime

    @classmethod
    def of(cls, caller: Caller, name: str, granted: Json) -> "Somebody":
        ends = datetime.fromisoformat(granted["expires_at"])
        return cls(caller, name, f"Bearer {granted['access_token']}", granted["refresh_token"], ends)

    def get(self, path: str, *, language: Language = "zh", wanted: int = 200) -> Json:
        return self._request("GET", path, wanted, {"accept-language": language})

    def items(self, path: str) -> list[Json]:
        """A list page by page, the newest first, up to `MOST_PAGES` of a hundred."""
        found: list[Json] = []
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            further = "" if cursor is None else f"&cursor={cursor}"
            page = self.get(f"{path}{'&' if '?' in path else '?'}limit=100{further}")
            found += page["items"]
            cursor = page["next"]
            if cursor is None:
                break
        return found

    def make(self, path: str, body: Json, *, wanted: int = 201) -> Json:
        return self._request("POST", path, wanted, {"idempotency-key": str(uuid4())}, body)

    def change(self, path: str, seen: Json, body: Json | None = None) -> Json:
        return self._request("POST", path, 200, {"if-match": f'"{seen["version"]}"'}, body)

    def _request(
        self, method: str, path: str, wanted: int, headers: dict[str, str], body: Json | None = None
    ) -> Json:
        sent = {"authorization": self.authorization, **headers}
        return self.caller.request(self.name, method, path, wanted, body=body, headers=sent)
