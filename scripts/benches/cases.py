"""What is measured: requests that are sent in turn, as the bytes that go over the wire."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from scripts.benches.drafts import need_draft
from scripts.benches.furnishing import Furnishing

FIXED = "fixed_bytes"
BARE = "bare_application"
EMPTY = "empty"
TOKEN = "token"  # noqa: S105 - the name of a case
PLAIN_READ = "plain_read"
READ = "read"
PAGE = "page"
NEED = "need"
MATCH = "match"
PLAIN_READ_ALONE = "plain_read_alone"
SHOWN = (FIXED, BARE, EMPTY, TOKEN, PLAIN_READ_ALONE, PLAIN_READ, READ, PAGE, NEED, MATCH)

BARE_PATH = "/bench/bare"
EMPTY_PATH = "/bench/empty"
TOKEN_PATH = "/bench/token"  # noqa: S105 - a path
PLAIN_READ_PATH = "/bench/plain-read/{product_id}"

PLAIN_READ_STATEMENT = "SELECT id, version, name_zh, valid_until FROM credit_product WHERE id = %s"

# Where a fresh idempotency key goes.
KEY = "<key>"
PAGE_LENGTH = 20
WARM_UP_MATCHES = 40


@dataclass(frozen=True, slots=True)
class Case:
    """Sent over and over for a while, or `at_most` so often in one round, whichever is over first."""

    name: str
    requests: tuple[str, ...]
    expected_status: int = 200
    at_most: int | None = None


def service_cases(furnishing: Furnishing, rounds: int, matches_per_need: int) -> tuple[Case, ...]:
    """The empty endpoint stands at both ends of a round: everything is compared with it."""
    tokens = [asking.token for asking in furnishing.enterprises]
    empty = Case(EMPTY, (_get(EMPTY_PATH),))
    plain = tuple(_get(PLAIN_READ_PATH.format(product_id=one)) for one in furnishing.product_ids)
    return (
        empty,
        Case(FIXED, (_get("/"),)),
        Case(BARE, (_get(BARE_PATH),)),
        Case(TOKEN, tuple(_get(TOKEN_PATH, token) for token in tokens)),
        Case(PLAIN_READ, plain),
        Case(READ, _reads(furnishing)),
        Case(PAGE, tuple(_get(f"/v1/credit-products?limit={PAGE_LENGTH}", token) for token in tokens)),
        Case(NEED, _needs(furnishing), expected_status=201),
        _match_case(furnishing, rounds, matches_per_need),
        empty,
    )


def _reads(furnishing: Furnishing) -> tuple[str, ...]:
    return tuple(
        _get(f"/v1/credit-products/{product_id}", asking.token)
        for product_id in furnishing.product_ids
        for asking in furnishing.enterprises
    )


def _needs(furnishing: Furnishing) -> tuple[str, ...]:
    today = datetime.now(UTC).date()
    return tuple(
        _post("/v1/financing-needs", asking.token, need_draft(today, asking.person_id, number))
        for number, asking in enumerate(furnishing.enterprises)
    )


def _match_case(furnishing: Furnishing, rounds: int, matches_per_need: int) -> Case:
    """Each need may be matched so often a day, which bounds how many matches there can be."""
    requests = tuple(
        _post("/v1/match-runs", asking.token, {"need_id": str(need_id)})
        for number in range(len(furnishing.enterprises[0].need_ids))
        for asking in furnishing.enterprises
        for need_id in (asking.need_ids[number],)
    )
    left = len(requests) * matches_per_need - WARM_UP_MATCHES
    return Case(MATCH, requests, expected_status=201, at_most=max(left // rounds, 1))


def _get(path: str, token: str | None = None) -> str:
    return _request("GET", path, token, [], "")


def _post(path: str, token: str, body: dict[str, object]) -> str:
    content = json.dumps(body)
    fields = ["content-type: application/json", f"content-length: {len(content)}", f"idempotency-key: {KEY}"]
    return _request("POST", path, token, fields, content)


def _request(method: str, path: str, token: str | None, fields: Sequence[str], content: str) -> str:
    signed = [] if token is None else [f"authorization: Bearer {token}"]
    head = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", *signed, *fields]
    return "\r\n".join([*head, "", content])
