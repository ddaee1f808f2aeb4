"""The layers around the routes, outermost first, as data: a bench can leave out any of them.

Each is a plain ASGI class of its own file. What a request means is none of their business.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.types import ASGIApp

from matchmaking.settings import Settings
from routers.middleware.access_log import AccessLog
from routers.middleware.bodies import BodyLimit, MediaTypes
from routers.middleware.deadline import Deadline
from routers.middleware.guard import Guard
from routers.middleware.hosts import Hosts
from routers.middleware.metrics import Measurements, Metrics
from routers.middleware.origins import Origins
from routers.middleware.request_id import RequestId
from routers.middleware.security_headers import SecurityHeaders
from routers.middleware.targets import Targets


@dataclass(frozen=True)
class Means:
    """What layers are built from."""

    settings: Settings
    measurements: Measurements


@dataclass(frozen=True)
class Layer:
    name: str
    wrap: Callable[[ASGIApp, Means], ASGIApp]


LAYERS: Sequence[Layer] = (
    Layer("last_guard", lambda app, _: Guard(app, outermost=True)),
    Layer("request_id", lambda app, _: RequestId(app)),
    Layer("access_log", lambda app, _: AccessLog(app)),
    Layer("metrics", lambda app, means: Metrics(app, means.measurements)),
    Layer("security_headers", lambda app, _: SecurityHeaders(app)),
    # Outside the guard, so that pages of allowed origins can read a problem answer too.
    Layer("origins", lambda app, means: Origins(app, means.settings.allowed_origins)),
    Layer("guard", lambda app, _: Guard(app)),
    Layer("hosts", lambda app, means: Hosts(app, means.settings.allowed_hosts)),
    Layer("targets", lambda app, _: Targets(app)),
    Layer("body_limit", lambda app, means: BodyLimit(app, means.settings.body_limit_bytes)),
    Layer("media_types", lambda app, _: MediaTypes(app)),
    Layer("deadline", lambda app, means: Deadline(app, means.settings.request_seconds)),
)
