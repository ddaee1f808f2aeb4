"""API keys: made by an organization's administrators for its machines, listed, revoked."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col
from uuid_utils.compat import uuid7

from matchmaking import journal
from matchmaking.access.actor import Actor
from matchmaking.access.api_keys import fresh_key
from matchmaking.access.permissions import require
from matchmaking.access.scoping import find, visible_to
from matchmaking.db.changes import compare_and_set
from matchmaking.db.cursors import Slice
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.errors import Conflict, Invalid, Stale
from matchmaking.services.listings import PageRequest, listed
from matchmaking.services.units import find_own_unit
from matchmaking.tables.identity import ApiKey, ApiKeySecret
from schemas.api_keys import ApiKeyCreate, ApiKeyCreated, ApiKeyRead, Scope
from schemas.operations import Operation
from schemas.permissions import ALL_READING, PERSONS_ONLY, ROLES, held_by
from schemas.vocabulary import OrganizationKind, Role

LONGEST_LIFE = timedelta(days=366)
SUBJECT = "api_key"


async def create_api_key(session: WriteSession, actor: Actor, draft: ApiKeyCreate) -> ApiKeyCreated:
    """Make a key for a unit that the actor administers; its credential stands in this answer alone.

    Invalid for a role that the kind of organization has not, and for scopes that the role has not.
    """
    require(actor, Operation.API_KEYS_CREATE)
    unit = await find_own_unit(session, actor, draft.unit_id, "/unit_id")
    if draft.role not in ROLES[actor.organization_kind]:
        raise Invalid("role_not_of_kind", {"role": draft.role}, "/role")
    if not session.instant < draft.expires_at <= session.instant + LONGEST_LIFE:
        raise Invalid("api_key_end_out_of_range", pointer="/expires_at")
    fresh = fresh_key()
    key = ApiKey(
        id=uuid7(),
        created_at=session.instant,
        organization_id=actor.organization_id,
        unit_id=unit.id,
        role=draft.role,
        name=draft.name,
        prefix=fresh.prefix,
        scopes=spelled_out(draft.scopes, actor.organization_kind, draft.role),
        expires_at=draft.expires_at,
    )
    session.add(key)
    await session.flush()
    session.add(ApiKeySecret(created_at=session.instant, api_key_id=key.id, secret_hash=fresh.secret_hash))
    await session.flush()
    await journal.record(
        session, actor, Operation.API_KEYS_CREATE, SUBJECT, key.id, role=key.role, scopes=key.scopes
    )
    return ApiKeyCreated(**ApiKeyRead.model_validate(key).model_dump(), key=fresh.credential)


async def list_api_keys(session: ReadSession, actor: Actor, page: PageRequest) -> Slice[ApiKeyRead]:
    """All keys of the organization, the revoked and expired ones too."""
    require(actor, Operation.API_KEYS_LIST)
    statement = select(ApiKey).where(visible_to(actor, ApiKey))
    return await listed(
        session, statement, col(ApiKey.id), page, lambda row: ApiKeyRead.model_validate(row[0])
    )


async def revoke_api_key(session: WriteSession, actor: Actor, key_id: UUID, seen_version: int) -> ApiKeyRead:
    """End a key; it does not count from the next request on. Conflict when it was revoked before."""
    require(actor, Operation.API_KEYS_REVOKE)
    key = await find(session, actor, ApiKey, key_id)
    await find_own_unit(session, actor, key.unit_id, "/unit_id")
    if key.version != seen_version:
        raise Stale("version_stale")
    if key.revoked_at is not None:
        raise Conflict("api_key_revoked_already")
    revoked = await compare_and_set(
        session,
        ApiKey,
        key_id,
        {"version": seen_version, "revoked_at": None},
        {"revoked_at": session.instant},
    )
    await journal.record(session, actor, Operation.API_KEYS_REVOKE, SUBJECT, key_id)
    return ApiKeyRead.model_validate(revoked)


def spelled_out(scopes: Sequence[Scope], kind: OrganizationKind, role: Role) -> list[str]:
    """Operations by name, so that no release makes a key grow; Invalid names the first misfit."""
    granted: set[Operation] = set()
    for index, scope in enumerate(scopes):
        if scope == ALL_READING:
            granted |= {
                operation for operation in Operation if operation.reads and held_by(kind, role, operation)
            }
            continue
        operation = Operation(scope)
        if operation in PERSONS_ONLY:
            raise Invalid("scope_of_persons_only", {"operation": operation}, f"/scopes/{index}")
        if not held_by(kind, role, operation):
            raise Invalid("scope_not_of_role", {"operation": operation, "role": role}, f"/scopes/{index}")
        granted.add(operation)
    return sorted(granted)
