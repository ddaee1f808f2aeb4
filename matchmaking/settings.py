"""What an installation may choose. Read once at start and passed on; nothing reads the environment later."""

from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

CHECKOUT = Path(__file__).resolve().parent.parent
SHORTEST_SECRET = 32


class Settings(BaseSettings):
    """Environment variables start with `MATCHMAKING_`, but for `DATABASE_URL`.

    Without `DATABASE_URL` the run is *stand-alone*: the embedded PostgreSQL, secrets kept in the state
    folder, demo accounts allowed. With it, all three database addresses, the signing key and the secrets must
    be given.
    """

    model_config = SettingsConfigDict(env_prefix="MATCHMAKING_", env_ignore_empty=True, extra="ignore")

    state: Path = Field(default=CHECKOUT / "var", description="Folder of one instance")
    database_url: SecretStr | None = Field(default=None, validation_alias="DATABASE_URL")
    owner_database_url: SecretStr | None = Field(default=None, description="Role that migrates")
    system_database_url: SecretStr | None = Field(default=None, description="Role of sign-in and jobs")
    postgres_bin: Path | None = Field(default=None, description="bin folder of an installed PostgreSQL")

    issuer: str = "https://matchmaking.invalid"
    signing_key: SecretStr | None = Field(default=None, description="Ed25519 private key, PEM")
    previous_signing_key: SecretStr | None = Field(default=None, description="Still accepted after rotation")
    pseudonym_secret: SecretStr | None = Field(default=None, description="Salts personal data in the journal")
    cursor_secret: SecretStr | None = Field(default=None, description="Signs page cursors")

    access_token_seconds: Annotated[int, Field(ge=60, le=3600)] = 600
    refresh_token_days: Annotated[int, Field(ge=1, le=90)] = 14
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ("127.0.0.1", "localhost", "[::1]", "testserver")
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = ()
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = ()

    body_limit_bytes: Annotated[int, Field(ge=1024)] = 1024 * 1024
    request_seconds: Annotated[float, Field(gt=0)] = 15.0
    receive_seconds: Annotated[float, Field(gt=0)] = 10.0
    pool_size: Annotated[int, Field(ge=1, le=200)] = 16
    pool_wait_seconds: Annotated[float, Field(gt=0)] = 1.0
    database_connect_seconds: Annotated[float, Field(gt=0)] = 1.0
    database_patience_seconds: Annotated[float, Field(gt=0)] = 2.0
    matches_per_need_and_day: Annotated[int, Field(ge=1)] = 20
    fit_questions_per_offer_and_day: Annotated[int, Field(ge=1)] = 50
    encoder: Literal["packaged", "endpoint", "none"] = "packaged"
    encoder_threads: Annotated[int, Field(ge=1, le=64)] = 1
    encoder_address: str | None = Field(default=None, description="Whole address of /v1/embeddings")
    encoder_model: str | None = None
    encoder_key: SecretStr | None = None
    encoder_dimension: Annotated[int, Field(ge=8, le=4096)] = 384
    encoder_seconds: Annotated[float, Field(gt=0, le=600)] = 10.0
    encoder_query_prefix: str = ""
    encoder_passage_prefix: str = ""
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @property
    def stand_alone(self) -> bool:
        return self.database_url is None

    @cached_property
    def hosts(self) -> frozenset[str]:
        return frozenset(self.allowed_hosts)

    @model_validator(mode="before")
    @classmethod
    def _split_lists(cls, values: dict[str, object]) -> dict[str, object]:
        for name in ("allowed_hosts", "allowed_origins", "trusted_proxies"):
            if isinstance(given := values.get(name), str):
                values[name] = tuple(part.strip() for part in given.split(",") if part.strip())
        return values

    @model_validator(mode="after")
    def _endpoint_is_complete(self) -> Self:
        if self.encoder != "endpoint":
            return self
        if not (self.encoder_address or "").startswith(("http://", "https://")) or not self.encoder_model:
            message = (
                "with MATCHMAKING_ENCODER=endpoint give MATCHMAKING_ENCODER_ADDRESS (http:// or https://) "
                "and MATCHMAKING_ENCODER_MODEL"
            )
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _server_run_is_complete(self) -> Self:
        if self.stand_alone:
            return self
        required = (
            "owner_database_url",
            "system_database_url",
            "signing_key",
            "pseudonym_secret",
            "cursor_secret",
        )
        missing = [f"MATCHMAKING_{name.upper()}" for name in required if getattr(self, name) is None]
        if missing:
            message = f"with DATABASE_URL these must be set too: {', '.join(missing)}"
            raise ValueError(message)
        for name in ("pseudonym_secret", "cursor_secret"):
            _refuse_weak(f"MATCHMAKING_{name.upper()}", getattr(self, name).get_secret_value())
        return self


def _refuse_weak(name: str, secret: str) -> None:
    """Refuse what people type when they mean to change it later: short, or few different characters."""
    distinct_floor = 10
    if len(secret) < SHORTEST_SECRET or len(set(secret)) < distinct_floor or "change" in secret.lower():
        message = f"{name} is a default or too weak: give at least {SHORTEST_SECRET} random characters"
        raise ValueError(message)
