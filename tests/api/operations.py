"""The operations of an application, as its own routes name them."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from routers.dependencies import _idempotency_key
from routers.preconditions import _expected_version

READING = {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True, slots=True)
class RoutedOperation:
    """One method at one path. `keyed` takes an idempotency key, `conditional` takes If-Match."""

    method: str
    path: str
    name: str
    makes: bool
    keyed: bool
    conditional: bool

    @property
    def changes(self) -> bool:
        return self.method not in READING

    @property
    def route(self) -> str:
        return f"{self.method} {self.path}"


def operations_of(app: FastAPI) -> Iterator[RoutedOperation]:
    for context in iter_route_contexts(app.routes):
        dependant = getattr(context, "dependant", None)
        needed = set() if dependant is None else {one.call for one in dependant.dependencies}
        for method in sorted(context.methods or ()):
            yield RoutedOperation(
                method,
                str(context.path),
                str(context.name),
                makes=getattr(context, "status_code", None) == 201,
                keyed=_idempotency_key in needed,
                conditional=_expected_version in needed,
            )
