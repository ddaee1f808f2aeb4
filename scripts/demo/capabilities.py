"""The demo's capabilities: open as an official of science opened them, renewed before their validity ends."""

from datetime import timedelta
from functools import partial

from sqlalchemy import select
from sqlmodel import col

from matchmaking.services.capabilities import CAPABILITIES, step_capability
from matchmaking.tables.research import Capability
from schemas.capabilities import CapabilityCreate
from schemas.operations import Operation
from schemas.vocabulary import LineOfDuty, ListingState, Role
from scripts.demo.data import SOURCE, DemoCapability, demo_id
from scripts.demo.loading import Loading, organization_id, unit_id

LISTED_FOR = timedelta(days=360)
RENEWED_BEFORE = timedelta(days=60)


async def list_capabilities(loading: Loading) -> None:
    wanted = {demo_id(f"capability {demo.key}"): demo for demo in loading.city.capabilities}
    added = await loading.insert_missing(
        Capability, {one: partial(_row, loading, demo) for one, demo in wanted.items()}
    )
    loading.changes.add("capabilities", len(added))
    for row in added:
        _tell(loading, wanted[row.id], row)
    ending = select(col(Capability.id), col(Capability.version)).where(
        col(Capability.id).in_(list(wanted)),
        col(Capability.state) == ListingState.OPEN,
        col(Capability.valid_until) < loading.today + RENEWED_BEFORE,
    )
    for identity, version in (await loading.session.execute(ending)).all():
        secretary = loading.root_actor(wanted[identity].institution, Role.SECRETARY)
        await step_capability(loading.session, secretary, identity, Operation.CAPABILITIES_RENEW, version)
        loading.changes.renew("capabilities")


def _row(loading: Loading, demo: DemoCapability) -> Capability:
    draft = CapabilityCreate(
        unit_id=unit_id(demo.unit),
        valid_until=loading.today + LISTED_FOR,
        source=SOURCE,
        external_id=demo.key,
        **demo.model_dump(exclude={"key", "institution", "unit"}),
    )
    return Capability(
        id=demo_id(f"capability {demo.key}"),
        created_at=loading.session.instant,
        organization_id=organization_id(demo.institution),
        state=ListingState.OPEN,
        **draft.model_dump(),
    )


def _tell(loading: Loading, demo: DemoCapability, row: Capability) -> None:
    """The journal has the way that a capability goes until it is open."""
    secretary = loading.root_actor(demo.institution, Role.SECRETARY)
    for actor, operation in (
        (secretary, Operation.CAPABILITIES_CREATE),
        (secretary, Operation.CAPABILITIES_SUBMIT),
        (loading.official(LineOfDuty.SCIENCE), Operation.CAPABILITIES_OPEN),
    ):
        loading.note(actor, operation, CAPABILITIES.name, row.id)
    loading.give_tasks(CAPABILITIES, row)
