import socket

import psycopg
import pytest

from matchmaking.services.foundation import Foundation
from tests.scripts.trials import ask, server_settings

pytestmark = pytest.mark.database


@pytest.fixture
def server(foundation: Foundation) -> dict[str, str]:
    key = foundation.signing_key_pem
    return server_settings(key, foundation.owner_url, foundation.app_url, foundation.system_url)


def test_a_table_without_its_wall_is_named(server: dict[str, str], superuser_url: str) -> None:
    with psycopg.connect(superuser_url) as connection:
        connection.execute("ALTER TABLE agreement NO FORCE ROW LEVEL SECURITY")
        connection.execute("ALTER TABLE task DISABLE ROW LEVEL SECURITY")
    result = ask("doctor", "--port", "0", **server)
    assert result.exit_code == 1
    assert "agreement, task" in result.output


def test_a_schema_behind_its_head_is_told_to_migrate(server: dict[str, str], superuser_url: str) -> None:
    with psycopg.connect(superuser_url) as connection:
        connection.execute("DELETE FROM alembic_version")
    result = ask("doctor", "--port", "0", **server)
    assert result.exit_code == 1
    assert "matchmaking migrate" in result.output
    refused = ask("serve", "--port", "0", **server)
    assert refused.exit_code == 1
    assert "matchmaking migrate" in refused.output


def test_an_app_role_with_the_owners_rights_is_found(server: dict[str, str]) -> None:
    """The owner may make tables, which whoever answers requests must not."""
    result = ask(
        "doctor", "--port", "0", **(server | {"DATABASE_URL": server["MATCHMAKING_OWNER_DATABASE_URL"]})
    )
    assert result.exit_code == 1
    assert "✗ 应用角色权限受限" in result.output
    assert "✓ 系统角色权限受限" in result.output


def test_a_taken_port_is_found(server: dict[str, str]) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        result = ask("doctor", "--port", str(holder.getsockname()[1]), **server)
    assert result.exit_code == 1
    assert "✗ 端口可用" in result.output


def test_a_sound_installation_is_called_sound(server: dict[str, str]) -> None:
    result = ask("doctor", "--port", "0", **server)
    assert result.exit_code == 0, result.output
    assert "✗" not in result.output
    assert "Everything is as it should be" in result.output
