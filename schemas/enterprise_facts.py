"""Facts about an enterprise, each with the date it speaks of and who says so."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, computed_field

from schemas.base import Draft, Reading
from schemas.eligibility import FACTS, FactKind, FactValue
from schemas.vocabulary import FactName, FactSource, RuleUnit


class EnterpriseFactsRecord(Draft):
    """Several statements at once; a later `as_of` takes the place of an earlier one."""

    facts: Annotated[list[FactValue], Field(fail_fast=True, min_length=1, max_length=60)]


class EnterpriseFactRead(Reading):
    organization_id: UUID
    name: FactName
    value: Any
    as_of: date
    source: FactSource

    @computed_field(description="Of a number, 5500 basis points being 55 %; null: none")  # type: ignore[prop-decorator]
    @property
    def unit(self) -> RuleUnit | None:
        definition = FACTS[self.name]
        return definition.unit if definition.kind is FactKind.NUMBER else None


class EnterpriseFactsRecorded(Draft):
    facts: list[EnterpriseFactRead]
