from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    FutureDate,
    HttpUrl,
    PastDatetime,
    StringConstraints,
    field_validator,
)
from pydantic_core import PydanticCustomError, core_schema

from matchmaking.settings import Settings
from routers.ground import lay_ground
from routers.validation import CODES, FAMILIES
from routers.wording import is_documented
from tests.http.conftest import client_of


class Evidence(Enum):
    SIGNED = "signed"
    STATED = "stated"


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    rate_basis_points: int


class Everything(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, StringConstraints(min_length=2, max_length=3, pattern="^[a-z]+$")] | None = None
    count: Annotated[int, Field(ge=1, le=9, multiple_of=3)] | None = None
    open_range: Annotated[int, Field(gt=1, lt=9)] | None = None
    share: Annotated[Decimal, Field(max_digits=4, decimal_places=2)] | None = None
    ratio: float | None = None
    flag: bool | None = None
    nature: Literal["credit", "framework"] | None = None
    evidence: Evidence | None = None
    day: date | None = None
    future: FutureDate | None = None
    instant: AwareDatetime | None = None
    past: PastDatetime | None = None
    hour: time | None = None
    wait: timedelta | None = None
    identifier: UUID | None = None
    address: HttpUrl | None = None
    tags: Annotated[list[int], Field(min_length=1, max_length=2)] | None = None
    inner: Inner | None = None
    either: Inner | list[Inner] | None = None
    by_name: dict[str, int] | None = None
    nothing: None = None
    checked: str | None = None

    @field_validator("checked")
    @classmethod
    def _ours(cls, given: str) -> str:
        if given == "custom":
            raise PydanticCustomError("number_too_large", "unused", {"maximum": 12})
        raise ValueError({"code": "conflict: with canary", "odd": "canary"}[given], {"field": "canary"})


CASES: tuple[tuple[str, Any, str, str], ...] = (
    ("text", 7, "/text", "not_text"),
    ("text", "a", "/text", "text_too_short"),
    ("text", "abcd", "/text", "text_too_long"),
    ("text", "AB", "/text", "text_form"),
    ("count", "x", "/count", "not_integer"),
    ("count", 1.5, "/count", "not_integer"),
    ("count", 0, "/count", "number_too_small"),
    ("count", 12, "/count", "number_too_large"),
    ("count", 4, "/count", "number_not_multiple"),
    ("open_range", 1, "/open_range", "number_not_above"),
    ("open_range", 9, "/open_range", "number_not_below"),
    ("share", "x", "/share", "not_number"),
    ("share", "1.234", "/share", "decimal_too_precise"),
    ("share", "Infinity", "/share", "not_number"),
    ("ratio", "x", "/ratio", "not_number"),
    ("flag", "x", "/flag", "not_boolean"),
    ("nature", "x", "/nature", "not_among"),
    ("evidence", "x", "/evidence", "not_among"),
    ("day", "x", "/day", "not_date"),
    ("day", "2026-02-30", "/day", "not_date"),
    ("future", "2001-01-01", "/future", "not_in_future"),
    ("instant", "x", "/instant", "not_instant"),
    ("instant", "2026-01-01T00:00:00", "/instant", "not_instant"),
    ("past", "2999-01-01T00:00:00Z", "/past", "not_in_past"),
    ("hour", "x", "/hour", "not_time"),
    ("wait", "x", "/wait", "not_duration"),
    ("identifier", "x", "/identifier", "not_identifier"),
    ("address", "x", "/address", "not_address"),
    ("address", "ftp://x", "/address", "not_address"),
    ("tags", "x", "/tags", "not_list"),
    ("tags", [], "/tags", "list_too_short"),
    ("tags", [1, 2, 3], "/tags", "list_too_long"),
    ("tags", [1, "x"], "/tags/1", "not_integer"),
    ("inner", 7, "/inner", "not_object"),
    ("inner", {}, "/inner/rate_basis_points", "field_missing"),
    ("inner", {"rate_basis_points": 1, "x": 1}, "/inner/x", "field_unknown"),
    ("inner", {"rate_basis_points": 1, "<x>": 1}, "/inner", "field_unknown"),
    ("either", [{"rate_basis_points": "x"}], "/either/0/rate_basis_points", "not_integer"),
    ("by_name", {"a": "x"}, "/by_name/a", "not_integer"),
    ("by_name", {"a b": "x"}, "/by_name", "not_integer"),
    ("nothing", 1, "/nothing", "not_null"),
    ("checked", "custom", "/checked", "number_too_large"),
    ("checked", "code", "/checked", "conflict"),
    ("checked", "odd", "/checked", "value_invalid"),
    ("canary_field", 1, "/canary_field", "field_unknown"),
)


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    async def ready() -> None: ...

    app = lay_ground(settings, readiness=ready)

    @app.post("/v1/everything")
    async def take(given: Everything) -> None: ...

    return app


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("name", "value", "pointer", "code"), CASES)
async def test_each_finding_names_the_field_and_the_mend(
    client: httpx.AsyncClient, name: str, value: object, pointer: str, code: str, language: str
) -> None:
    answer = await client.post("/v1/everything", json={name: value}, headers={"accept-language": language})
    assert answer.status_code == 422
    found = [fault for fault in answer.json()["errors"] if fault["code"] == code]
    assert found, answer.text
    assert found[0]["pointer"] == pointer
    assert found[0]["location"] == "body"
    assert "{" not in found[0]["detail"]
    assert "…" not in found[0]["detail"]
    assert "canary" not in answer.text.replace("canary_field", "")


