from datetime import timedelta

import pytest
from sqlalchemy import select

from city import City, Member
from matchmaking.clock import ShiftedClock
from matchmaking.services.interest_tasks import follow_windows
from matchmaking.tables.followup import Task
from schemas.vocabulary import Role
from tests.api.interest_steps import another_bank, carded, carded_demand, express
from tests.api.steps import Thing, done, items, kinds_of_tasks

pytestmark = pytest.mark.database
KIND = "consider_interest"


async def _later(city: City, clock: ShiftedClock, *members: Member) -> None:
    """Four days on, so past any working day that began before; sign-ins outlast it, tokens do not."""
    clock.advance(timedelta(days=4))
    for member in members or (city.mill, city.clerk):
        member.token = city.gate.issuer.issue(member.actor).token


async def _asked(member: Member) -> list[Thing]:
    return [task for task in await items(member, "/v1/tasks") if task["kind"] == KIND]


async def _kept(city: City) -> list[Task]:
    async with city.database.as_system() as system:
        return list((await system.execute(select(Task).where(Task.kind == KIND))).scalars())


async def test_while_a_window_collects_nobody_has_a_task_and_no_row_of_one_exists(
    city: City, clock: ShiftedClock
) -> None:
    path, card_id = await carded(city)
    await express(city.clerk, card_id, path.product)
    everybody = (city.mill, city.other_mill, city.clerk, city.other_clerk, city.official)
    for _ in range(2):
        assert [await _asked(member) for member in everybody] == [[], [], [], [], []]
        assert await _kept(city) == []
    async with city.database.as_system() as system:
        await follow_windows(system)
    assert await _kept(city) == []
    await _later(city, clock, *everybody)
    assert [len(await _asked(member)) for member in everybody] == [1, 0, 0, 0, 0]


async def test_an_opened_window_gives_its_enterprise_one_task_that_leads_to_it(
    city: City, clock: ShiftedClock
) -> None:
    path, card_id = await carded(city)
    await express(city.clerk, card_id, path.product)
    manager, product = await another_bank(city)
    await express(manager, card_id, product)
    await _later(city, clock)
    (task,) = await _asked(city.mill)
    assert await _asked(city.mill) == [task]
    assert task["path"] == f"/v1/financing-needs/{path.need['id']}/interests"
    (window,) = done(await city.mill.get(task["path"]))["windows"]
    assert len(window["interests"]) == 2
    observer = await city.beside(city.mill, Role.OBSERVER)
    assert await _asked(observer) == [], "who may pick nobody is not bothered"
    done(await city.mill.post("/v1/introductions", {"interest_id": window["interests"][0]["id"]}), 201)
    assert await _asked(city.mill) == []


async def test_the_clock_gives_the_same_tasks_as_looking_does(city: City, clock: ShiftedClock) -> None:
    path, card_id = await carded(city)
    await express(city.clerk, card_id, path.product)
    await _later(city, clock)
    for _ in range(2):
        async with city.database.as_system() as system:
            await follow_windows(system)
    (kept,) = await _kept(city)
    assert [task["id"] for task in await _asked(city.mill)] == [str(kept.id)]


async def test_each_window_has_a_task_of_its_own(city: City, clock: ShiftedClock) -> None:
    path, card_id = await carded(city)
    first = await express(city.clerk, card_id, path.product)
    await _later(city, clock, city.mill, city.official)
    (task,) = await _asked(city.mill)
    manager, product = await another_bank(city)
    await express(manager, card_id, product)
    assert await _asked(city.mill) == [task], "the second window is still sealed"
    await _later(city, clock, city.mill, manager)
    assert len(await _asked(city.mill)) == 2
    done(await city.mill.post("/v1/introductions", {"interest_id": first["id"]}), 201)
    (left,) = await _asked(city.mill)
    assert left["id"] != task["id"]


async def test_what_came_is_still_to_be_considered_while_others_are_talked_to(
    city: City, clock: ShiftedClock
) -> None:
    path, card_id = await carded(city)
    manager, product = await another_bank(city)
    await express(manager, card_id, product)
    await _later(city, clock, city.mill, city.clerk, city.official, city.product_manager)
    assert len(await _asked(city.mill)) == 1
    await path.reach("accepted")
    kinds = await kinds_of_tasks(city.mill)
    assert (kinds.count(KIND), kinds.count("follow_talks")) == (1, 1)
    need = await path.need_now()
    done(await city.mill.post(f"/v1/financing-needs/{need['id']}/withdraw", seen=need["version"]))
    assert await kinds_of_tasks(city.mill) == []


async def test_interest_that_is_withdrawn_takes_its_task_along(city: City, clock: ShiftedClock) -> None:
    path, card_id = await carded(city)
    made = await express(city.clerk, card_id, path.product)
    await _later(city, clock)
    assert len(await _asked(city.mill)) == 1
    done(await city.clerk.post(f"/v1/interests/{made['id']}/withdraw", seen=made["version"]))
    assert await _asked(city.mill) == []
    assert [task.done_at is not None for task in await _kept(city)] == [True]


async def test_a_demand_gives_the_same_task(city: City, clock: ShiftedClock) -> None:
    path, card_id = await carded_demand(city)
    interest = {"card_id": card_id, "capability_id": path.capability["id"]}
    done(await path.secretary.post("/v1/interests", interest), 201)
    assert await _asked(city.mill) == []
    await _later(city, clock, city.mill)
    (task,) = await _asked(city.mill)
    assert task["path"] == f"/v1/research-demands/{path.demand['id']}/interests"
    assert done(await city.mill.get(task["path"]))["windows"]


@pytest.mark.gate("G2")
async def test_a_provider_in_talks_cannot_read_of_others_that_came_even_behind_the_door(
    city: City, clock: ShiftedClock
) -> None:
    path, card_id = await carded(city)
    await path.reach("accepted")
    manager, product = await another_bank(city)
    await express(manager, card_id, product)
    await _later(city, clock)
    assert len(await _asked(city.mill)) == 1
    wanted = select(Task).where(Task.subject_id == path.need["id"])
    async with city.database.reading(city.clerk.actor.entrance) as session:
        seen = [task.kind.value for task in (await session.execute(wanted)).scalars()]
    assert "follow_talks" in seen, "the wall shows the clerk the tasks of the need"
    assert KIND not in seen
