"""What the demo's enterprises ask for: open financing needs and research demands, renewed before they end."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import col

from matchmaking.services.nouns import DEMANDS, NEEDS
from matchmaking.services.transitions import Noun
from matchmaking.tables.needs import FinancingNeed
from matchmaking.tables.research import ResearchDemand
from schemas.financing_needs import FinancingNeedCreate
from schemas.operations import Operation
from schemas.research_demands import ResearchDemandCreate
from schemas.vocabulary import LineOfDuty, NeedState, Role
from scripts.demo.data import SOURCE, DemoDemand, DemoNeed, demo_id
from scripts.demo.loading import Loading, organization_id, person_id

RENEWED_BEFORE = timedelta(days=14)
OF_THE_FILE = {"key", "enterprise", "needed_in_days"}

Wish = FinancingNeed | ResearchDemand
Asked = Mapping[UUID, DemoNeed | DemoDemand]


class Kind(NamedTuple):
    """What differs between the two: operations on the way to being open, who opens, and the renewal."""

    what: str
    noun: Noun[Any]
    posted: Sequence[Operation]
    opened: Operation
    duty: LineOfDuty
    renewed: Operation


FINANCING = Kind(
    "needs",
    NEEDS,
    (Operation.FINANCING_NEEDS_CREATE, Operation.FINANCING_NEEDS_SUBMIT),
    Operation.FINANCING_NEEDS_OPEN,
    LineOfDuty.FINANCE,
    Operation.FINANCING_NEEDS_RENEW,
)
RESEARCH = Kind(
    "demands",
    DEMANDS,
    (Operation.RESEARCH_DEMANDS_CREATE, Operation.RESEARCH_DEMANDS_SUBMIT),
    Operation.RESEARCH_DEMANDS_OPEN,
    LineOfDuty.SCIENCE,
    Operation.RESEARCH_DEMANDS_RENEW,
)


async def post_needs(loading: Loading) -> None:
    asked = {need_id(demo.key): demo for demo in loading.city.needs}
    await _post(loading, FINANCING, asked, {one: partial(_need, loading, two) for one, two in asked.items()})


async def post_demands(loading: Loading) -> None:
    asked = {demand_id(demo.key): demo for demo in loading.city.demands}
    await _post(loading, RESEARCH, asked, {one: partial(_demand, loading, two) for one, two in asked.items()})


def need_id(key: str) -> UUID:
    return demo_id(f"financing need {key}")


def demand_id(key: str) -> UUID:
    return demo_id(f"research demand {key}")


async def _post(loading: Loading, kind: Kind, asked: Asked, made: Mapping[UUID, Callable[[], Wish]]) -> None:
    added = await loading.insert_missing(kind.noun.table, made)
    loading.changes.add(kind.what, len(added))
    for row in added:
        owner = loading.root_actor(asked[row.id].enterprise, Role.OWNER)
        for operation in kind.posted:
            loading.note(owner, operation, kind.noun.name, row.id)
        loading.note(loading.official(kind.duty), kind.opened, kind.noun.name, row.id)
        loading.give_tasks(kind.noun, row)
    await _renew(loading, kind, asked)


async def _renew(loading: Loading, kind: Kind, asked: Asked) -> None:
    """Open ones are asked anew for a later day, as their owners would; what people moved on is theirs."""
    table = kind.noun.table
    ending = select(col(table.id)).where(
        col(table.id).in_(list(asked)),
        col(table.state) == NeedState.OPEN,
        col(table.expires_on) < loading.today + RENEWED_BEFORE,
    )
    for identity in (await loading.session.execute(ending)).scalars().all():
        demo = asked[identity]
        day = loading.today + timedelta(days=demo.needed_in_days)
        values = {"needed_by": day, "expires_on": day, "version": col(table.version) + 1}
        await loading.session.execute(update(table).where(col(table.id) == identity).values(values))
        owner = loading.root_actor(demo.enterprise, Role.OWNER)
        loading.note(owner, kind.renewed, kind.noun.name, identity)
        loading.changes.renew(kind.what)


def _need(loading: Loading, demo: DemoNeed) -> FinancingNeed:
    draft = FinancingNeedCreate(**_asked(loading, demo))
    return FinancingNeed(id=need_id(demo.key), **_open(loading, demo), **draft.model_dump())


def _demand(loading: Loading, demo: DemoDemand) -> ResearchDemand:
    draft = ResearchDemandCreate(**_asked(loading, demo))
    return ResearchDemand(id=demand_id(demo.key), **_open(loading, demo), **draft.model_dump())


def _asked(loading: Loading, demo: DemoNeed | DemoDemand) -> dict[str, Any]:
    return {
        "needed_by": loading.today + timedelta(days=demo.needed_in_days),
        "contact_person_id": person_id(f"demo-{demo.enterprise}"),
        "source": SOURCE,
        "external_id": demo.key,
        **demo.model_dump(exclude=OF_THE_FILE),
    }


def _open(loading: Loading, demo: DemoNeed | DemoDemand) -> dict[str, Any]:
    instant = loading.session.instant
    return {
        "created_at": instant,
        "organization_id": organization_id(demo.enterprise),
        "state": NeedState.OPEN,
        "expires_on": loading.today + timedelta(days=demo.needed_in_days),
        "submitted_at": instant,
        "opened_at": instant,
    }
