"""Exhaustive walks of every life-cycle, against the arrows of the domain written out by hand."""

from enum import StrEnum
from typing import Any

import pytest

from matchmaking.lifecycles import (
    AGREEMENT,
    FINANCING_INTRODUCTION,
    FULFILMENT,
    NEED,
    PRODUCT,
    RESEARCH_INTRODUCTION,
    Lifecycle,
    TransitionOutOfOrder,
    TransitionWrongSide,
)
from matchmaking.lifecycles.clocks import LIMITS, provider_limit
from matchmaking.lifecycles.introductions import ENDED
from schemas.vocabulary import (
    AgreementState,
    ClockName,
    FulfilmentState,
    IntroductionState,
    ListingState,
    NeedState,
    Side,
)

LIFECYCLES: list[Lifecycle[Any]] = [
    NEED,
    PRODUCT,
    FINANCING_INTRODUCTION,
    RESEARCH_INTRODUCTION,
    AGREEMENT,
    FULFILMENT,
]

# Every arrow once more: state, action, next state, and who may. E enterprise, P provider, O official, S the
# parties together, C the clock.
ARROWS: dict[str, str] = {
    "need": """
        draft submit submitted E            returned submit submitted E
        submitted return returned O         submitted open open O
        open renew open E                   open start_talks in_talks P
        in_talks resume_search open EPSC    signed resume_search open EPSC
        in_talks sign signed S              signed fulfil fulfilled S
        draft withdraw withdrawn E          submitted withdraw withdrawn E
        returned withdraw withdrawn E       open withdraw withdrawn E
        in_talks withdraw withdrawn E       in_talks renew in_talks E
        draft expire expired C              submitted expire expired C
        returned expire expired C           open expire expired C
    """,
    "product": """
        draft submit submitted P            returned submit submitted P
        submitted return returned O         submitted open open O
        open renew open P                   open suspend suspended PO
        suspended resume open P
        draft withdraw withdrawn P          submitted withdraw withdrawn P
        returned withdraw withdrawn P       open withdraw withdrawn P
        suspended withdraw withdrawn P
        draft expire expired C              submitted expire expired C
        returned expire expired C           open expire expired C
        suspended expire expired C
    """,
    "financing_introduction": """
        requested accept accepted P         accepted contact contacted P
        contacted begin_diligence in_diligence PE
        in_diligence offer offered P        offered agree agreed ES
        offered not_take not_taken E
        requested decline declined P        accepted decline declined P
        contacted decline declined P        in_diligence decline declined P
        offered decline declined P
        contacted mark_incomplete incomplete PC
        in_diligence mark_incomplete incomplete PC
        requested lapse lapsed C            accepted lapse lapsed C
        contacted lapse lapsed C            in_diligence lapse lapsed C
        offered lapse lapsed C
        requested withdraw withdrawn E      accepted withdraw withdrawn E
        contacted withdraw withdrawn E      in_diligence withdraw withdrawn E
        offered withdraw withdrawn E
    """,
    "research_introduction": """
        requested accept accepted P         accepted propose proposal P
        proposal shortlist shortlisted E    shortlisted agree agreed ES
        proposal not_take not_taken E       shortlisted not_take not_taken E
        requested decline declined P        accepted decline declined P
        proposal decline declined P         shortlisted decline declined P
        accepted mark_incomplete incomplete PC
        proposal mark_incomplete incomplete PC
        requested lapse lapsed C            accepted lapse lapsed C
        proposal lapse lapsed C             shortlisted lapse lapsed C
        requested withdraw withdrawn E      accepted withdraw withdrawn E
        proposal withdraw withdrawn E       shortlisted withdraw withdrawn E
    """,
    "agreement": """
        draft present awaiting_signatures S
        awaiting_signatures acknowledge awaiting_signatures S
        awaiting_signatures complete signed S
        signed perform performing S         performing fulfil fulfilled S
        draft terminate terminated S        awaiting_signatures terminate terminated S
        signed terminate terminated S       performing terminate terminated S
    """,
    "fulfilment": """
        stated confirm confirmed S          disputed confirm confirmed S
        stated dispute disputed S
        stated correct corrected S          disputed correct corrected S
        confirmed correct corrected S
    """,
}
SIDES = {"E": Side.ENTERPRISE, "P": Side.PROVIDER, "O": Side.OFFICIAL, "S": Side.PARTIES, "C": Side.CLOCK}


def arrows(name: str) -> dict[tuple[str, str, Side], str]:
    """The next state by state, action and side."""
    words = ARROWS[name].split()
    found: dict[tuple[str, str, Side], str] = {}
    for place in range(0, len(words), 4):
        state, action, target, sides = words[place : place + 4]
        for side in sides:
            found[state, action, SIDES[side]] = target
    return found


def one_by_one(lifecycle: Lifecycle[Any]) -> pytest.MarkDecorator:
    return pytest.param(lifecycle, id=lifecycle.name)  # type: ignore[return-value]


every_lifecycle = pytest.mark.parametrize("lifecycle", [one_by_one(one) for one in LIFECYCLES])


