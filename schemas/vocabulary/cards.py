"""What strangers read on an anonymous card, and what an enterprise consents to show one provider."""

from enum import StrEnum


class SizeBand(StrEnum):
    """By headcount, as the statistical classification of industrial firms draws the lines."""

    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class HonourTier(StrEnum):
    """The highest body that honoured an enterprise; `none` is known to have no honour."""

    NATIONAL = "national"
    PROVINCIAL = "provincial"
    NONE = "none"


class FieldGroup(StrEnum):
    """Facts that are shown together or not at all."""

    REGISTRATION = "registration"
    HONOURS = "honours"
    SCALE = "scale"
    REVENUE = "revenue"
    TAX = "tax"
    BANK_CREDIT = "bank_credit"
    INNOVATION = "innovation"
    GREEN_AND_DIGITAL = "green_and_digital"
    COLLATERAL = "collateral"


class ConsentPurpose(StrEnum):
    """What the counterparty may use the facts for; nothing else reads them."""

    MATCHING = "matching"


class DisclosureKind(StrEnum):
    """How a provider came to know something of an enterprise."""

    FIT_QUESTION = "fit_question"
    INTRODUCTION = "introduction"


class CardObstacle(StrEnum):
    """Why a need has no card yet, so that no stranger sees it."""

    TOO_FEW_ALIKE = "too_few_alike"
    ABSTRACT_NAMES_ENTERPRISE = "abstract_names_enterprise"
