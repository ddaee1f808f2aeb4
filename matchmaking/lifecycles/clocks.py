"""Time limits as values, in Chinese working days, as published; a city may set its own.

A clock starts on delivery of the message and pauses while the other side owes something. When a limit falls
due is reckoned in `working_time`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.vocabulary import ClockName, IntroductionState


@dataclass(frozen=True, slots=True)
class Limit:
    name: ClockName
    working_days: int


ACCEPT = Limit(ClockName.ACCEPT, 1)
CONTACT = Limit(ClockName.CONTACT, 3)
MONEY_WHEN_ELIGIBLE = Limit(ClockName.MONEY_WHEN_ELIGIBLE, 5)
DECIDE = Limit(ClockName.DECIDE, 30)
DECIDE_CONTRACT_BACKED = Limit(ClockName.DECIDE_CONTRACT_BACKED, 7)
COLLECT_INTEREST = Limit(ClockName.COLLECT_INTEREST, 1)
ASK_SECOND_LOOK = Limit(ClockName.ASK_SECOND_LOOK, 10)
DISPUTE_LAPSE = Limit(ClockName.DISPUTE_LAPSE, 5)

LIMITS: Mapping[ClockName, Limit] = {
    each.name: each
    for each in (
        ACCEPT,
        CONTACT,
        MONEY_WHEN_ELIGIBLE,
        DECIDE,
        DECIDE_CONTRACT_BACKED,
        COLLECT_INTEREST,
        ASK_SECOND_LOOK,
        DISPUTE_LAPSE,
    )
}


def provider_limit(state: IntroductionState, *, contract_backed: bool = False) -> Limit | None:
    """The limit that runs against the provider of a financing introduction in this state; None: none runs."""
    match state:
        case IntroductionState.REQUESTED:
            return ACCEPT
        case IntroductionState.ACCEPTED:
            return CONTACT
        case IntroductionState.IN_DILIGENCE:
            return DECIDE_CONTRACT_BACKED if contract_backed else DECIDE
        case _:
            return None
