"""What an enterprise sends to consent, and the steps of giving and revoking."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

from city import City, Member, today
from tests.api.steps import Thing, done

Change = TypeVar("Change")


def consent_draft(provider: Member, *groups: str, **changes: Any) -> Thing:
    draft = {
        "counterparty_organization_id": str(provider.actor.organization_id),
        "field_groups": list(groups) or ["scale"],
        "purpose": "matching",
        "expires_on": (today() + timedelta(days=30)).isoformat(),
    }
    return draft | changes


async def give(owner: Member, provider: Member, *groups: str) -> Thing:
    return done(await owner.post("/v1/consents", consent_draft(provider, *groups)), 201)


async def revoke(owner: Member, consent: Thing) -> Thing:
    return done(await owner.post(f"/v1/consents/{consent['id']}/revoke", seen=consent["version"]))


def consent_changes(
    change: Callable[..., Change],
) -> dict[str, Callable[[City], Awaitable[Change]]]:
    """Preparations by the name of the operation; `change` is made of what each asks."""

    async def creation(city: City) -> Change:
        return change(city.mill, "POST", "/v1/consents", consent_draft(city.clerk))

    async def revocation(city: City) -> Change:
        consent = await give(city.mill, city.clerk)
        there = f"/v1/consents/{consent['id']}/revoke"
        return change(city.mill, "POST", there, None, consent["version"], "consent", consent["id"])

    return {"create_consent": creation, "revoke_consent": revocation}
