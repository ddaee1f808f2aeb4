"""One real change for every operation that changes something, each on a thing in the right state."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from city import City, Member, need_draft, product_draft
from schemas.vocabulary import Role
from tests.access.newcomers import PASSWORD, newcomer, signed_in
from tests.api.consent_steps import consent_changes
from tests.api.interest_steps import introducing_changes
from tests.api.listing_changes import listing_changes
from tests.api.people_changes import people_changes
from tests.api.research_steps import capability_draft, demand_draft, research_path_of
from tests.api.steps import Path, adoption_draft, done, fact_draft, own_candidate, path_of


@dataclass(slots=True)
class Change:
    """A request that will succeed. `table` and `row_id` are of the row it changes; makers have no row yet."""

    member: Member
    method: str
    path: str
    body: Any = None
    seen: int | None = None
    table: str = ""
    row_id: str = ""

    async def make(self, **options: Any) -> httpx.Response:
        given = {"seen": self.seen} | options
        return await self.member.call(self.method, self.path, self.body, **given)


Preparation = Callable[[City], Awaitable[Change]]


def _product(
    action: str, *, official: bool = False, before: tuple[str, ...] = (), body: Any = None
) -> Preparation:
    async def prepare(city: City) -> Change:
        manager = city.product_manager
        product = done(await manager.post("/v1/credit-products", product_draft()), 201)
        there = f"/v1/credit-products/{product['id']}"
        for step in before:
            member = city.official if step == "open" else manager
            product = done(await member.post(f"{there}/{step}", seen=product["version"]))
        return _on("credit_product", product, city.official if official else manager, there, action, body)

    return prepare


def _on(table: str, thing: dict[str, Any], member: Member, there: str, action: str, body: Any) -> Change:
    if action == "change":
        return Change(member, "PATCH", there, body, thing["version"], table, thing["id"])
    return Change(member, "POST", f"{there}/{action}", body, thing["version"], table, thing["id"])


def _need(action: str, stage: str, *, official: bool = False, body: Any = None) -> Preparation:
    async def prepare(city: City) -> Change:
        path = await path_of(city).reach(stage)
        need = await path.need_now()
        there = f"/v1/financing-needs/{need['id']}"
        return _on("financing_need", need, city.official if official else city.mill, there, action, body)

    return prepare


def _introduction(action: str, stage: str, *, owner: bool = False, body: Any = None) -> Preparation:
    async def prepare(city: City) -> Change:
        path = await path_of(city).reach(stage)
        there = f"/v1/introductions/{path.introduction['id']}"
        member = city.mill if owner else city.clerk
        return _on("introduction", path.introduction, member, there, action, body)

    return prepare


async def _acknowledge(city: City) -> Change:
    path = await path_of(city).reach("half_signed")
    there = f"/v1/agreements/{path.agreement['id']}"
    body = {"text_sha256": path.agreement["text_sha256"]}
    return _on("agreement", path.agreement, city.mill, there, "acknowledge", body)


async def _terminate(city: City) -> Change:
    path = await path_of(city).reach("signed")
    there = f"/v1/agreements/{path.agreement['id']}"
    return _on("agreement", path.agreement, city.mill, there, "terminate", {"reason": "双方商定"})


def _fact(action: str) -> Preparation:
    async def prepare(city: City) -> Change:
        path = await path_of(city).reach("stated")
        there = f"/v1/fulfilment-facts/{path.fact['id']}"
        return _on("fulfilment_fact", path.fact, city.mill, there, action, None)

    return prepare


def _made(stage: str, where: Callable[[City, Path], tuple[Member, str, Any]]) -> Preparation:
    async def prepare(city: City) -> Change:
        path = path_of(city)
        if stage:
            await path.reach(stage)
        member, there, body = where(city, path)
        return Change(member, "POST", there, body)

    return prepare


def _pick(city: City, path: Path) -> tuple[Member, str, Any]:
    return city.mill, "/v1/introductions", {"candidate_id": own_candidate(path)["id"]}


async def _adopt(city: City) -> Change:
    product = done(await city.product_manager.post("/v1/credit-products", product_draft()), 201)
    there = f"/v1/credit-products/{product['id']}/adoptions"
    return Change(city.product_manager, "POST", there, adoption_draft(city.product_manager))


async def _suspend_adoption(city: City) -> Change:
    path = await path_of(city).reach("product_listed")
    there = f"/v1/adoptions/{path.product['adoption_id']}"
    adoption = done(await city.clerk.get(there))
    return _on("product_adoption", adoption, city.product_manager, there, "suspend", None)


async def _sign_in(city: City) -> Change:
    login = f"sign-{uuid4().hex[:12]}"
    await newcomer(city.database, city.gate, city.clerk.actor, Role.CLERK, login=login)
    return Change(city.clerk, "POST", "/v1/sessions", {"login": login, "password": PASSWORD})


async def _refresh(city: City) -> Change:
    change = await _sign_in(city)
    session = await signed_in(city.client, change.body)
    body = {"refresh_token": session["refresh_token"]}
    return Change(city.clerk, "POST", "/v1/sessions/refresh", body)


async def _sign_out(city: City) -> Change:
    return Change(await city.beside(city.clerk, Role.CLERK), "DELETE", "/v1/sessions/current")


def _research(noun: str, action: str, stage: str, by: str, body: Any = None) -> Preparation:
    """A step of a capability, a demand or a research introduction that stands at `stage`."""

    async def prepare(city: City) -> Change:
        path = await (await research_path_of(city)).reach(stage)
        if noun == "research-demands":
            await path.demand_now()
        table, thing = {
            "capabilities": ("capability", path.capability),
            "research-demands": ("research_demand", path.demand),
            "introductions": ("introduction", path.introduction),
        }[noun]
        there = f"/v1/{noun}/{thing['id']}"
        member: Member = getattr(path, by)
        if action == "change":
            return Change(member, "PUT", there, body, thing["version"], table, thing["id"])
        return _on(table, thing, member, there, action, body)

    return prepare


def _capability(*before: str, action: str, by: str = "secretary", body: Any = None) -> Preparation:
    async def prepare(city: City) -> Change:
        path = await research_path_of(city)
        thing = done(await path.secretary.post("/v1/capabilities", capability_draft(path.secretary)), 201)
        for step in before:
            who = path.official if step == "open" else path.secretary
            thing = await path.move("capabilities", thing, who, step)
        there = f"/v1/capabilities/{thing['id']}"
        return _on("capability", thing, getattr(path, by), there, action, body)

    return prepare


async def _make_capability(city: City) -> Change:
    path = await research_path_of(city)
    return Change(path.secretary, "POST", "/v1/capabilities", capability_draft(path.secretary))


async def _change_demand(city: City) -> Change:
    path = await (await research_path_of(city)).reach("demand_drafted")
    there = f"/v1/research-demands/{path.demand['id']}"
    body = demand_draft(path.owner, title="另一个题目")
    return Change(
        path.owner, "PUT", there, body, path.demand["version"], "research_demand", path.demand["id"]
    )


async def _match_capabilities(city: City) -> Change:
    path = await (await research_path_of(city)).reach("demand_open")
    return Change(path.owner, "POST", "/v1/capability-match-runs", {"demand_id": path.demand["id"]})


DEFECTS = {"defects": ["请补充说明"]}
FACTS = {
    "facts": [{"name": "headcount", "value": 7, "as_of": "2026-01-01", "source": "self_declared"}],
}
CHANGES: dict[str, Preparation] = {
    "create_session": _sign_in,
    "refresh_session": _refresh,
    "end_session": _sign_out,
    "create_credit_product": _made(
        "", lambda city, _: (city.product_manager, "/v1/credit-products", product_draft())
    ),
    "change_credit_product": _product("change", body={"terms": product_draft()["terms"]}),
    "submit_credit_product": _product("submit"),
    "open_credit_product": _product("open", official=True, before=("submit",)),
    "return_credit_product": _product("return", official=True, before=("submit",), body=DEFECTS),
    "suspend_credit_product": _product("suspend", before=("submit", "open")),
    "withdraw_credit_product": _product("withdraw", before=("submit", "open")),
    "create_adoption": _adopt,
    "suspend_adoption": _suspend_adoption,
    "record_enterprise_facts": _made("", lambda city, _: (city.mill, "/v1/enterprise-facts", FACTS)),
    "create_financing_need": _made(
        "", lambda city, _: (city.mill, "/v1/financing-needs", need_draft(city.mill.actor.person_id))
    ),
    "change_financing_need": _need("change", "need_drafted", body={"amount_fen": 5, "summary": "扩产"}),
    "submit_financing_need": _need("submit", "need_drafted"),
    "open_financing_need": _need("open", "need_submitted", official=True),
    "return_financing_need": _need("return", "need_submitted", official=True, body=DEFECTS),
    "renew_financing_need": _need("renew", "need_open"),
    "withdraw_financing_need": _need("withdraw", "recorded"),
    "create_match_run": _made(
        "need_open", lambda city, path: (city.mill, "/v1/match-runs", {"need_id": path.need["id"]})
    ),
    "create_capability": _make_capability,
    "change_capability": _research(
        "capabilities", "change", "capability_listed", "secretary", {"title_zh": "新名", "description": "新"}
    ),
    "submit_capability": _capability(action="submit"),
    "open_capability": _capability("submit", action="open", by="official"),
    "return_capability": _capability("submit", action="return", by="official", body=DEFECTS),
    "suspend_capability": _capability("submit", "open", action="suspend"),
    "resume_capability": _capability("submit", "open", "suspend", action="resume"),
    "renew_capability": _capability("submit", "open", action="renew"),
    "withdraw_capability": _capability("submit", "open", action="withdraw"),
    "create_research_demand": _made(
        "", lambda city, _: (city.mill, "/v1/research-demands", demand_draft(city.mill))
    ),
    "change_research_demand": _change_demand,
    "submit_research_demand": _research("research-demands", "submit", "demand_drafted", "owner"),
    "open_research_demand": _research("research-demands", "open", "demand_submitted", "official"),
    "return_research_demand": _research(
        "research-demands", "return", "demand_submitted", "official", DEFECTS
    ),
    "renew_research_demand": _research("research-demands", "renew", "demand_open", "owner"),
    "withdraw_research_demand": _research("research-demands", "withdraw", "shortlisted", "owner"),
    "create_capability_match_run": _match_capabilities,
    "propose_research": _research("introductions", "propose", "accepted", "secretary"),
    "shortlist_proposal": _research("introductions", "shortlist", "proposal", "owner"),
    "create_introduction": _made("matched", _pick),
    "accept_introduction": _introduction("accept", "requested"),
    "decline_introduction": _introduction("decline", "requested", body={"code": "quota", "note": "额度用完"}),
    "contact_enterprise": _introduction("contact", "accepted"),
    "begin_diligence": _introduction("begin-diligence", "contacted", owner=True),
    "offer_to_enterprise": _introduction("offer", "in_diligence"),
    "withdraw_introduction": _introduction("withdraw", "recorded", owner=True),
    "not_take_offer": _introduction("not-take", "offered", owner=True, body={"reason": "cost"}),
    "create_agreement": _made(
        "offered", lambda city, path: (city.clerk, "/v1/agreements", path.agreement_draft())
    ),
    "acknowledge_agreement": _acknowledge,
    "terminate_agreement": _terminate,
    "state_fulfilment_fact": _made(
        "signed",
        lambda city, path: (
            city.clerk,
            f"/v1/agreements/{path.agreement['id']}/fulfilment-facts",
            fact_draft(),
        ),
    ),
    "confirm_fulfilment_fact": _fact("confirm"),
    "dispute_fulfilment_fact": _fact("dispute"),
}
CHANGES |= people_changes(Change)
CHANGES |= listing_changes(Change)
CHANGES |= introducing_changes(Change)
CHANGES |= consent_changes(Change)
