"""Tasks: after every step exactly the expected people have exactly the expected task."""

from typing import Any

import pytest

from city import City, Member
from schemas.vocabulary import LineOfDuty, OrganizationKind, Role
from tests.api.steps import (
    STAGES,
    Path,
    done,
    fact_draft,
    items,
    kinds_of_tasks,
    list_product,
    path_of,
    refused,
)

pytestmark = pytest.mark.database

# What each side has to do once a stage is reached: the enterprise, the bank's unit, the officials.
EXPECTED: dict[str, tuple[list[str], list[str], list[str]]] = {
    "product_listed": ([], [], []),
    "need_drafted": (["complete_need"], [], []),
    "need_submitted": ([], [], ["vet_need"]),
    "need_open": (["choose_provider"], [], []),
    "matched": (["choose_provider"], [], []),
    "requested": (["choose_provider"], ["answer_introduction"], []),
    "accepted": (["follow_talks"], ["contact_enterprise"], []),
    "contacted": (["follow_talks", "supply_documents"], [], []),
    "in_diligence": (["follow_talks"], ["decide_application"], []),
    "offered": (["answer_offer", "follow_talks"], [], []),
    "recorded": (
        ["acknowledge_agreement", "answer_offer", "follow_talks"],
        ["acknowledge_agreement"],
        [],
    ),
    "half_signed": (["acknowledge_agreement", "answer_offer", "follow_talks"], [], []),
    "signed": ([], ["start_performance"], []),
    "stated": (
        ["confirm_fulfilment"],
        ["state_fulfilment"],
        [],
    ),
    "confirmed": ([], ["state_fulfilment"], []),
}


async def _tasks_of(*members: Member) -> list[list[str]]:
    return [await kinds_of_tasks(member) for member in members]


async def test_every_step_hands_on_exactly_one_task(city: City) -> None:
    elsewhere = await city.beside(
        city.clerk, Role.CLERK, unit_id=await city.open_unit(city.clerk, below=False)
    )
    path = path_of(city)
    assert set(EXPECTED) == set(STAGES)
    for stage, (enterprise, bank, officials) in EXPECTED.items():
        await path.reach(stage)
        found = await _tasks_of(city.mill, city.clerk, city.official)
        assert found == [enterprise, bank, officials], stage
        assert await _tasks_of(city.other_mill, city.other_clerk) == [[], []], stage
        assert await kinds_of_tasks(elsewhere) == [], stage
        # Who lists products may sign as well, and is not bothered with the talks.
        managing = set(await kinds_of_tasks(city.product_manager)) - {"acknowledge_agreement"}
        assert managing == {"renew_product"}, stage


async def test_each_task_leads_to_something_that_its_owner_can_open(city: City) -> None:
    path = path_of(city)
    for stage in STAGES:
        await path.reach(stage)
        for member in (city.mill, city.clerk, city.official):
            for task in await items(member, "/v1/tasks"):
                assert (await member.get(task["path"])).status_code == 200, (stage, task)
                assert task["sentence"]


async def test_products_go_from_bank_to_official_and_back(city: City) -> None:
    manager, official = city.product_manager, city.official
    path = await path_of(city).reach("product_listed")
    there = f"/v1/credit-products/{path.product['id']}"
    assert await _tasks_of(manager, official) == [["renew_product"], []]
    product = done(await manager.post(f"{there}/suspend", seen=path.product["version"]))
    assert await _tasks_of(manager, official) == [["resume_product"], []]
    done(await manager.post(f"{there}/withdraw", seen=product["version"]))
    assert await _tasks_of(manager, official) == [[], []]


async def test_a_returned_product_and_a_returned_need_come_back_as_tasks(city: City) -> None:
    path = await path_of(city).reach("need_submitted")
    body = {"defects": ["请写明用途"]}
    there = f"/v1/financing-needs/{path.need['id']}"
    need = done(await city.official.post(f"{there}/return", body, seen=path.need["version"]))
    assert await _tasks_of(city.mill, city.official) == [["mend_need"], []]
    done(await city.mill.post(f"{there}/submit", seen=need["version"]))
    assert await _tasks_of(city.mill, city.official) == [[], ["vet_need"]]


