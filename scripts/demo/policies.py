"""The demo's policy measures: invented ones, published as an office publishes them, and renewed in time."""

import tomllib
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import Field
from sqlalchemy import select
from sqlmodel import col

from matchmaking.services.policy_measures import create_measure, step_measure
from matchmaking.tables.policy_measures import PolicyMeasure
from schemas.base import Draft, Fen, Months, Name, Note, ShareBasisPoints, Text
from schemas.eligibility import EligibilityRules
from schemas.operations import Operation
from schemas.policy_measures import PolicyMeasureCreate
from schemas.renewals import Renewal
from schemas.vocabulary import ListingState, PolicyKind, PurposeKind, Role
from scripts.demo.data import SOURCE
from scripts.demo.loading import Loading, organization_id
from scripts.demo.shapes import Key

RENEWED_BEFORE = timedelta(days=60)


class DemoMeasure(Draft):
    """`banks` are keys of demo banks; `valid_days` runs from the day of loading."""

    key: Key
    office: Key
    kind: PolicyKind
    title_zh: Name
    title_en: Name
    description: Text
    rules: EligibilityRules
    rate_basis_points: ShareBasisPoints | None = None
    share_basis_points: ShareBasisPoints | None = None
    cap_each_fen: Fen | None = None
    cap_total_fen: Fen | None = None
    banks: list[Key] = Field(default_factory=list)
    loan_share_basis_points: ShareBasisPoints | None = None
    most_months: Months | None = None
    purposes: list[PurposeKind] = Field(default_factory=list)
    paid: Note
    paid_every_months: Months | None = None
    paid_after_months: int = 0
    valid_from: date
    valid_days: Annotated[int, Field(ge=60, le=365)]
    document: Name
    as_of: date

    def valid_until(self, today: date) -> date:
        return today + timedelta(days=self.valid_days)

    def draft(self, today: date) -> PolicyMeasureCreate:
        """As published on the day of loading at the latest: nothing may be dated later than it."""
        values = self.model_dump(exclude={"key", "office", "banks", "valid_days", "valid_from", "as_of"})
        return PolicyMeasureCreate(
            **values,
            bank_ids=[organization_id(bank) for bank in self.banks],
            valid_from=min(self.valid_from, today),
            valid_until=self.valid_until(today),
            as_of=min(self.as_of, today),
            source=SOURCE,
            external_id=self.key,
        )


@cache
def demo_measures() -> tuple[DemoMeasure, ...]:
    text = files("scripts.demo").joinpath("policy_measures.toml").read_text(encoding="utf-8")
    return tuple(DemoMeasure.model_validate(one) for one in tomllib.loads(text)["measures"])


async def publish_measures(loading: Loading) -> None:
    """Add those that are missing and renew those of the demo that end soon."""
    held = select(PolicyMeasure).where(
        col(PolicyMeasure.organization_id) == organization_id("government"),
        col(PolicyMeasure.source) == SOURCE,
    )
    known = {row.external_id: row for row in (await loading.session.execute(held)).scalars()}
    for measure in demo_measures():
        if (found := known.get(measure.key)) is None:
            await _publish(loading, measure)
        elif found.state is ListingState.OPEN and found.valid_until < loading.today + RENEWED_BEFORE:
            await _renew(loading, measure, found)


async def _publish(loading: Loading, measure: DemoMeasure) -> None:
    office = loading.actor("government", Role.OFFICIAL, measure.office)
    made = await create_measure(loading.session, office, measure.draft(loading.today), invented=True)
    await step_measure(loading.session, office, made.id, Operation.POLICY_MEASURES_OPEN, made.version)
    loading.changes.add("policy_measures")


async def _renew(loading: Loading, measure: DemoMeasure, found: PolicyMeasure) -> None:
    office = loading.actor("government", Role.OFFICIAL, measure.office)
    renewal = Renewal(valid_until=measure.valid_until(loading.today))
    operation = Operation.POLICY_MEASURES_RENEW
    await step_measure(loading.session, office, found.id, operation, found.version, renewal)
    loading.changes.renew("policy_measures")
