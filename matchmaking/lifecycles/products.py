"""The life-cycle of what providers list: credit products, and capabilities alike."""

from dataclasses import replace

from matchmaking.lifecycles.machine import Awaited, Lifecycle, transition
from schemas.vocabulary import ListingState as S
from schemas.vocabulary import Side, TaskKind

PRODUCT = Lifecycle(
    name="product",
    initial=S.DRAFT,
    terminal=frozenset({S.WITHDRAWN, S.EXPIRED}),
    awaited={
        S.DRAFT: Awaited(Side.PROVIDER, TaskKind.COMPLETE_PRODUCT),
        S.SUBMITTED: Awaited(Side.OFFICIAL, TaskKind.VET_PRODUCT),
        S.RETURNED: Awaited(Side.PROVIDER, TaskKind.MEND_PRODUCT),
        S.OPEN: Awaited(Side.PROVIDER, TaskKind.RENEW_PRODUCT),
        S.SUSPENDED: Awaited(Side.PROVIDER, TaskKind.RESUME_PRODUCT),
    },
    transitions=(
        transition("submit", {S.DRAFT, S.RETURNED}, S.SUBMITTED, Side.PROVIDER),
        transition("return", {S.SUBMITTED}, S.RETURNED, Side.OFFICIAL),
        transition("open", {S.SUBMITTED}, S.OPEN, Side.OFFICIAL),
        transition("renew", {S.OPEN}, S.OPEN, Side.PROVIDER),
        transition("suspend", {S.OPEN}, S.SUSPENDED, Side.PROVIDER, Side.OFFICIAL),
        transition("resume", {S.SUSPENDED}, S.OPEN, Side.PROVIDER),
        transition(
            "withdraw",
            {S.DRAFT, S.SUBMITTED, S.RETURNED, S.OPEN, S.SUSPENDED},
            S.WITHDRAWN,
            Side.PROVIDER,
        ),
        transition("expire", {S.DRAFT, S.SUBMITTED, S.RETURNED, S.OPEN, S.SUSPENDED}, S.EXPIRED, Side.CLOCK),
    ),
)

CAPABILITY = replace(
    PRODUCT,
    name="capability",
    awaited={
        S.DRAFT: Awaited(Side.PROVIDER, TaskKind.COMPLETE_CAPABILITY),
        S.SUBMITTED: Awaited(Side.OFFICIAL, TaskKind.VET_CAPABILITY),
        S.RETURNED: Awaited(Side.PROVIDER, TaskKind.MEND_CAPABILITY),
        S.OPEN: Awaited(Side.PROVIDER, TaskKind.RENEW_CAPABILITY),
        S.SUSPENDED: Awaited(Side.PROVIDER, TaskKind.RESUME_CAPABILITY),
    },
)