async def test_a_withdrawn_need_leaves_nobody_a_task(city: City) -> None:
    path = await path_of(city).reach("offered")
    second = await _introduce_other_bank(city, path)
    await path.reach("recorded")
    assert "answer_introduction" in await kinds_of_tasks(city.other_clerk)
    need = await path.need_now()
    done(await city.mill.post(f"/v1/financing-needs/{need['id']}/withdraw", seen=need["version"]))
    assert await _tasks_of(city.mill, city.clerk, city.official) == [[], [], []]
    assert await kinds_of_tasks(city.other_clerk) == []
    for clerk, introduction in ((city.clerk, path.introduction), (city.other_clerk, second)):
        there = f"/v1/introductions/{introduction['id']}"
        assert done(await clerk.get(there))["state"] == "withdrawn"
    there = f"/v1/agreements/{path.agreement['id']}"
    assert done(await city.mill.get(there))["state"] == "terminated"


@pytest.mark.parametrize(
    ("who", "action", "body"),
    [
        ("clerk", "decline", {"code": "quota"}),
        ("mill", "withdraw", None),
        ("mill", "not-take", {"reason": "cost"}),
    ],
)
async def test_talks_that_end_leave_the_need_looking_on(city: City, who: str, action: str, body: Any) -> None:
    path = await path_of(city).reach("half_signed")
    path.introduction = done(await city.mill.get(f"/v1/introductions/{path.introduction['id']}"))
    await path.step(getattr(city, who), action, body)
    assert await _tasks_of(city.mill, city.clerk) == [["choose_provider"], []]
    assert (await path.need_now())["state"] == "open"
    there = f"/v1/agreements/{path.agreement['id']}"
    agreement = done(await city.mill.get(there))
    assert agreement["state"] == "terminated"
    signature = {"text_sha256": agreement["text_sha256"]}
    late = await city.mill.post(f"{there}/acknowledge", signature, seen=agreement["version"])
    refused(late, 409, "transition_out_of_order")


async def test_a_disputed_fact_is_the_stating_sides_task_until_it_is_settled(city: City) -> None:
    path = await path_of(city).reach("stated")
    there = f"/v1/fulfilment-facts/{path.fact['id']}"
    fact = done(await city.mill.post(f"{there}/dispute", seen=path.fact["version"]))
    assert "settle_dispute" in await kinds_of_tasks(city.clerk)
    assert "confirm_fulfilment" not in await kinds_of_tasks(city.mill)
    done(await city.mill.post(f"{there}/confirm", seen=fact["version"]))
    assert "settle_dispute" not in await kinds_of_tasks(city.clerk)


async def test_a_correction_takes_the_tasks_of_what_it_corrects(city: City) -> None:
    path = await path_of(city).reach("stated")
    body = fact_draft(amount_fen=1, corrects_id=path.fact["id"])
    there = f"/v1/agreements/{path.agreement['id']}/fulfilment-facts"
    correction = done(await city.clerk.post(there, body), 201)
    waiting = [
        task for task in await items(city.mill, "/v1/tasks") if task["subject_type"] == "fulfilment_fact"
    ]
    assert [task["subject_id"] for task in waiting] == [correction["id"]]


async def test_officials_elsewhere_and_of_other_duties_have_no_tasks_here(city: City) -> None:
    await path_of(city).reach("need_submitted")
    government = OrganizationKind.GOVERNMENT
    other_district = await city.enrol(government, Role.OFFICIAL, area="320612")
    other_city = await city.enrol(government, Role.OFFICIAL, area="320500")
    education = await city.enrol(government, Role.OFFICIAL, line_of_duty=LineOfDuty.EDUCATION)
    same_district = await city.enrol(government, Role.OFFICIAL, area="320602")
    assert await _tasks_of(other_district, other_city, education) == [[], [], []]
    assert await _tasks_of(city.official, same_district) == [["vet_need"], ["vet_need"]]


async def test_a_guarantor_signs_and_is_then_left_in_peace(city: City) -> None:
    guarantor = await city.enrol(OrganizationKind.GUARANTOR, Role.CLERK)
    path = await path_of(city, guarantor=guarantor).reach("recorded")
    people = (city.mill, city.clerk, guarantor)
    for signer in people:
        assert [kinds.count("acknowledge_agreement") for kinds in await _tasks_of(*people)] == [
            int(member in people[people.index(signer) :]) for member in people
        ]
        await path.sign(signer)
    assert await kinds_of_tasks(guarantor) == []
    assert await _tasks_of(city.clerk) == [["start_performance"]]


async def _introduce_other_bank(city: City, path: Path) -> dict[str, Any]:
    """The same need, also put before the other bank."""
    manager = await city.beside(city.other_clerk, Role.PRODUCT_MANAGER)
    product = await list_product(manager, city.official)
    run = done(await city.mill.post("/v1/match-runs", {"need_id": path.need["id"]}), 201)
    candidate = next(one for one in run["candidates"] if one["product_id"] == product["id"])
    return done(await city.mill.post("/v1/introductions", {"candidate_id": candidate["id"]}), 201)
