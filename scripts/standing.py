"""What a command stands on: a started stand-alone instance, or the server that the settings name."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from matchmaking.access.tokens import read_signing_key
from matchmaking.db.cluster import Cluster
from matchmaking.db.cluster_failures import InstanceTaken
from matchmaking.db.instance import Instance
from matchmaking.services.foundation import Foundation, from_settings, stand_alone
from matchmaking.settings import Settings
from scripts.failures import ASKED_WRONGLY, CommandRefused
from scripts.migrating import check_migrated, migrate_to_head

SCHEMES = ("postgres", "postgresql", "postgresql+psycopg")
NO_LOCK = -1


@dataclass(frozen=True, slots=True)
class Standing:
    """`instance` and `cluster` are those of a stand-alone run; None where a server serves the data."""

    settings: Settings
    foundation: Foundation
    instance: Instance | None = None
    cluster: Cluster | None = None


@contextmanager
def started(settings: Settings) -> Iterator[Standing]:
    """With the embedded PostgreSQL running, or with a server whose addresses can be addresses."""
    if not settings.stand_alone:
        yield Standing(settings, server_foundation(settings))
        return
    with (
        Instance.open(settings.state) as instance,
        Cluster(settings.state, binaries=settings.postgres_bin) as cluster,
    ):
        yield Standing(settings, stand_alone(instance, cluster), instance, cluster)


@contextmanager
def started_or_joined(settings: Settings) -> Iterator[Standing]:
    """Like `started`, migrated; beside an instance that serves already, by its PostgreSQL."""
    try:
        with started(settings) as standing:
            migrate_or_check(standing)
            yield standing
    except InstanceTaken as taken:
        if taken.port is None:
            raise
        yield Standing(settings, beside(settings))


def beside(settings: Settings) -> Foundation:
    """Of an instance that another process of the same account serves."""
    unlocked = Instance(settings.state.absolute(), NO_LOCK)
    return stand_alone(unlocked, Cluster(settings.state, binaries=settings.postgres_bin))


def migrate_or_check(standing: Standing) -> None:
    """An embedded database is brought up to the program; a server's is the work of `matchmaking migrate`."""
    if standing.cluster is not None:
        migrate_to_head(standing.foundation.owner_url)
    else:
        check_migrated(standing.foundation.owner_url)


def server_foundation(settings: Settings) -> Foundation:
    addresses = {
        "DATABASE_URL": settings.database_url,
        "MATCHMAKING_OWNER_DATABASE_URL": settings.owner_database_url,
        "MATCHMAKING_SYSTEM_DATABASE_URL": settings.system_database_url,
    }
    for name, address in addresses.items():
        scheme, mark, rest = ("" if address is None else address.get_secret_value()).partition("://")
        if scheme not in SCHEMES or not mark or not rest:
            reason = "postgresql://..."
            raise CommandRefused("cli.setting_invalid", {"name": name, "reason": reason}, ASKED_WRONGLY)
    foundation = from_settings(settings)
    for key in (foundation.signing_key_pem, foundation.previous_key_pem):
        _check_signing_key(key)
    return foundation


def _check_signing_key(pem: str | None) -> None:
    try:
        if pem is not None:
            read_signing_key(pem)
    except (ValueError, TypeError) as unusable:
        raise CommandRefused("cli.signing_key_unusable", exit_code=ASKED_WRONGLY) from unusable
