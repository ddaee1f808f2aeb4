"""Small readings of an ASGI scope that layers and answers share. No decision is taken here."""

from starlette.types import Scope

REQUEST_ID = "request_id"
UNMATCHED = "unmatched"


def header(scope: Scope, name: bytes) -> bytes | None:
    """The first header of that lower-case name."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value)
    return None


def request_id(scope: Scope) -> str:
    """The id that the request-id layer gave; `-` where that layer is left out."""
    state = scope.get("state")
    return str(state.get(REQUEST_ID, "-")) if state else "-"


def route_template(scope: Scope) -> str:
    """The path with its `{names}`, which may be logged and counted; raw paths hold ids and may not."""
    context = scope.get("fastapi", {}).get("effective_route_context")
    if context is not None:
        return str(getattr(context.starlette_route or context, "path_format", UNMATCHED))
    return str(getattr(scope.get("route"), "path_format", UNMATCHED))
