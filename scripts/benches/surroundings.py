"""What the processes of a bench hand each other: settings and secrets of a throw-away installation."""

from dataclasses import asdict
from typing import Any

from matchmaking.services.foundation import Foundation
from matchmaking.settings import Settings

SECRETS = ("pseudonym_secret", "cursor_secret")


def bench_settings() -> Settings:
    """The defaults, whatever the environment says, but for tokens that outlive the longest bench."""
    return Settings.model_validate({"access_token_seconds": 3600})


def packed(foundation: Foundation) -> dict[str, Any]:
    """As JSON can carry it; for pipes between our own processes only."""
    values = asdict(foundation)
    return values | {name: values[name].hex() for name in SECRETS}


def unpacked(values: dict[str, Any]) -> Foundation:
    return Foundation(**values | {name: bytes.fromhex(values[name]) for name in SECRETS})


def driver_address(url: str) -> str:
    """The SQLAlchemy address as libpq reads it."""
    return url.replace("postgresql+psycopg://", "postgresql://")
