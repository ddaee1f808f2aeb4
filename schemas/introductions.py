"""Introductions: one need and one provider's unit put in contact, until agreed or answered with a reason."""

from uuid import UUID

from pydantic import Field

from schemas.base import Draft, Note, Reading
from schemas.vocabulary import DeclineCode, IntroductionRoute, IntroductionState, NotTakenReason


class IntroductionCreate(Draft):
    """The enterprise picks a candidate of one of its match runs; its name and need are shown to that unit."""

    candidate_id: UUID


class IntroductionDecline(Draft):
    code: DeclineCode
    note: Note | None = Field(default=None, description="What would change the answer; seen by the two sides")


class IntroductionNotTaken(Draft):
    reason: NotTakenReason


class IntroductionRead(Reading):
    """Seen by the two sides; the official's view leaves the reasons out."""

    organization_id: UUID
    need_id: UUID
    provider_organization_id: UUID
    provider_unit_id: UUID
    adoption_id: UUID
    product_version_id: UUID
    route: IntroductionRoute
    state: IntroductionState
    decline_code: DeclineCode | None
    decline_note: str | None
    not_taken_reason: NotTakenReason | None
