"""Lays what every operation stands on: layers, problem answers, health, documentation. No noun."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware import Middleware

from matchmaking.db.cursors import Cursors
from matchmaking.settings import Settings
from routers.documentation import install_openapi
from routers.documentation_page import router as documentation_page
from routers.health import Readiness, health_router
from routers.middleware import LAYERS, Layer, Means
from routers.middleware.metrics import Measurements
from routers.problem_pages import router as problem_pages
from routers.problems import install_problems
from routers.strict_json import StrictRoute

SUMMARY = "Financing needs meet bank products; what was agreed is signed, recorded and counted."
DESCRIPTION = """\
Money is integer fen (1 CNY = 100 fen), rates are integer basis points, tenors are months, times are UTC.

Every refusal is an RFC 9457 problem; `code` is stable, texts are Chinese, or English with
`Accept-Language: en`. All codes: [/problems](/problems).
"""

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def lay_ground(
    settings: Settings,
    *,
    readiness: Readiness,
    lifespan: Lifespan | None = None,
    cursors: Cursors | None = None,
    layers: Sequence[Layer] = LAYERS,
) -> FastAPI:
    """An application without nouns; the caller adds its routers to it.

    `readiness` raises when requests cannot be served. Where the cursor secret is known only once the lifespan
    runs, leave `cursors` out and set `app.state.cursors` there. `layers` lets a bench leave some out.
    """
    measurements = Measurements()
    means = Means(settings, measurements)
    app = FastAPI(
        title="matchmaking",
        version=version("matchmaking"),
        summary=SUMMARY,
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        swagger_ui_oauth2_redirect_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
        middleware=[Middleware(layer.wrap, means) for layer in layers],
    )
    app.router.route_class = StrictRoute
    app.state.measurements = measurements
    if cursors is not None:
        app.state.cursors = cursors
    install_problems(app)
    install_openapi(app)
    app.include_router(health_router(readiness, measurements.registry))
    app.include_router(problem_pages)
    app.include_router(documentation_page)
    return app


def _operation_id(route: APIRoute) -> str:
    """The endpoint's name, so that generated clients read well; names must be unique over all nouns."""
    return route.name
