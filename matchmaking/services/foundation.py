"""What an installation stands on: database addresses and secrets, from settings or from the state folder."""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

from matchmaking.clock import Clock
from matchmaking.db.cluster import Cluster
from matchmaking.db.engine import request_engine
from matchmaking.db.instance import Instance
from matchmaking.db.session import Database
from matchmaking.settings import Settings


@dataclass(frozen=True, slots=True, repr=False)
class Foundation:
    """SQLAlchemy addresses of the three roles, and the secrets that all processes share."""

    owner_url: str
    app_url: str
    system_url: str
    signing_key_pem: str
    previous_key_pem: str | None
    pseudonym_secret: bytes
    cursor_secret: bytes

    def database(self, settings: Settings, clock: Clock) -> Database:
        return Database(
            request_engine(self.app_url, settings),
            request_engine(self.system_url, settings),
            clock,
            self.pseudonym_secret,
            settings.database_patience_seconds,
        )


def stand_alone(instance: Instance, cluster: Cluster) -> Foundation:
    """Of the embedded PostgreSQL, with secrets that the instance made for itself."""
    return Foundation(
        owner_url=cluster.dsn("owner"),
        app_url=cluster.dsn("app"),
        system_url=cluster.dsn("system"),
        signing_key_pem=_pem(instance.secret("signing_key", 32)),
        previous_key_pem=None,
        pseudonym_secret=instance.secret("pseudonym_secret"),
        cursor_secret=instance.secret("cursor_secret"),
    )


def from_settings(settings: Settings) -> Foundation:
    """Of a PostgreSQL server; `Settings` has checked that nothing is missing."""
    return Foundation(
        owner_url=_driver_url(settings.owner_database_url),
        app_url=_driver_url(settings.database_url),
        system_url=_driver_url(settings.system_database_url),
        signing_key_pem=_revealed(settings.signing_key),
        previous_key_pem=_revealed(settings.previous_signing_key) or None,
        pseudonym_secret=_revealed(settings.pseudonym_secret).encode(),
        cursor_secret=_revealed(settings.cursor_secret).encode(),
    )


def _revealed(secret: SecretStr | None) -> str:
    return "" if secret is None else secret.get_secret_value()


def _driver_url(url: SecretStr | None) -> str:
    """The address with our driver named, whichever of the usual spellings was given."""
    _scheme, _, rest = _revealed(url).partition("://")
    return f"postgresql+psycopg://{rest}"


def _pem(seed: bytes) -> str:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
