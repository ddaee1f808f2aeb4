"""What a life-cycle is: states, who may move from which to which, and whom each state awaits.

Pure values, checked when they are made. Which life-cycles there are stands in the other modules of this
package; that a stored state is changed by compare-and-set is the services' matter.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from matchmaking.errors import Conflict, NotAllowed, Parameter, Refusal
from schemas.vocabulary import Side, TaskKind

State = TypeVar("State", bound=StrEnum)


class TransitionRefused(Refusal):
    """A state change that the life-cycle does not have; `parameters` names it, the state, action and side."""


class TransitionOutOfOrder(TransitionRefused, Conflict):
    """Code `transition_out_of_order`: nobody can do this in this state."""


class TransitionWrongSide(TransitionRefused, NotAllowed):
    """Code `transition_wrong_side`: it can be done in this state, by somebody else."""


@dataclass(frozen=True, slots=True)
class Transition(Generic[State]):
    """`name` is the action; every one of `sides` may do it in every one of `sources`."""

    name: str
    sources: frozenset[State]
    target: State
    sides: frozenset[Side]


@dataclass(frozen=True, slots=True)
class Awaited:
    """Who has the task in a state, and which task that is."""

    side: Side
    task: TaskKind


@dataclass(frozen=True)
class Lifecycle(Generic[State]):
    """Refuses with ValueError a table in which something is unreachable, dead, ambiguous or awaits nobody.

    `terminal` states are the end. `settled` ones await nobody and can still be left, as a confirmed fact
    can be corrected. In every other state the awaited side has an action of its own.
    """

    name: str
    initial: State
    terminal: frozenset[State]
    awaited: Mapping[State, Awaited]
    transitions: tuple[Transition[State], ...]
    settled: frozenset[State] = frozenset()

    @property
    def states(self) -> frozenset[State]:
        return frozenset(self.awaited) | self.terminal | self.settled

    def after(self, state: State, action: str, side: Side) -> State:
        """The state after `action`; TransitionOutOfOrder or TransitionWrongSide where there is none."""
        parameters: dict[str, Parameter] = {
            "lifecycle": self.name,
            "state": state,
            "action": action,
            "side": side,
        }
        found = self._transition(state, action)
        if found is None:
            raise TransitionOutOfOrder("transition_out_of_order", parameters)
        if side not in found.sides:
            raise TransitionWrongSide("transition_wrong_side", parameters)
        return found.target

    def actions(self, state: State, side: Side) -> tuple[str, ...]:
        """What a side can do in a state, in the order of the table."""
        return tuple(each.name for each in self._leaving(state) if side in each.sides)

    def sources(self, action: str) -> frozenset[State]:
        """From which states an action leads anywhere: the states of a compare-and-set."""
        return frozenset(state for each in self.transitions if each.name == action for state in each.sources)

    def awaits(self, state: State) -> Side | None:
        """Who has the task in this state; None in a terminal or settled one."""
        awaited = self.awaited.get(state)
        return awaited.side if awaited else None

    def task(self, state: State) -> TaskKind | None:
        awaited = self.awaited.get(state)
        return awaited.task if awaited else None

    def _leaving(self, state: State) -> tuple[Transition[State], ...]:
        return tuple(each for each in self.transitions if state in each.sources)

    def _transition(self, state: State, action: str) -> Transition[State] | None:
        return next((each for each in self._leaving(state) if each.name == action), None)

    def __post_init__(self) -> None:
        self._check_kinds_of_states()
        self._check_known_and_unambiguous()
        self._check_reachable()
        self._check_nobody_is_stuck()

    def _check_kinds_of_states(self) -> None:
        overlap = (frozenset(self.awaited) & (self.terminal | self.settled)) | (self.terminal & self.settled)
        self._refuse_if(overlap, "stands in two kinds of state")

    def _check_known_and_unambiguous(self) -> None:
        named = {state for each in self.transitions for state in (*each.sources, each.target)}
        self._refuse_if((named | {self.initial}) - self.states, "is no state of it")
        for state in self.states:
            actions = [each.name for each in self._leaving(state)]
            self._refuse_if({action for action in actions if actions.count(action) > 1}, f"twice in {state}")

    def _check_reachable(self) -> None:
        seen, waiting = {self.initial}, deque([self.initial])
        while waiting:
            for each in self._leaving(waiting.popleft()):
                if each.target not in seen:
                    seen.add(each.target)
                    waiting.append(each.target)
        self._refuse_if(self.states - seen, "cannot be reached")

    def _check_nobody_is_stuck(self) -> None:
        self._refuse_if({s for s in self.terminal if self._leaving(s)}, "is terminal and can be left")
        self._refuse_if({s for s in self.settled if not self._leaving(s)}, "is settled and cannot be left")
        stuck = {state for state, each in self.awaited.items() if not self.actions(state, each.side)}
        self._refuse_if(stuck, "awaits a side that can do nothing")

    def _refuse_if(self, faults: Iterable[str], what: str) -> None:
        listed = sorted(str(fault) for fault in faults)
        if listed:
            message = f"life-cycle {self.name}: {', '.join(listed)} {what}"
            raise ValueError(message)


def transition(name: str, sources: Iterable[State], target: State, *sides: Side) -> Transition[State]:
    """A line of a table."""
    return Transition(name, frozenset(sources), target, frozenset(sides))
