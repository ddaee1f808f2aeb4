"""Tables that are no life-cycle are refused when made; steps that there are not, when taken."""

from collections.abc import Mapping
from enum import StrEnum

import pytest

from matchmaking.errors import Conflict, NotAllowed
from matchmaking.lifecycles import TransitionOutOfOrder, TransitionRefused, TransitionWrongSide
from matchmaking.lifecycles.machine import Awaited, Lifecycle, Transition, transition
from schemas.vocabulary import Side, TaskKind


class Door(StrEnum):
    OPEN = "open"
    SHUT = "shut"
    LOCKED = "locked"
    GONE = "gone"


BY_OFFICIAL = Awaited(Side.OFFICIAL, TaskKind.VET_NEED)
BY_ENTERPRISE = Awaited(Side.ENTERPRISE, TaskKind.MEND_NEED)
SHUT = transition("shut", {Door.OPEN}, Door.SHUT, Side.OFFICIAL)
OPEN = transition("open", {Door.SHUT}, Door.OPEN, Side.ENTERPRISE)
REMOVE = transition("remove", {Door.OPEN, Door.SHUT}, Door.GONE, Side.ENTERPRISE, Side.OFFICIAL)


def door(
    *transitions: Transition[Door],
    awaited: Mapping[Door, Awaited] | None = None,
    terminal: frozenset[Door] = frozenset({Door.GONE}),
    settled: frozenset[Door] = frozenset(),
) -> Lifecycle[Door]:
    return Lifecycle(
        name="door",
        initial=Door.OPEN,
        terminal=terminal,
        settled=settled,
        awaited=awaited or {Door.OPEN: BY_OFFICIAL, Door.SHUT: BY_ENTERPRISE},
        transitions=transitions or (SHUT, OPEN, REMOVE),
    )


def test_steps_that_there_are_not_are_refused() -> None:
    with pytest.raises(TransitionOutOfOrder) as caught:
        door().after(Door.GONE, "open", Side.ENTERPRISE)
    assert caught.value.code == "transition_out_of_order"
    assert caught.value.parameters == {
        "lifecycle": "door",
        "state": "gone",
        "action": "open",
        "side": "enterprise",
    }
    assert isinstance(caught.value, Conflict)
    with pytest.raises(TransitionOutOfOrder):
        door().after(Door.OPEN, "paint", Side.ENTERPRISE)


def test_a_step_of_another_side_is_refused() -> None:
    with pytest.raises(TransitionWrongSide) as caught:
        door().after(Door.OPEN, "shut", Side.ENTERPRISE)
    assert caught.value.code == "transition_wrong_side"
    assert isinstance(caught.value, NotAllowed)
    assert isinstance(caught.value, TransitionRefused)


def test_a_step_leads_on() -> None:
    one = door()
    assert one.after(Door.OPEN, "shut", Side.OFFICIAL) is Door.SHUT
    assert one.actions(Door.OPEN, Side.OFFICIAL) == ("shut", "remove")
    assert one.actions(Door.GONE, Side.OFFICIAL) == ()
    assert one.sources("remove") == {Door.OPEN, Door.SHUT}
    assert one.sources("paint") == frozenset()
    assert (one.awaits(Door.SHUT), one.task(Door.SHUT)) == (Side.ENTERPRISE, TaskKind.MEND_NEED)
    assert (one.awaits(Door.GONE), one.task(Door.GONE)) == (None, None)


def test_a_state_out_of_reach_is_refused() -> None:
    lock = transition("unlock", {Door.LOCKED}, Door.OPEN, Side.OFFICIAL)
    states = {Door.OPEN: BY_OFFICIAL, Door.SHUT: BY_ENTERPRISE, Door.LOCKED: BY_OFFICIAL}
    with pytest.raises(ValueError, match="locked cannot be reached"):
        door(SHUT, OPEN, REMOVE, lock, awaited=states)


def test_a_state_that_it_does_not_have_is_refused() -> None:
    lock = transition("lock", {Door.SHUT}, Door.LOCKED, Side.OFFICIAL)
    with pytest.raises(ValueError, match="locked is no state of it"):
        door(SHUT, OPEN, REMOVE, lock)


def test_a_dead_end_is_refused() -> None:
    with pytest.raises(ValueError, match="shut awaits a side that can do nothing"):
        door(SHUT, transition("remove", {Door.OPEN}, Door.GONE, Side.OFFICIAL))


def test_awaiting_somebody_who_can_do_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="open awaits a side that can do nothing"):
        door(awaited={Door.OPEN: Awaited(Side.PROVIDER, TaskKind.VET_NEED), Door.SHUT: BY_ENTERPRISE})


def test_one_action_with_two_ends_is_refused() -> None:
    with pytest.raises(ValueError, match="shut twice in open"):
        door(SHUT, OPEN, REMOVE, transition("shut", {Door.OPEN}, Door.GONE, Side.CLOCK))


def test_an_end_that_can_be_left_is_refused() -> None:
    with pytest.raises(ValueError, match="gone is terminal and can be left"):
        door(SHUT, OPEN, REMOVE, transition("restore", {Door.GONE}, Door.OPEN, Side.OFFICIAL))


def test_a_settled_state_can_be_left_and_awaits_nobody() -> None:
    restore = transition("restore", {Door.GONE}, Door.OPEN, Side.OFFICIAL)
    one = door(SHUT, OPEN, REMOVE, restore, terminal=frozenset(), settled=frozenset({Door.GONE}))
    assert one.awaits(Door.GONE) is None
    assert one.after(Door.GONE, "restore", Side.OFFICIAL) is Door.OPEN
    with pytest.raises(ValueError, match="gone is settled and cannot be left"):
        door(terminal=frozenset(), settled=frozenset({Door.GONE}))
    with pytest.raises(ValueError, match="gone stands in two kinds of state"):
        door(settled=frozenset({Door.GONE}))
