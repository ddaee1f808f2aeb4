"""The other half of the one path: from a research demand to a fact of its fulfilment, and who is refused."""

import pytest

from city import City
from schemas.vocabulary import OrganizationKind, Role
from tests.api.research_steps import RESEARCH_STAGES, research_path_of
from tests.api.steps import done, items, kinds_of_tasks, party, refused

pytestmark = [pytest.mark.database, pytest.mark.oldest]

# What each side has to do once a stage is reached: the enterprise, the laboratory, the officials of science.
EXPECTED: dict[str, tuple[list[str], list[str], list[str]]] = {
    "capability_listed": ([], ["renew_capability"], []),
    "demand_drafted": (["complete_need"], ["renew_capability"], []),
    "demand_submitted": ([], ["renew_capability"], ["vet_need"]),
    "demand_open": (["choose_provider"], ["renew_capability"], []),
    "matched": (["choose_provider"], ["renew_capability"], []),
    "requested": (["choose_provider"], ["answer_introduction", "renew_capability"], []),
    "accepted": (["follow_talks"], ["propose_research", "renew_capability"], []),
    "proposal": (["follow_talks", "shortlist_proposal"], ["renew_capability"], []),
    "shortlisted": (["answer_offer", "follow_talks"], ["renew_capability"], []),
    "recorded": (
        ["acknowledge_agreement", "answer_offer", "follow_talks"],
        ["acknowledge_agreement", "renew_capability"],
        [],
    ),
    "half_signed": (["acknowledge_agreement", "answer_offer", "follow_talks"], ["renew_capability"], []),
    "signed": (["start_performance"], ["renew_capability", "start_performance"], []),
    "stated": (["confirm_fulfilment", "state_fulfilment"], ["renew_capability", "state_fulfilment"], []),
}


async def test_every_step_hands_on_its_task(city: City) -> None:
    path = await research_path_of(city)
    assert set(EXPECTED) == set(RESEARCH_STAGES)
    for stage, expected in EXPECTED.items():
        await path.reach(stage)
        found = [await kinds_of_tasks(one) for one in (path.owner, path.secretary, path.official)]
        assert found == list(expected), stage
        assert await kinds_of_tasks(city.clerk) == [], stage
    assert path.agreement["state"] == "signed"
    assert path.agreement["grade"] == "E1"
    assert (await path.demand_now())["state"] == "signed"
    confirmed = await city.mill.post(
        f"/v1/fulfilment-facts/{path.fact['id']}/confirm", seen=path.fact["version"]
    )
    assert done(confirmed)["counts_as"] == "confirmed"


async def test_a_run_tells_why_and_is_read_as_it_was(city: City) -> None:
    path = await (await research_path_of(city)).reach("matched")
    there = f"/v1/capability-match-runs/{path.run['id']}"
    best = path.run["candidates"][0]
    assert best["verdict"] == "eligible"
    assert best["components"]["relevance"] > 0
    assert all(reason["text"] and len(reason["plain"]) <= 30 for reason in best["reasons"])
    assert done(await city.mill.get(there)) == path.run
    assert [one["id"] for one in await items(city.mill, "/v1/capability-match-runs")] == [path.run["id"]]
    refused(await city.other_mill.get(there), 404, "not_found")
    refused(await path.secretary.get(there), 403, "not_permitted")


async def test_an_excluded_institution_is_not_there(city: City) -> None:
    path = await research_path_of(city)
    path.demand_changes = {"excluded_organization_ids": [str(path.secretary.actor.organization_id)]}
    await path.reach("matched")
    assert path.run["candidates"] == []


