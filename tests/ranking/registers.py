"""A generated city of enterprises, seeded: sizes, chains and honours as unevenly spread as in a real one."""

import random

from matchmaking.ranking.anonymity import Register, RegisteredEnterprise
from schemas.vocabulary import Honour

CHAINS = 16
CLUSTERS = 6
DISTRICTS = ("320602", "320612", "320614", "320623", "320681", "320682", "320685", "320691", "320583")
NATIONAL = (Honour.LITTLE_GIANT, Honour.SINGLE_CHAMPION_NATIONAL)
OTHER = (
    Honour.SPECIALIZED_PROVINCIAL,
    Honour.HIGH_TECH_ENTERPRISE,
    Honour.CHAIN_LEADER,
    Honour.GREEN_FACTORY,
)
CLUSTER_OF = {f"chain_{number}": f"cluster_{number % CLUSTERS}" for number in range(CHAINS)}
_YUAN = 100


def generated_register(seed: int, count: int) -> Register:
    rng = random.Random(seed)  # noqa: S311 - a test city, not a secret
    return Register(tuple(_enterprise(rng, number) for number in range(count)), CLUSTER_OF)


def _enterprise(rng: random.Random, number: int) -> RegisteredEnterprise:
    headcount = max(1, int(rng.lognormvariate(4, 1.5)))
    known = rng.random
    return RegisteredEnterprise(
        enterprise_id=f"enterprise-{number}",
        district=rng.choices(DISTRICTS, weights=range(len(DISTRICTS), 0, -1))[0],
        chains=_chains(rng) if known() < 0.9 else (),
        headcount=headcount if known() < 0.95 else None,
        honours=_honours(rng, headcount) if known() < 0.8 else None,
        revenue_fen=int(headcount * rng.lognormvariate(13.5, 0.6)) * _YUAN if known() < 0.85 else None,
    )


def _chains(rng: random.Random) -> tuple[str, ...]:
    weights = [1 / (place + 1) for place in range(CHAINS)]
    picked = rng.choices(range(CHAINS), weights=weights, k=rng.choices((1, 2, 3), weights=(85, 12, 3))[0])
    return tuple(sorted({f"chain_{number}" for number in picked}))


def _honours(rng: random.Random, headcount: int) -> tuple[str, ...]:
    found = set()
    if rng.random() < min(0.3, headcount / 3_000):
        found.add(rng.choice(NATIONAL))
    if rng.random() < min(0.6, headcount / 800):
        found.add(rng.choice(OTHER))
    return tuple(sorted(found))
