"""A PostgreSQL that is durable and may be broken, and servers that may be killed."""

import os
import random
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from places import Place, place_on
from server_process import ServerProcess

from kept import TEMPLATE
from matchmaking.db.cluster import Cluster
from matchmaking.db.cluster_layout import Layout
from matchmaking.db.cluster_process import kill_marked
from matchmaking.migrations import migrate

POSTGRES_BIN = os.environ.get("MATCHMAKING_POSTGRES_BIN")

Serve = Callable[..., ServerProcess]


@pytest.fixture
def chance() -> random.Random:
    """Seeded anew; pytest shows the seed of a test that failed."""
    seed = random.randrange(2**32)  # noqa: S311 - faults come by chance, nothing is secret
    print(f"seed {seed}")  # noqa: T201
    return random.Random(seed)  # noqa: S311


@pytest.fixture(scope="session")
def durable_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """As in production, with every commit on disk; a test may break it."""
    state = tmp_path_factory.mktemp("durable")
    with Cluster(state, binaries=Path(POSTGRES_BIN) if POSTGRES_BIN else None) as cluster:
        migrate(cluster.dsn("owner"))
        yield cluster


@pytest.fixture
def place(cluster: Cluster, database_name: str, signing_key_pem: str) -> Place:
    """On the PostgreSQL that all tests share."""
    return place_on(cluster, database_name, signing_key_pem)


@pytest.fixture
def durable_place(durable_cluster: Cluster, signing_key_pem: str) -> Iterator[Place]:
    """On the PostgreSQL that may be broken; it is mended afterwards."""
    name = f"test_{secrets.token_hex(8)}"
    durable_cluster.create_database(name, TEMPLATE)
    yield place_on(durable_cluster, name, signing_key_pem)
    durable_cluster.start()
    durable_cluster.drop_database(name)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts a server on a place; all servers end with the test."""
    with ExitStack() as stack:

        def start(place: Place, **settings: str | float) -> ServerProcess:
            named = {f"MATCHMAKING_{name.upper()}": str(value) for name, value in settings.items()}
            server = ServerProcess({**place.environment, **named}, tmp_path / "server.log")
            stack.enter_context(server).start()
            return server

        yield start


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server with an embedded PostgreSQL of its own in `tmp_path / "state"`; not started yet."""
    layout = Layout(tmp_path / "state")
    try:
        with ServerProcess({"MATCHMAKING_STATE": str(layout.state)}, tmp_path / "server.log") as server:
            yield server
    finally:
        # The PostgreSQL of a killed server ends by itself, but its folder is about to be removed.
        if layout.data.exists():
            kill_marked(layout.mark())
