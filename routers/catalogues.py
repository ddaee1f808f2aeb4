"""Catalogues in memory beside the requests: followed while the application runs, told in `/metrics`."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from prometheus_client import CollectorRegistry, Gauge

from matchmaking.services.catalogue_feed import CatalogueFeed


@asynccontextmanager
async def followed(feeds: Sequence[CatalogueFeed[Any]]) -> AsyncIterator[None]:
    """Each feed is kept fresh until the block ends."""
    following = [asyncio.create_task(feed.follow()) for feed in feeds]
    try:
        yield
    finally:
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)


def tell_of(feeds: Sequence[CatalogueFeed[Any]], registry: CollectorRegistry) -> None:
    """Age, rows and bytes of each catalogue, by its name."""

    def gauge(name: str, meaning: str, value: Callable[[CatalogueFeed[Any]], float]) -> None:
        told = Gauge(name, meaning, ("catalogue",), registry=registry)
        for feed in feeds:
            told.labels(feed.reader.name).set_function(partial(value, feed))

    gauge(
        "catalogue_age_seconds",
        "Since the database was last seen to have nothing newer",
        lambda feed: feed.age_seconds,
    )
    gauge("catalogue_rows", "Offers in memory", lambda feed: feed.size.rows)
    gauge("catalogue_bytes", "Memory of the catalogue", lambda feed: feed.size.bytes)
