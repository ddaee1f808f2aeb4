"""Query parameters that an operation does not name are refused: a misspelt filter must not seem to answer.

The names are those of the OpenAPI document, so that the refusal tells a stranger nothing and can come first.
"""

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.params import ParamTypes

MOST_NAMED = 20


def query_names(dependant: Dependant) -> frozenset[str]:
    """The names under which the operation and all that it depends on read the query string."""
    read = get_flat_params(dependant)
    return frozenset(one.alias for one in read if getattr(one.field_info, "in_", None) is ParamTypes.query)


def refuse_unknown(request: Request, known: frozenset[str]) -> None:
    """RequestValidationError that points at each parameter not `known`."""
    unknown = sorted(set(request.query_params) - known)[:MOST_NAMED]
    if unknown:
        found = [{"type": "extra_forbidden", "loc": ("query", name)} for name in unknown]
        raise RequestValidationError(found)
