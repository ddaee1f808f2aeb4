"""Every step of projects and policy measures, and nothing else, against the arrows written out by hand."""

from typing import Any

import pytest

from matchmaking.lifecycles import Lifecycle, TransitionOutOfOrder, TransitionWrongSide
from matchmaking.lifecycles.listings import POLICY_MEASURE, PROJECT
from schemas.vocabulary import Side

ARROWS: dict[str, dict[tuple[str, str], tuple[str, Side]]] = {
    "project": {("open", "close"): ("closed", Side.ENTERPRISE)},
    "policy_measure": {
        ("draft", "open"): ("open", Side.OFFICIAL),
        ("open", "renew"): ("open", Side.OFFICIAL),
        ("draft", "withdraw"): ("withdrawn", Side.OFFICIAL),
        ("open", "withdraw"): ("withdrawn", Side.OFFICIAL),
    },
}


@pytest.mark.parametrize("lifecycle", [PROJECT, POLICY_MEASURE], ids=lambda one: one.name)
def test_a_step_leads_where_it_is_written_and_nowhere_else(lifecycle: Lifecycle[Any]) -> None:
    arrows = ARROWS[lifecycle.name]
    actions = {each.name for each in lifecycle.transitions}
    for state in lifecycle.states:
        for action in actions:
            for side in Side:
                expected = arrows.get((state.value, action))
                if expected is None:
                    with pytest.raises(TransitionOutOfOrder):
                        lifecycle.after(state, action, side)
                elif side is not expected[1]:
                    with pytest.raises(TransitionWrongSide):
                        lifecycle.after(state, action, side)
                else:
                    assert lifecycle.after(state, action, side) == expected[0]
