"""What was agreed, by whom, with which evidence, and what came of it."""

from enum import StrEnum


class AgreementNature(StrEnum):
    FRAMEWORK = "framework"
    LOAN_CONTRACT = "loan_contract"
    TECHNOLOGY_CONTRACT = "technology_contract"
    TALENT_BASE = "talent_base"


class PartyRole(StrEnum):
    """Role of a party in an agreement; `registry` is no party but the authority whose list states a fact."""

    BORROWER = "borrower"
    LENDER = "lender"
    LEAD_BANK = "lead_bank"
    PARTICIPATING_BANK = "participating_bank"
    GUARANTOR = "guarantor"
    COMMISSIONER = "commissioner"
    DEVELOPER = "developer"
    HOST = "host"
    TRAINING_PARTNER = "training_partner"
    WITNESS = "witness"
    REGISTRY = "registry"


class EvidenceGrade(StrEnum):
    """Ordered: members compare as their codes do, E0 lowest."""

    E0 = "E0"
    E1 = "E1"
    E2 = "E2"
    E3 = "E3"
    E4 = "E4"


class FulfilmentKind(StrEnum):
    FRAMEWORK_AMOUNT = "framework_amount"
    CREDIT_GRANTED = "credit_granted"
    LOAN_CONTRACT = "loan_contract"
    DISBURSEMENT = "disbursement"
    BALANCE_IN_USE = "balance_in_use"
    OFFER_NOT_TAKEN = "offer_not_taken"
    TECHNOLOGY_CONTRACT = "technology_contract"
    TECHNOLOGY_REGISTRATION = "technology_registration"
    MILESTONE_DELIVERED = "milestone_delivered"
    MONEY_RECEIVED = "money_received"
    PAYMENT_MADE = "payment_made"
    ACCEPTANCE = "acceptance"
    TALENT_PLACES = "talent_places"
    TALENT_IN_TRAINING = "talent_in_training"
    TALENT_HIRED = "talent_hired"
    TALENT_STAYED = "talent_stayed"


class CreditGrantKind(StrEnum):
    NEW = "new"
    INCREASE = "increase"
    RENEWAL = "renewal"


class UnconfirmedStanding(StrEnum):
    """As what a stated fact counts while nobody has confirmed it."""

    ANNOUNCED = "announced"
    BANK_STATED = "bank_stated"
    INFORMATION = "information"
    ENTERPRISE_STATED = "enterprise_stated"
    ONE_SIDED = "one_sided"
    PREPARED = "prepared"