async def test_strangers_of_the_institution_know_nothing(city: City) -> None:
    path = await (await research_path_of(city)).reach("requested")
    stranger = await city.enrol(OrganizationKind.UNIVERSITY, Role.SECRETARY)
    apart = await city.beside(
        path.secretary, Role.SECRETARY, unit_id=await city.open_unit(path.secretary, below=False)
    )
    there = f"/v1/introductions/{path.introduction['id']}"
    for member in (stranger, apart, city.clerk):
        refused(await member.get(there), 404, "not_found")
        refused(await member.post(f"{there}/accept", seen=1), 404, "not_found")
    refused(await city.official.get(there), 403, "not_permitted")
    shown = done(await path.secretary.get(f"/v1/research-demands/{path.demand['id']}"))
    assert shown["contact"]["display_name"]


async def test_steps_of_financing_are_not_of_research(city: City) -> None:
    path = await (await research_path_of(city)).reach("accepted")
    there = f"/v1/introductions/{path.introduction['id']}"
    seen = path.introduction["version"]
    refused(await path.secretary.post(f"{there}/offer", seen=seen), 403, "not_permitted")
    refused(await city.mill.post(f"{there}/shortlist", seen=seen), 409, "transition_out_of_order")
    refused(await city.mill.post(f"{there}/begin-diligence", seen=seen), 409, "transition_out_of_order")


async def test_one_candidate_of_one_kind_is_picked_once(city: City) -> None:
    path = await (await research_path_of(city)).reach("requested")
    mine = path.introduction["capability_id"]
    candidate = next(one for one in path.run["candidates"] if one["capability_id"] == mine)
    pick = {"capability_candidate_id": candidate["id"]}
    refused(await city.mill.post("/v1/introductions", pick), 409, "introduced_already")
    refused(await city.other_mill.post("/v1/introductions", pick), 404, "not_found")
    both = pick | {"candidate_id": candidate["id"]}
    refused(await city.mill.post("/v1/introductions", both), 422, "one_candidate_wanted", "")
    refused(await city.mill.post("/v1/introductions", {}), 422, "one_candidate_wanted", "")


async def test_a_closed_capability_is_not_picked(city: City) -> None:
    path = await (await research_path_of(city)).reach("matched")
    await path.move("capabilities", path.capability, path.secretary, "suspend")
    pick = {"capability_candidate_id": path.run["candidates"][0]["id"]}
    refused(await city.mill.post("/v1/introductions", pick), 409, "offer_not_open")


@pytest.mark.gate("G8")
async def test_a_record_of_research_names_its_roles(city: City) -> None:
    path = await (await research_path_of(city)).reach("shortlisted")
    owner, lab = path.owner, path.secretary
    for nature, parties, code, pointer in (
        (
            "loan_contract",
            [party(owner, "borrower"), party(lab, "lender")],
            "nature_not_of_introduction",
            "/nature",
        ),
        (
            "technology_contract",
            [party(owner, "commissioner"), party(lab, "witness")],
            "required_role_missing",
            "/parties",
        ),
        (
            "technology_contract",
            [party(owner, "developer"), party(lab, "commissioner")],
            "role_not_of_party",
            "/parties/0/role",
        ),
        ("talent_base", [party(owner, "host"), party(lab, "developer")], "required_role_missing", "/parties"),
    ):
        draft = path.agreement_draft(nature=nature, parties=parties)
        refused(await lab.post("/v1/agreements", draft), 422, code, pointer)
    assert await items(owner, "/v1/agreements") == []
    base = path.agreement_draft(
        nature="talent_base", parties=[party(owner, "host"), party(lab, "training_partner")]
    )
    assert done(await lab.post("/v1/agreements", base), 201)["nature"] == "talent_base"


async def test_a_withdrawn_demand_ends_its_talks(city: City) -> None:
    path = await (await research_path_of(city)).reach("recorded")
    demand = await path.demand_now()
    done(await city.mill.post(f"/v1/research-demands/{demand['id']}/withdraw", seen=demand["version"]))
    introduction = done(await path.secretary.get(f"/v1/introductions/{path.introduction['id']}"))
    assert introduction["state"] == "withdrawn"
    assert await kinds_of_tasks(city.mill) == []
    assert done(await city.mill.get(f"/v1/agreements/{path.agreement['id']}"))["state"] == "terminated"
