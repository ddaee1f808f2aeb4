"""How the cost of a loan was reckoned: on which basis candidates are ordered, and what was assumed."""

from enum import StrEnum


class CostBasis(StrEnum):
    """Which of the two costs gives a place in the order."""

    CONTRACT = "contract"
    SUBSIDISED = "subsidised"


class TenorBasis(StrEnum):
    """Where the tenor that is reckoned with comes from."""

    ASKED = "asked"
    ASSUMED = "assumed"
    BOUNDED = "bounded"


class MethodBasis(StrEnum):
    """Where the repayment method that is reckoned with comes from."""

    PUBLISHED = "published"
    DEAREST_OF_SEVERAL = "dearest_of_several"
    ASSUMED = "assumed"


class CostItemKind(StrEnum):
    """The items of a list of costs."""

    INTEREST = "interest"
    GUARANTEE_FEE = "guarantee_fee"
    SETTLEMENT_FEES = "settlement_fees"
    POLICY_SUBSIDY = "policy_subsidy"


class CostPayee(StrEnum):
    """Who takes a cost, or bears what is granted of it."""

    BANK = "bank"
    GUARANTOR = "guarantor"
    SERVICE_INSTITUTION = "service_institution"
    GOVERNMENT = "government"