@every_lifecycle
def test_every_state_action_and_side_does_what_the_domain_says(lifecycle: Lifecycle[Any]) -> None:
    """The whole product of states, actions and sides: what is no arrow is refused, with the right code."""
    allowed = arrows(lifecycle.name)
    actions = {action for _, action, _ in allowed}
    assert actions == {each.name for each in lifecycle.transitions}
    for state in lifecycle.states:
        for action in actions:
            somebody = any((state.value, action, side) in allowed for side in Side)
            for side in Side:
                expected = allowed.get((state.value, action, side))
                if expected is not None:
                    assert lifecycle.after(state, action, side).value == expected
                    continue
                with pytest.raises(TransitionWrongSide if somebody else TransitionOutOfOrder):
                    lifecycle.after(state, action, side)


@every_lifecycle
def test_no_state_leaves_everybody_without_a_task(lifecycle: Lifecycle[Any]) -> None:
    for state in lifecycle.states:
        side = lifecycle.awaits(state)
        if state in lifecycle.terminal | lifecycle.settled:
            assert (side, lifecycle.task(state)) == (None, None)
            continue
        assert side is not None
        assert lifecycle.task(state) is not None
        assert lifecycle.actions(state, side), f"{side} can do nothing in {state}"


@every_lifecycle
def test_every_state_reaches_an_end(lifecycle: Lifecycle[Any]) -> None:
    """Walked without cycles from every state; a state from which no walk ends would keep people for ever."""
    ends = lifecycle.terminal | lifecycle.settled
    following = {
        state: {each.target for each in lifecycle.transitions if state in each.sources}
        for state in lifecycle.states
    }
    for start in lifecycle.states:
        seen, waiting = {start}, [start]
        while waiting:
            new = following[waiting.pop()] - seen
            seen |= new
            waiting.extend(new)
        assert seen & ends, start


def paths(lifecycle: Lifecycle[Any]) -> list[tuple[StrEnum, ...]]:
    """Every walk from the start to an end that visits no state twice."""
    complete: list[tuple[StrEnum, ...]] = []
    waiting: list[tuple[Any, ...]] = [(lifecycle.initial,)]
    while waiting:
        path = waiting.pop()
        if path[-1] in lifecycle.terminal:
            complete.append(path)
        following = {each.target for each in lifecycle.transitions if path[-1] in each.sources}
        waiting.extend((*path, state) for state in following - set(path))
    return complete


@pytest.mark.parametrize(
    ("lifecycle", "path"),
    [
        (NEED, "draft submitted returned"),
        (NEED, "draft submitted open in_talks signed fulfilled"),
        (PRODUCT, "draft submitted open suspended withdrawn"),
        (FINANCING_INTRODUCTION, "requested accepted contacted in_diligence offered agreed"),
        (FINANCING_INTRODUCTION, "requested accepted contacted in_diligence offered not_taken"),
        (RESEARCH_INTRODUCTION, "requested accepted proposal shortlisted agreed"),
        (AGREEMENT, "draft awaiting_signatures signed performing fulfilled"),
        (FULFILMENT, "stated disputed confirmed corrected"),
    ],
)
def test_the_paths_of_the_domain_can_be_walked(lifecycle: Lifecycle[Any], path: str) -> None:
    wanted = path.split()
    walked = [[str(state) for state in one] for one in paths(lifecycle)]
    assert any(one[: len(wanted)] == wanted for one in walked)


def test_agreed_is_reached_by_the_whole_way_only() -> None:
    """No shortcut: an introduction that is agreed has been accepted, contacted, examined and offered."""
    agreed = [path for path in paths(FINANCING_INTRODUCTION) if path[-1] is IntroductionState.AGREED]
    assert [[str(state) for state in path] for path in agreed] == [
        ["requested", "accepted", "contacted", "in_diligence", "offered", "agreed"]
    ]
    fulfilled = [path for path in paths(NEED) if path[-1] is NeedState.FULFILLED]
    assert all(NeedState.SIGNED in path for path in fulfilled)


def test_states_are_those_of_the_vocabulary() -> None:
    assert NEED.states == set(NeedState)
    assert PRODUCT.states == set(ListingState)
    assert AGREEMENT.states == set(AgreementState)
    assert FULFILMENT.states == set(FulfilmentState)
    assert FINANCING_INTRODUCTION.states | RESEARCH_INTRODUCTION.states == set(IntroductionState)
    shared = FINANCING_INTRODUCTION.states & RESEARCH_INTRODUCTION.states
    assert shared == ENDED | {IntroductionState.REQUESTED, IntroductionState.ACCEPTED}


@pytest.mark.parametrize(
    ("state", "backed", "days"),
    [
        (IntroductionState.REQUESTED, False, 1),
        (IntroductionState.ACCEPTED, False, 3),
        (IntroductionState.CONTACTED, False, None),
        (IntroductionState.IN_DILIGENCE, False, 30),
        (IntroductionState.IN_DILIGENCE, True, 7),
        (IntroductionState.OFFERED, False, None),
    ],
)
def test_a_clock_runs_while_the_provider_owes_something(
    state: IntroductionState, days: int | None, *, backed: bool
) -> None:
    limit = provider_limit(state, contract_backed=backed)
    assert (limit.working_days if limit else None) == days
    assert (limit is not None) == (FINANCING_INTRODUCTION.awaits(state) is Side.PROVIDER)
    assert set(LIMITS) == set(ClockName)
