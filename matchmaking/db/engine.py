"""Engines, one per database role, with the timeouts of request work."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from matchmaking.db.patience import Patience, PatientConnection, make_patient
from matchmaking.settings import Settings

# The client is less patient than the server (see `patience`): these end what a client has left behind.
REQUEST_TIMEOUTS: Mapping[str, str] = {
    "statement_timeout": "5s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "10s",
    "client_connection_check_interval": "2s",
    "timezone": "UTC",
}


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()


def request_engine(url: str, settings: Settings) -> AsyncEngine:
    """For work done inside a request; waits `pool_wait_seconds` for a connection, then fails."""
    options = " ".join(f"-c {name}={value}" for name, value in REQUEST_TIMEOUTS.items())
    patience = Patience(settings.database_connect_seconds, settings.database_patience_seconds)
    engine = create_async_engine(
        url,
        pool_size=settings.pool_size,
        max_overflow=0,
        pool_timeout=settings.pool_wait_seconds,
        pool_use_lifo=True,
        connect_args={
            "options": options,
            "async_creator_fn": partial(PatientConnection.arrive, patience=patience),
        },
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
    )
    make_patient(engine)
    return engine
