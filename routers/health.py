"""Whether the process runs, whether it can work, what it has counted. For machines that watch machines."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Literal

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from pydantic import BaseModel

from matchmaking.errors import Unavailable
from matchmaking.log import logger
from routers.strict_json import StrictRoute

READY_WITHIN_SECONDS = 2.0

Readiness = Callable[[], Awaitable[None]]


class Health(BaseModel):
    status: Literal["ok"] = "ok"


class MetricsResponse(PlainTextResponse):
    media_type = CONTENT_TYPE_LATEST


def health_router(readiness: Readiness, registry: CollectorRegistry) -> APIRouter:
    """`readiness` returns when requests can be served and raises, or hangs, when they cannot."""
    router = APIRouter(route_class=StrictRoute, tags=["health"])
    log = logger("health")

    @router.get("/livez", summary="The process runs")
    async def livez() -> Health:
        return Health()

    @router.get("/readyz", summary="The process can reach its database")
    async def readyz() -> Health:
        try:
            async with asyncio.timeout(READY_WITHIN_SECONDS):
                await readiness()
        except Exception as reason:  # noqa: BLE001
            log.warning("not_ready", kind=type(reason).__name__)
            raise Unavailable("not_ready") from None
        return Health()

    @router.get("/metrics", summary="Counters and timings, Prometheus text", response_class=MetricsResponse)
    async def metrics() -> MetricsResponse:
        return MetricsResponse(generate_latest(registry))

    return router
