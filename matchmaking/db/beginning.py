"""Begins a transaction in somebody's name: BEGIN and who acts travel in one message, so in one round trip.

The wait for the server is the dearest part of a short request, and every transaction of a request begins so.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import errors
from psycopg.abc import PQGen
from psycopg.generators import execute
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn

from matchmaking.db.patience import PatientConnection

ADMITTED = b"t"


@dataclass(frozen=True, slots=True)
class Entrance:
    """Who acts in a transaction, as the row policies need it.

    `credential_id` names the sign-in session or the API key whose revocation must count at once.
    """

    credential_id: UUID
    person_id: UUID | None
    organization_id: UUID
    unit_id: UUID
    official: bool


async def begin(connection: PatientConnection, entrance: Entrance, instant: datetime, *, reads: bool) -> bool:
    """Whether the sign-in counts at `instant`; the transaction has begun either way, and is the actor's.

    Raises as the driver does.
    """
    async with connection.lock:
        admitted = await connection.wait(_exchange(connection.pgconn, _message(entrance, instant, reads)))
    return admitted == ADMITTED


def _message(entrance: Entrance, instant: datetime, reads: bool) -> bytes:
    """Several statements in one message take no parameters; these are UUIDs, a truth and a time."""
    arguments = (
        _literal(entrance.credential_id),
        _literal(entrance.person_id),
        _literal(entrance.organization_id),
        _literal(entrance.unit_id),
        "true" if entrance.official else "false",
        f"'{datetime.isoformat(instant)}'",
    )
    return f"BEGIN READ {'ONLY' if reads else 'WRITE'}; SELECT enter({', '.join(arguments)})".encode()


def _literal(identifier: UUID | None) -> str:
    # Whatever is no UUID has no such number.
    return "NULL" if identifier is None else f"'{identifier.int:032x}'"


def _exchange(connection: PGconn, message: bytes) -> PQGen[bytes | None]:
    connection.send_query(message)
    result = (yield from execute(connection))[-1]
    if result.status != ExecStatus.TUPLES_OK:
        raise errors.error_from_result(result)
    admitted: bytes | None = result.get_value(0, 0)
    return admitted
