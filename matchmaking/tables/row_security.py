"""The second wall as data: which database role may do what with which rows of a table.

Each table module names its policies in `ROW_SECURITY`; the migration writes them and the catalogue test
compares PostgreSQL's own catalogue with them. Rights (GRANT) follow from the same data: a command without a
policy is not granted at all. Only leakproof operators appear, so that indexes stay in use.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

Role = Literal["app", "system"]
Command = Literal["select", "insert", "update", "delete"]
RowSecurity = Mapping[str, tuple["Policy", ...]]

ACTING_ORGANIZATION = "nullif(current_setting('matchmaking.organization', true), '')::uuid"
ACTING_PERSON = "nullif(current_setting('matchmaking.person', true), '')::uuid"
ACTING_CREDENTIAL = "nullif(current_setting('matchmaking.credential', true), '')::uuid"
SIGNED_IN = f"{ACTING_ORGANIZATION} IS NOT NULL"
OFFICIAL = "current_setting('matchmaking.official', true) = 'true'"
OWN = f"organization_id = {ACTING_ORGANIZATION}"


@dataclass(frozen=True, slots=True)
class Policy:
    """For `role`, `command` touches only rows for which `condition` (SQL over the row) holds.

    For an update the condition binds the row before and `after` (by default the same) the row afterwards, and
    only `columns` are open to it: a condition cannot compare the two rows, so the others are not granted.
    """

    role: Role
    command: Command
    condition: str
    after: str | None = None
    columns: tuple[str, ...] = ()

    def statement(self, table: str) -> str:
        clauses = {
            "select": f"USING ({self.condition})",
            "delete": f"USING ({self.condition})",
            "insert": f"WITH CHECK ({self.condition})",
            "update": f"USING ({self.condition}) WITH CHECK ({self.after or self.condition})",
        }
        head = f'CREATE POLICY {self.name} ON "{table}" FOR {self.command.upper()} TO matchmaking_{self.role}'
        return f"{head} {clauses[self.command]}"

    def grant(self, table: str) -> str:
        listed = f" ({', '.join(self.columns)})" if self.columns else ""
        return f'GRANT {self.command.upper()}{listed} ON "{table}" TO matchmaking_{self.role}'

    @property
    def name(self) -> str:
        return f"{self.role}_{self.command}"


def everything(*commands: Command) -> tuple[Policy, ...]:
    """What the system role may do with all rows of a table."""
    return tuple(Policy("system", command, "true") for command in commands)


def statements(security: RowSecurity) -> Iterator[str]:
    """DDL that puts the wall around each table and grants exactly what the policies speak of."""
    for table, policies in security.items():
        yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
        yield f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'
        for policy in policies:
            yield policy.statement(table)
            yield policy.grant(table)
