"""Consents: what an enterprise lets one provider's questions read, and the record of what was read.

Without a consent nothing is read. It counts from the next question on, and stops to count just so.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, cast, literal, null, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import String
from sqlmodel import col
from uuid_utils.compat import uuid7

from matchmaking import journal
from matchmaking.access.actor import Actor
from matchmaking.access.permissions import require
from matchmaking.access.scoping import find, visible_to
from matchmaking.db.changes import compare_and_set
from matchmaking.db.cursors import Slice
from matchmaking.db.keyset import page_of, slice_of
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.errors import Conflict, Invalid
from matchmaking.messages import Language, word
from matchmaking.services.listings import PageRequest, listed
from matchmaking.services.transitions import find_seen
from matchmaking.tables.consents import Consent, Disclosure
from matchmaking.tables.identity import Organization
from matchmaking.tables.matching import Introduction
from schemas.consents import ConsentCreate, ConsentRead, DisclosureRead
from schemas.operations import Operation
from schemas.vocabulary import DisclosureKind, OrganizationKind

LONGEST_CONSENT = timedelta(days=366)
NO_PROVIDERS = (OrganizationKind.ENTERPRISE, OrganizationKind.GOVERNMENT)
NAMED = "consent"


async def give_consent(
    session: WriteSession, actor: Actor, draft: ConsentCreate, language: Language
) -> ConsentRead:
    require(actor, Operation.CONSENTS_CREATE)
    today = session.instant.date()
    if not today <= draft.expires_on <= today + LONGEST_CONSENT:
        raise Invalid("consent_end_out_of_range", pointer="/expires_on")
    counterparty = await _provider(session, actor, draft.counterparty_organization_id)
    consent = Consent(
        id=uuid7(),
        created_at=session.instant,
        organization_id=actor.organization_id,
        counterparty_organization_id=counterparty.id,
        field_groups=sorted(set(draft.field_groups)),
        purpose=draft.purpose,
        expires_on=draft.expires_on,
        given_membership_id=actor.membership_id,
    )
    session.add(consent)
    await session.flush()
    await _noted(session, actor, Operation.CONSENTS_CREATE, consent)
    return _read(session, consent, counterparty, language)


async def read_consent(
    session: ReadSession, actor: Actor, consent_id: UUID, language: Language
) -> ConsentRead:
    require(actor, Operation.CONSENTS_READ)
    return await _told(session, await find(session, actor, Consent, consent_id), language)


async def list_consents(
    session: ReadSession, actor: Actor, page: PageRequest, language: Language
) -> Slice[ConsentRead]:
    require(actor, Operation.CONSENTS_LIST)
    statement = (
        select(Consent, Organization)
        .join(Organization, col(Organization.id) == Consent.counterparty_organization_id)
        .where(visible_to(actor, Consent))
    )
    return await listed(
        session, statement, col(Consent.id), page, lambda row: _read(session, row[0], row[1], language)
    )


async def revoke_consent(
    session: WriteSession, actor: Actor, consent_id: UUID, seen_version: int, language: Language
) -> ConsentRead:
    """From the next question on nothing is read under it. Conflict when it was revoked already."""
    require(actor, Operation.CONSENTS_REVOKE)
    consent = await find_seen(session, actor, Consent, consent_id, seen_version)
    if consent.revoked_at is not None:
        raise Conflict("consent_revoked_already")
    seen = {"version": seen_version, "organization_id": actor.organization_id}
    revoked = await compare_and_set(session, Consent, consent_id, seen, {"revoked_at": session.instant})
    await _noted(session, actor, Operation.CONSENTS_REVOKE, revoked)
    return await _told(session, revoked, language)


async def list_disclosures(
    session: ReadSession, actor: Actor, page: PageRequest, language: Language
) -> Slice[DisclosureRead]:
    """Every occasion on which a provider learned something: questions answered, and introductions."""
    require(actor, Operation.DISCLOSURES_LIST)
    found = union_all(_answered(actor), _introduced(actor)).subquery()
    statement: Select[*tuple[Any, ...]] = select(*found.c, Organization).join(
        Organization, col(Organization.id) == found.c.counterparty_organization_id
    )
    rows = (await session.execute(page_of(statement, (found.c.id,), page.after, page.limit))).all()
    part = slice_of(rows, page.limit, lambda row: (row.id,))
    return Slice([_disclosed(row, language) for row in part.rows], part.last)


def _answered(actor: Actor) -> Select[*tuple[Any, ...]]:
    return select(
        col(Disclosure.id),
        col(Disclosure.created_at),
        col(Disclosure.counterparty_organization_id),
        col(Disclosure.counterparty_unit_id),
        cast(col(Disclosure.kind), String).label("kind"),
        col(Disclosure.field_groups),
        col(Disclosure.need_id),
        null().label("demand_id"),
    ).where(visible_to(actor, Disclosure))


def _introduced(actor: Actor) -> Select[*tuple[Any, ...]]:
    """An introduction shows the name and the whole wish to the unit that it goes to."""
    return select(
        col(Introduction.id),
        col(Introduction.created_at),
        col(Introduction.provider_organization_id),
        col(Introduction.provider_unit_id),
        literal(DisclosureKind.INTRODUCTION.value),
        cast(literal([], ARRAY(String)), ARRAY(String)),
        col(Introduction.need_id),
        col(Introduction.demand_id),
    ).where(visible_to(actor, Introduction), col(Introduction.organization_id) == actor.organization_id)


def _disclosed(row: Any, language: Language) -> DisclosureRead:
    kind = DisclosureKind(row.kind)
    names = {"counterparty_name": _named(row.Organization, language), "kind_text": word(kind, language)}
    columns = {name: value for name, value in row._mapping.items() if name in DisclosureRead.model_fields}  # noqa: SLF001 - how a row gives its names
    return DisclosureRead(**{**columns, "kind": kind, **names})


async def _provider(session: ReadSession, actor: Actor, organization_id: UUID) -> Organization:
    """Invalid alike for nobody, for an enterprise and for an office."""
    wanted = select(Organization).where(
        col(Organization.id) == organization_id,
        col(Organization.kind).not_in(NO_PROVIDERS),
        visible_to(actor, Organization),
    )
    found = (await session.execute(wanted)).scalar_one_or_none()
    if found is None:
        raise Invalid("counterparty_not_a_provider", pointer="/counterparty_organization_id")
    return found


async def _noted(session: WriteSession, actor: Actor, operation: Operation, consent: Consent) -> None:
    counterparty = str(consent.counterparty_organization_id)
    groups = [str(group) for group in consent.field_groups]
    await journal.record(
        session, actor, operation, NAMED, consent.id, counterparty=counterparty, field_groups=groups
    )


async def _told(session: ReadSession, consent: Consent, language: Language) -> ConsentRead:
    counterparty = await session.get_one(Organization, consent.counterparty_organization_id)
    return _read(session, consent, counterparty, language)


def _read(
    session: ReadSession, consent: Consent, counterparty: Organization, language: Language
) -> ConsentRead:
    columns = consent.model_dump(include=set(ConsentRead.model_fields))
    in_force = consent.revoked_at is None and consent.expires_on >= session.instant.date()
    return ConsentRead(**columns, counterparty_name=_named(counterparty, language), in_force=in_force)


def _named(organization: Organization, language: Language) -> str:
    return (organization.name_en or organization.name_zh) if language == "en" else organization.name_zh
