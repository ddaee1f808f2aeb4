"""One offer as it is put before an enterprise: whose it is, which branch or laboratory, what it is called."""

from uuid import UUID

from pydantic import BaseModel, Field


class OfferedRead(BaseModel):
    """A product that a branch adopted, or a capability."""

    provider_organization_id: UUID
    provider_name_zh: str
    provider_name_en: str | None
    unit_id: UUID
    unit_name_zh: str
    unit_name_en: str | None
    adoption_id: UUID | None = Field(description="The adopted product, or else `capability_id`")
    product_id: UUID | None
    product_version_id: UUID | None = Field(description="The version published now, which a pick would take")
    capability_id: UUID | None
    title_zh: str
    title_en: str | None
    available: bool = Field(description="Open and not outdated: it may be picked now")
