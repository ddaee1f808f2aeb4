"""Where faults happen: a database with its secrets, and a city whose members talk to a server on it."""

import os
import secrets
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from server_process import TOKEN_SECONDS, ServerProcess

from city import City
from matchmaking.clock import SystemClock
from matchmaking.db.cluster import Cluster
from matchmaking.db.cluster_layout import Layout
from matchmaking.services.foundation import Foundation
from matchmaking.services.gate import open_gate
from matchmaking.settings import Settings
from scripts.standing import beside


@dataclass(frozen=True, slots=True)
class Place:
    """A database and the secrets that go with it, for servers and for looking behind the walls."""

    foundation: Foundation
    superuser_url: str

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a server on this database."""
        foundation = self.foundation
        return {
            "DATABASE_URL": foundation.app_url,
            "MATCHMAKING_OWNER_DATABASE_URL": foundation.owner_url,
            "MATCHMAKING_SYSTEM_DATABASE_URL": foundation.system_url,
            "MATCHMAKING_SIGNING_KEY": foundation.signing_key_pem,
            "MATCHMAKING_PSEUDONYM_SECRET": foundation.pseudonym_secret.decode(),
            "MATCHMAKING_CURSOR_SECRET": foundation.cursor_secret.decode(),
        }


def place_on(cluster: Cluster, name: str, signing_key_pem: str) -> Place:
    """The database `name` of a cluster, with fresh secrets."""
    foundation = Foundation(
        owner_url=cluster.dsn("owner", name),
        app_url=cluster.dsn("app", name),
        system_url=cluster.dsn("system", name),
        signing_key_pem=signing_key_pem,
        previous_key_pem=None,
        pseudonym_secret=secrets.token_hex(32).encode(),
        cursor_secret=secrets.token_hex(32).encode(),
    )
    return Place(foundation, _plain(cluster.dsn("superuser", name)))


def place_of_instance(state: Path) -> Place:
    """What the stand-alone server that runs in this folder stands on."""
    settings = Settings(_env_file=None, state=state)
    return Place(beside(settings), _plain(Cluster(state).dsn("superuser")))


def postmaster_of_instance(state: Path) -> int:
    """The process id of the postmaster that runs in this folder."""
    return int((Layout(state).data / "postmaster.pid").read_text().split("\n")[0])


def kill_postmaster(cluster: Cluster) -> None:
    """SIGKILL to the postmaster alone; the processes that it leaves behind end when they notice."""
    os.kill(cluster.pid, signal.SIGKILL)
    while cluster.alive():
        time.sleep(0.001)


@asynccontextmanager
async def settled(place: Place, server: ServerProcess) -> AsyncIterator[City]:
    """A city whose members talk to this server, with tokens that last as long as any test."""
    settings = Settings(_env_file=None, access_token_seconds=TOKEN_SECONDS, pool_size=2)
    database = place.foundation.database(settings, SystemClock())
    gate = open_gate(settings, database, place.foundation.signing_key_pem)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}") as client:
            yield await City.settle(database, gate, client)
    finally:
        await database.dispose()


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")
