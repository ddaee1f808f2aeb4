"""The schema's history and how a database is brought up to it. Runs as the owner role only."""

from pathlib import Path

from alembic import command
from alembic.config import Config


def _configuration(owner_url: str) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    configuration.attributes["owner_url"] = owner_url
    return configuration


def migrate(owner_url: str, revision: str = "head") -> None:
    """Bring the database to `revision`; does nothing when it is there."""
    command.upgrade(_configuration(owner_url), revision)