async def test_allowed_values_and_bounds_are_told(client: httpx.AsyncClient) -> None:
    draft = {"nature": "x", "evidence": "x", "text": "abcd", "count": 30}
    answer = await client.post("/v1/everything", json=draft, headers={"accept-language": "en"})
    details = {fault["pointer"]: fault["detail"] for fault in answer.json()["errors"]}
    assert details == {
        "/nature": "nature must be one of: credit, framework.",
        "/evidence": "evidence must be one of: signed, stated.",
        "/text": "text may have at most 3 characters.",
        "/count": "count must be at most 9.",
    }


async def test_a_tagged_union_is_pointed_at_without_its_tag(settings: Settings) -> None:
    from tests.http import probe  # noqa: PLC0415

    draft = {"name": "x", "amount_fen": 1, "rules": [{"kind": "amount", "minimum_fen": 0}]}
    async with client_of(probe.make(settings)) as client:
        wrong = await client.post("/v1/probes", json=draft)
        unknown = await client.post("/v1/probes", json=draft | {"rules": [{"kind": "canary"}]})
        untagged = await client.post("/v1/probes", json=draft | {"rules": [{}]})
        missing = await client.post("/v1/probes", json=draft | {"rules": [{"kind": "region"}]})
    assert wrong.json()["errors"][0]["pointer"] == "/rules/0/minimum_fen"
    assert unknown.json()["errors"][0] == {
        "pointer": "/rules/0/kind",
        "location": "body",
        "code": "not_among",
        "detail": "rules/0/kind 只能取这些值：amount, region。",
    }
    assert untagged.json()["errors"][0]["code"] == "field_missing"
    assert untagged.json()["errors"][0]["pointer"] == "/rules/0/kind"
    assert missing.json()["errors"][0]["pointer"] == "/rules/0/code"


async def test_a_missing_body_says_so(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/everything")
    assert answer.json()["errors"] == [
        {
            "pointer": "",
            "location": "body",
            "code": "body_missing",
            "detail": "缺少请求体。请发送 JSON 请求体。",
        }
    ]


async def test_at_most_twenty_findings_are_listed(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/everything", json={f"field_{number}": 1 for number in range(500)})
    assert len(answer.json()["errors"]) == 20
    assert len(answer.content) < 8192


def test_every_type_of_pydantic_has_a_documented_code() -> None:
    for code in (*(code for code, _ in CODES.values()), *(code for _, code in FAMILIES), "value_invalid"):
        assert is_documented(code), code
    assert set(CODES) <= set(get_args(core_schema.ErrorType))


def test_datetime_kinds_do_not_fall_into_the_wrong_family() -> None:
    def family(kind: str) -> str:
        return next(code for beginnings, code in FAMILIES if kind.startswith(beginnings))

    assert family("datetime_from_date_parsing") == "not_instant"
    assert family("date_from_datetime_inexact") == "not_date"
    assert family("time_delta_parsing") == "not_duration"
