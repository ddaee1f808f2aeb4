"""The life-cycles of projects and policy measures."""

from matchmaking.lifecycles.machine import Awaited, Lifecycle, transition
from schemas.vocabulary import ListingState as S
from schemas.vocabulary import ProjectState, Side, TaskKind

PROJECT = Lifecycle(
    name="project",
    initial=ProjectState.OPEN,
    terminal=frozenset({ProjectState.CLOSED}),
    awaited={ProjectState.OPEN: Awaited(Side.ENTERPRISE, TaskKind.KEEP_PROJECT)},
    transitions=(transition("close", {ProjectState.OPEN}, ProjectState.CLOSED, Side.ENTERPRISE),),
)

# Whoever issues a measure answers for it: nobody vets it a second time.
POLICY_MEASURE = Lifecycle(
    name="policy_measure",
    initial=S.DRAFT,
    terminal=frozenset({S.WITHDRAWN}),
    awaited={
        S.DRAFT: Awaited(Side.OFFICIAL, TaskKind.COMPLETE_POLICY_MEASURE),
        S.OPEN: Awaited(Side.OFFICIAL, TaskKind.RENEW_POLICY_MEASURE),
    },
    transitions=(
        transition("open", {S.DRAFT}, S.OPEN, Side.OFFICIAL),
        transition("renew", {S.OPEN}, S.OPEN, Side.OFFICIAL),
        transition("withdraw", {S.DRAFT, S.OPEN}, S.WITHDRAWN, Side.OFFICIAL),
    ),
)
