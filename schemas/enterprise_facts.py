"""Facts about an enterprise, each with the date it speaks of and who says so."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from schemas.base import Draft, Reading
from schemas.eligibility import FactValue
from schemas.vocabulary import FactName, FactSource


class EnterpriseFactsRecord(Draft):
    """Several statements at once; a later `as_of` takes the place of an earlier one."""

    facts: Annotated[list[FactValue], Field(fail_fast=True, min_length=1, max_length=60)]


class EnterpriseFactRead(Reading):
    organization_id: UUID
    name: FactName
    value: Any
    as_of: date
    source: FactSource


class EnterpriseFactsRecorded(Draft):
    facts: list[EnterpriseFactRead]
