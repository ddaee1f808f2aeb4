"""Freezes the policy measures that a match reads: those that are open and hold today, with who pays them."""

from sqlalchemy import select
from sqlmodel import col

from matchmaking.access.actor import Actor
from matchmaking.access.scoping import visible_to
from matchmaking.db.session import ReadSession
from matchmaking.ranking import PolicyMeasureFacts
from matchmaking.tables.identity import Unit
from matchmaking.tables.policy_measures import PolicyMeasure
from schemas.eligibility import EligibilityRules
from schemas.vocabulary import ListingState, PurposeKind, RuleVisibility

AS_THEY_STAND = (
    *("kind", "title_zh", "title_en", "area", "rate_basis_points", "share_basis_points"),
    *("loan_share_basis_points", "most_months", "cap_each_fen", "cap_total_fen", "paid"),
    *("valid_from", "valid_until", "paid_every_months", "paid_after_months"),
)
SEEN_BY_ALL = frozenset({RuleVisibility.PUBLIC})


async def measures_of_today(session: ReadSession, actor: Actor) -> tuple[PolicyMeasureFacts, ...]:
    """Those with a condition that not everybody may see are left out: nobody could tell who qualifies."""
    today = session.instant.date()
    statement = (
        select(PolicyMeasure, Unit)
        .join(Unit, col(Unit.id) == PolicyMeasure.unit_id)
        .where(
            visible_to(actor, PolicyMeasure),
            col(PolicyMeasure.state) == ListingState.OPEN,
            col(PolicyMeasure.valid_from) <= today,
            col(PolicyMeasure.valid_until) >= today,
        )
        .order_by(col(PolicyMeasure.id))
    )
    frozen = [_frozen(measure, office) for measure, office in await session.execute(statement)]
    return tuple(measure for measure in frozen if measure.rules.seen_with(SEEN_BY_ALL) == measure.rules)


def _frozen(measure: PolicyMeasure, office: Unit) -> PolicyMeasureFacts:
    return PolicyMeasureFacts(
        measure_id=str(measure.id),
        payer_zh=office.name_zh,
        payer_en=office.name_en,
        rules=EligibilityRules.model_validate(measure.rules),
        bank_ids=tuple(str(bank) for bank in measure.bank_ids),
        purposes=tuple(PurposeKind(purpose) for purpose in measure.purposes),
        **{name: getattr(measure, name) for name in AS_THEY_STAND},
    )
