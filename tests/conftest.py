"""What every test may ask for: a database of its own, an application on it, people who are signed in.

One PostgreSQL serves the whole run, also across parallel workers; each test gets a clone of its template.
What is dear to make and holds nothing of a test is kept for the next one: see `kept`.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
import structlog
from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

sys.path.insert(0, str(Path(__file__).parent))

from city import City
from contract import validating_transport
from kept import Clones, Kept
from matchmaking.clock import ShiftedClock
from matchmaking.db.cluster import Cluster
from matchmaking.db.session import Database
from matchmaking.migrations import migrate
from matchmaking.services.foundation import Foundation
from matchmaking.services.gate import Gate, open_gate
from matchmaking.settings import Settings

pytest_plugins = ["gates"]

# Which tests cover the packages on which correctness hangs; tracing the others only costs time.
COVERING = tuple(
    Path(__file__).parent / place
    for place in ("ranking", "lifecycles", "access", "api", "db/test_row_security.py")
)
SHARED = pytest.StashKey[Path]()
RUNNING = pytest.StashKey[Cluster]()


def _postgres_bin() -> Path | None:
    given = os.environ.get("MATCHMAKING_POSTGRES_BIN")
    return Path(given) if given else None


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")


def _start_cluster(state: Path) -> Cluster:
    """A migrated PostgreSQL that may lose data: durability is tested on clusters of their own."""
    cluster = Cluster(state, binaries=_postgres_bin())
    cluster.start()
    with psycopg.connect(_plain(cluster.dsn("superuser")), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("ALTER SYSTEM SET synchronous_commit = off")
        connection.execute("ALTER SYSTEM SET full_page_writes = off")
        connection.execute("ALTER SYSTEM SET autovacuum = off")
        connection.execute("SELECT pg_reload_conf()")
    migrate(cluster.dsn("owner"))
    return cluster


def pytest_configure(config: pytest.Config) -> None:
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        config.stash[SHARED] = Path(worker["shared_state"])
        return
    config.stash[SHARED] = Path(tempfile.mkdtemp(prefix="matchmaking-tests-"))
    if getattr(config.option, "numprocesses", None):
        config.stash[RUNNING] = _start_cluster(config.stash[SHARED])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not any(item.path.is_relative_to(place) for place in COVERING):
            item.add_marker("no_cover")


def pytest_configure_node(node: object) -> None:
    node.workerinput["shared_state"] = str(node.config.stash[SHARED])  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    if (cluster := config.stash.get(RUNNING, None)) is not None:
        cluster.stop()
    shutil.rmtree(config.stash[SHARED], ignore_errors=True)


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest) -> Cluster:
    """The shared PostgreSQL: for its addresses, never to be stopped by a test."""
    config = request.config
    if hasattr(config, "workerinput"):
        return Cluster(config.stash[SHARED], binaries=_postgres_bin())
    if RUNNING not in config.stash:
        config.stash[RUNNING] = _start_cluster(config.stash[SHARED])
    return config.stash[RUNNING]


@pytest.fixture(scope="session")
def clones(cluster: Cluster) -> Iterator[Clones]:
    opened = Clones(_plain(cluster.dsn("superuser", "postgres")))
    yield opened
    opened.close()


@pytest.fixture
def database_name(clones: Clones) -> Iterator[str]:
    clones.make()
    yield clones.name
    clones.drop()


@pytest.fixture(scope="session")
def kept() -> Kept:
    return Kept()


@pytest.fixture(scope="session")
def signing_key_pem() -> str:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture
def foundation(cluster: Cluster, database_name: str, signing_key_pem: str) -> Foundation:
    return Foundation(
        owner_url=cluster.dsn("owner", database_name),
        app_url=cluster.dsn("app", database_name),
        system_url=cluster.dsn("system", database_name),
        signing_key_pem=signing_key_pem,
        previous_key_pem=None,
        pseudonym_secret=b"pseudonyms of the tests",
        cursor_secret=b"cursors of the tests",
    )


@pytest.fixture
def superuser_url(cluster: Cluster, database_name: str) -> str:
    """For tampering and for looking behind the walls, as libpq takes it."""
    return _plain(cluster.dsn("superuser", database_name))


@pytest.fixture
def settings() -> Settings:
    """Patient with a loaded machine; what bounds the wait has tests with the settings of an installation."""
    return Settings(_env_file=None, pool_size=8, database_connect_seconds=10, database_patience_seconds=10)


@pytest.fixture
def clock() -> ShiftedClock:
    return ShiftedClock()


@pytest.fixture
async def database(
    kept: Kept, foundation: Foundation, settings: Settings, clock: ShiftedClock
) -> AsyncIterator[Database]:
    opened = kept.database(foundation, settings, clock)
    yield opened
    await opened.dispose()


@pytest.fixture
def gate(settings: Settings, database: Database, signing_key_pem: str) -> Gate:
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return open_gate(settings, database, signing_key_pem, hasher=cheap)


@pytest.fixture
async def client(
    kept: Kept,
    settings: Settings,
    foundation: Foundation,
    clock: ShiftedClock,
    database: Database,
    gate: Gate,
) -> AsyncIterator[httpx.AsyncClient]:
    """The application in this process; every answer is checked against the OpenAPI document."""
    app = kept.application(foundation, settings, clock, database, gate)
    transport = validating_transport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield client


@pytest.fixture
async def city(database: Database, gate: Gate, client: httpx.AsyncClient) -> City:
    """A small city of signed-in people: two enterprises, two banks, two officials."""
    return await City.settle(database, gate, client)


@pytest.fixture(autouse=True)
def _log_of_its_own() -> Iterator[None]:
    """A command that ran in a test has set its own stream to log to, which is closed with it."""
    yield
    structlog.reset_defaults()
