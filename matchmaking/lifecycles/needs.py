"""The life-cycle of financing needs and research demands."""

from matchmaking.lifecycles.machine import Awaited, Lifecycle, transition
from schemas.vocabulary import NeedState as S
from schemas.vocabulary import Side, TaskKind

NEED = Lifecycle(
    name="need",
    initial=S.DRAFT,
    terminal=frozenset({S.FULFILLED, S.WITHDRAWN, S.EXPIRED}),
    awaited={
        S.DRAFT: Awaited(Side.ENTERPRISE, TaskKind.COMPLETE_NEED),
        S.SUBMITTED: Awaited(Side.OFFICIAL, TaskKind.VET_NEED),
        S.RETURNED: Awaited(Side.ENTERPRISE, TaskKind.MEND_NEED),
        S.OPEN: Awaited(Side.ENTERPRISE, TaskKind.CHOOSE_PROVIDER),
        S.IN_TALKS: Awaited(Side.ENTERPRISE, TaskKind.FOLLOW_TALKS),
        S.SIGNED: Awaited(Side.PARTIES, TaskKind.STATE_FULFILMENT),
    },
    transitions=(
        transition("submit", {S.DRAFT, S.RETURNED}, S.SUBMITTED, Side.ENTERPRISE),
        transition("return", {S.SUBMITTED}, S.RETURNED, Side.OFFICIAL),
        transition("open", {S.SUBMITTED}, S.OPEN, Side.OFFICIAL),
        transition("renew", {S.OPEN}, S.OPEN, Side.ENTERPRISE),
        # Talks may outlast the end that was set before them, and whoever else is asked meets it again.
        transition("renew", {S.IN_TALKS}, S.IN_TALKS, Side.ENTERPRISE),
        transition("start_talks", {S.OPEN}, S.IN_TALKS, Side.PROVIDER),
        # Talks end without an agreement when the last introduction is declined, not taken, withdrawn or
        # lapses, and a signed need is free again when its agreement is terminated: without this it would
        # never match.
        transition(
            "resume_search",
            {S.IN_TALKS, S.SIGNED},
            S.OPEN,
            Side.ENTERPRISE,
            Side.PROVIDER,
            Side.PARTIES,
            Side.CLOCK,
        ),
        transition("sign", {S.IN_TALKS}, S.SIGNED, Side.PARTIES),
        transition("fulfil", {S.SIGNED}, S.FULFILLED, Side.PARTIES),
        transition(
            "withdraw",
            {S.DRAFT, S.SUBMITTED, S.RETURNED, S.OPEN, S.IN_TALKS},
            S.WITHDRAWN,
            Side.ENTERPRISE,
        ),
        transition("expire", {S.DRAFT, S.SUBMITTED, S.RETURNED, S.OPEN}, S.EXPIRED, Side.CLOCK),
    ),
)
