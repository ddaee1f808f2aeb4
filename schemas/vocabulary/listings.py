"""What is listed beside offers and needs: projects, policy measures, levels of honours."""

from enum import StrEnum


class ProjectState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class ApprovalKind(StrEnum):
    """What the authorities decide on before a project is built."""

    FILING_OR_APPROVAL = "filing_or_approval"
    LAND_USE = "land_use"
    PLANNING_PERMIT = "planning_permit"
    ENVIRONMENTAL_IMPACT = "environmental_impact"
    ENERGY_REVIEW = "energy_review"
    SAFETY_REVIEW = "safety_review"
    CONSTRUCTION_PERMIT = "construction_permit"
    OTHER = "other"


class ApprovalState(StrEnum):
    NOT_APPLIED = "not_applied"
    APPLIED = "applied"
    GRANTED = "granted"
    REFUSED = "refused"
    NOT_NEEDED = "not_needed"


class PolicyKind(StrEnum):
    INTEREST_SUBSIDY = "interest_subsidy"
    RISK_COMPENSATION_POOL = "risk_compensation_pool"
    GUARANTEE_FEE_SUBSIDY = "guarantee_fee_subsidy"


class HonourLevel(StrEnum):
    NATIONAL = "national"
    PROVINCIAL = "provincial"
    CITY = "city"
    DISTRICT = "district"
