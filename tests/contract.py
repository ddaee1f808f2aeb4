"""Checks every answer of the application under test against its own OpenAPI document."""

import re
from typing import Any

import httpx
import jsonschema_rs
from fastapi import FastAPI

Validators = dict[tuple[str, str, str, str], jsonschema_rs.Validator]


class ContractBroken(AssertionError):
    """An answer that the document does not describe."""


class Contract:
    """The document of one application, ready to check answers."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._paths = [(re.compile(_pattern(path)), path) for path in sorted(document["paths"])]
        self._validators: Validators = {}

    def check(self, method: str, path: str, response: httpx.Response) -> None:
        """ContractBroken for an undocumented status, media type or body; paths outside are not judged."""
        template = next((known for pattern, known in self._paths if pattern.fullmatch(path)), None)
        operation = self._document["paths"].get(template, {}).get(method.lower())
        if operation is None:
            return
        described = operation["responses"].get(str(response.status_code))
        where = f"{method} {template} -> {response.status_code}"
        if described is None:
            raise ContractBroken(f"{where} is not documented: {response.text[:300]}")
        media_type = response.headers.get("content-type", "").partition(";")[0]
        content = described.get("content", {})
        if not response.content or response.status_code == 304:
            return
        if media_type not in content:
            raise ContractBroken(f"{where} answers {media_type!r}, documented are {sorted(content)}")
        if "json" in media_type:
            key = (method, str(template), str(response.status_code), media_type)
            self._validate(key, content[media_type].get("schema", {}), response.json())

    def _validate(self, key: tuple[str, str, str, str], schema: dict[str, Any], body: Any) -> None:
        if key not in self._validators:
            whole = {**schema, "components": self._document["components"]}
            self._validators[key] = jsonschema_rs.validator_for(whole)
        for error in self._validators[key].iter_errors(body):
            raise ContractBroken(f"{' '.join(key)}: {error.message} at {error.instance_path}")


class _ValidatingTransport(httpx.ASGITransport):
    """Plays the application in this process and judges what it says."""

    def __init__(self, app: FastAPI, contract: Contract) -> None:
        super().__init__(app=app, raise_app_exceptions=False, client=("127.0.0.1", 50_000))
        self._contract = contract

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        await response.aread()
        self._contract.check(request.method, request.url.path, response)
        return response


def validating_transport(app: FastAPI) -> httpx.AsyncBaseTransport:
    return _ValidatingTransport(app, _contract_of(app))


_CONTRACTS: list[Contract] = []


def _contract_of(app: FastAPI) -> Contract:
    """All applications of a run have the same document; building it takes long, so it is built once."""
    if not _CONTRACTS:
        _CONTRACTS.append(Contract(app.openapi()))
    return _CONTRACTS[0]


def _pattern(path: str) -> str:
    return re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path))
