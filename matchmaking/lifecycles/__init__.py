"""Life-cycles as pure transition tables. No database, no clock, no HTTP."""

from matchmaking.lifecycles.agreements import (
    AGREEMENT,
    is_complete,
    joint_grade,
    missing_roles,
    required_roles,
)
from matchmaking.lifecycles.fulfilment import FULFILMENT, RIGHT_TO_STATE
from matchmaking.lifecycles.introductions import FINANCING_INTRODUCTION, RESEARCH_INTRODUCTION
from matchmaking.lifecycles.machine import (
    Lifecycle,
    Transition,
    TransitionOutOfOrder,
    TransitionRefused,
    TransitionWrongSide,
)
from matchmaking.lifecycles.needs import NEED
from matchmaking.lifecycles.products import CAPABILITY, PRODUCT

__all__ = [
    "AGREEMENT",
    "CAPABILITY",
    "FINANCING_INTRODUCTION",
    "FULFILMENT",
    "NEED",
    "PRODUCT",
    "RESEARCH_INTRODUCTION",
    "RIGHT_TO_STATE",
    "Lifecycle",
    "Transition",
    "TransitionOutOfOrder",
    "TransitionRefused",
    "TransitionWrongSide",
    "is_complete",
    "joint_grade",
    "missing_roles",
    "required_roles",
]
