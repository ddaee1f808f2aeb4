"""Facts of fulfilment: stated and answered by whom the right-to-state table says, corrected by new ones."""

from datetime import timedelta
from typing import Any

import pytest

from city import City, Member, today
from schemas.vocabulary import FulfilmentKind, OrganizationKind, Role
from tests.api.steps import Path, done, fact_draft, items, party, path_of, refused

pytestmark = pytest.mark.database

# The table "Who may state which fact" for a loan contract, by hand: everything else is nobody's to state.
STATED_BY_BANK = {"credit_granted", "loan_contract", "disbursement", "balance_in_use"}
STATED_BY_ENTERPRISE = {"offer_not_taken"}
STATED_BY_EITHER = {"framework_amount"}
CONFIRMED = {"credit_granted", "loan_contract", "disbursement", "framework_amount"}
UNCONFIRMED = {
    "credit_granted": "bank_stated",
    "loan_contract": "bank_stated",
    "disbursement": "bank_stated",
    "balance_in_use": "information",
    "offer_not_taken": "enterprise_stated",
    "framework_amount": "announced",
}
IMPOSSIBLE: tuple[tuple[dict[str, Any], str, str], ...] = (
    (
        {"happened_on": (today() + timedelta(days=1)).isoformat()},
        "/happened_on",
        "fact_from_the_future",
    ),
    ({"amount_fen": None}, "/amount_fen", "amount_missing"),
    ({"amount_fen": 0}, "/amount_fen", "number_too_small"),
    ({"kind": "rumour"}, "/kind", "not_among"),
    ({"corrects_id": "019600aa-0000-7000-8000-000000000001"}, "/corrects_id", "correction_of_nothing"),
)


async def _state(path: Path, member: Member, **changes: Any) -> Any:
    there = f"/v1/agreements/{path.agreement['id']}/fulfilment-facts"
    return await member.post(there, fact_draft(**changes))


async def _answer(member: Member, fact: dict[str, Any], action: str) -> Any:
    return await member.post(f"/v1/fulfilment-facts/{fact['id']}/{action}", seen=fact["version"])


async def test_strangers_and_readers_state_nothing(city: City) -> None:
    path = await path_of(city).reach("signed")
    branch = await city.open_unit(city.clerk, below=False)
    elsewhere = await city.beside(city.clerk, Role.CLERK, unit_id=branch)
    for stranger in (city.other_clerk, city.other_mill, elsewhere):
        refused(await _state(path, stranger), 404, "not_found")
    observer = await city.beside(city.mill, Role.OBSERVER)
    helper = await city.beside(city.mill, Role.HELPER)
    for member in (city.product_manager, city.official, city.observer, observer, helper):
        refused(await _state(path, member), 403, "not_permitted")
    assert await items(city.mill, f"/v1/agreements/{path.agreement['id']}/fulfilment-facts") == []


async def test_each_fact_is_stated_by_the_side_that_may(city: City) -> None:
    path = await path_of(city).reach("signed")
    accountant = await city.beside(city.mill, Role.ACCOUNTANT)
    for kind in FulfilmentKind:
        for member, own in ((city.clerk, STATED_BY_BANK), (accountant, STATED_BY_ENTERPRISE)):
            answer = await _state(path, member, kind=kind.value)
            if kind.value in own | STATED_BY_EITHER:
                assert done(answer, 201)["counts_as"] == UNCONFIRMED[kind.value], kind
            else:
                refused(answer, 403, "fact_not_yours_to_state")


async def test_a_guarantor_states_and_answers_nothing(city: City) -> None:
    guarantor = await city.enrol(OrganizationKind.GUARANTOR, Role.CLERK)
    path = await path_of(city, guarantor=guarantor).reach("stated")
    refused(await _state(path, guarantor), 403, "not_permitted")
    refused(await _answer(guarantor, path.fact, "confirm"), 403, "not_permitted")


async def test_a_bank_states_loan_facts_under_outcome_consent_only(city: City) -> None:
    path = await path_of(city).reach("half_signed")
    await path.sign(city.mill)
    assert path.agreement["state"] == "signed"
    for kind in sorted(STATED_BY_BANK):
        refused(await _state(path, city.clerk, kind=kind), 403, "outcome_consent_missing")
    done(await _state(path, city.mill, kind="offer_not_taken"), 201)


async def test_nothing_is_fulfilled_before_it_is_signed(city: City) -> None:
    path = path_of(city)
    for stage in ("recorded", "half_signed"):
        await path.reach(stage)
        refused(await _state(path, city.mill, kind="offer_not_taken"), 409, "agreement_not_signed")


async def test_nothing_is_fulfilled_after_the_end(city: City) -> None:
    path = await path_of(city).reach("stated")
    there = f"/v1/agreements/{path.agreement['id']}"
    seen = done(await city.mill.get(there))["version"]
    done(await city.mill.post(f"{there}/terminate", {"reason": "解除"}, seen=seen))
    refused(await _state(path, city.clerk), 409, "agreement_not_signed")


async def test_bad_facts_name_their_field(city: City) -> None:
    path = await path_of(city).reach("signed")
    for changes, pointer, code in IMPOSSIBLE:
        refused(await _state(path, city.clerk, **changes), 422, code, pointer)
    assert await items(city.mill, f"/v1/agreements/{path.agreement['id']}/fulfilment-facts") == []


async def test_only_the_other_side_answers_and_silence_confirms_nothing(city: City) -> None:
    path = await path_of(city).reach("stated")
    for action in ("confirm", "dispute"):
        refused(await _answer(city.clerk, path.fact, action), 403, "fact_not_yours_to_answer")
        refused(await _answer(city.product_manager, path.fact, action), 403, "not_permitted")
        refused(await _answer(city.official, path.fact, action), 403, "not_permitted")
        for stranger in (city.other_mill, city.other_clerk):
            refused(await _answer(stranger, path.fact, action), 404, "not_found")
    shown = done(await city.mill.get(f"/v1/fulfilment-facts/{path.fact['id']}"))
    assert (shown["state"], shown["counts_as"]) == ("stated", "bank_stated")


async def test_each_fact_is_confirmed_where_the_table_has_somebody_for_it(city: City) -> None:
    path = await path_of(city).reach("signed")
    for kind in sorted(STATED_BY_BANK | STATED_BY_EITHER):
        fact = done(await _state(path, city.clerk, kind=kind), 201)
        answer = await _answer(city.mill, fact, "confirm")
        if kind in CONFIRMED:
            assert done(answer)["counts_as"] == "confirmed"
            refused(await _answer(city.mill, done(answer), "confirm"), 409, "transition_out_of_order")
        else:
            refused(answer, 403, "fact_not_yours_to_answer")
    fact = done(await _state(path, city.mill, kind="offer_not_taken"), 201)
    refused(await _answer(city.clerk, fact, "confirm"), 403, "fact_not_yours_to_answer")


async def test_a_dispute_stands_until_it_is_confirmed_or_corrected(city: City) -> None:
    path = await path_of(city).reach("stated")
    disputed = done(await _answer(city.mill, path.fact, "dispute"))
    assert (disputed["state"], disputed["counts_as"]) == ("disputed", "disputed")
    refused(await _answer(city.mill, disputed, "dispute"), 409, "transition_out_of_order")
    assert done(await _answer(city.mill, disputed, "confirm"))["counts_as"] == "confirmed"


async def test_a_correction_is_a_new_fact_that_names_the_old_one(city: City) -> None:
    path = await path_of(city).reach("confirmed")
    chain = [path.fact]
    for amount in (299_000_000, 298_000_000):
        correction = await _state(path, city.clerk, amount_fen=amount, corrects_id=chain[-1]["id"])
        chain.append(done(correction, 201))
    shown = await items(city.mill, f"/v1/agreements/{path.agreement['id']}/fulfilment-facts")
    told = {fact["id"]: (fact["state"], fact["amount_fen"]) for fact in shown}
    assert [told[fact["id"]] for fact in chain] == [
        ("corrected", 300_000_000),
        ("corrected", 299_000_000),
        ("stated", 298_000_000),
    ]
    for corrected in chain[:-1]:
        answer = await _state(path, city.clerk, amount_fen=1, corrects_id=corrected["id"])
        refused(answer, 409, "corrected_already")
        seen = done(await city.mill.get(f"/v1/fulfilment-facts/{corrected['id']}"))
        refused(await _answer(city.mill, seen, "confirm"), 409, "transition_out_of_order")


async def test_a_correction_is_of_the_same_side_kind_and_agreement(city: City) -> None:
    path = await path_of(city).reach("stated")
    other = await path_of(city).reach("stated")
    announced = done(await _state(path, city.mill, kind="framework_amount"), 201)
    wrong = (
        {"kind": "credit_granted", "corrects_id": path.fact["id"]},
        {"corrects_id": other.fact["id"]},
        {"kind": "framework_amount", "corrects_id": announced["id"]},
    )
    for changes in wrong:
        answer = await _state(path, city.clerk, **changes)
        refused(answer, 422, "correction_of_nothing", "/corrects_id")
    for fact in (path.fact, other.fact):
        assert done(await city.mill.get(f"/v1/fulfilment-facts/{fact['id']}"))["state"] == "stated"


async def test_a_fellow_bank_does_not_confirm(city: City) -> None:
    path = await path_of(city).reach("offered")
    parties = [
        party(city.mill, "borrower"),
        party(city.clerk, "lead_bank"),
        party(city.other_clerk, "participating_bank"),
    ]
    draft = path.agreement_draft(parties=parties)
    path.agreement = done(await city.clerk.post("/v1/agreements", draft), 201)
    for member in (city.clerk, city.other_clerk, city.mill):
        await path.sign(member, outcome_consent=True)
    assert path.agreement["state"] == "signed"
    fact = done(await _state(path, city.clerk), 201)
    refused(await _answer(city.other_clerk, fact, "confirm"), 403, "fact_not_yours_to_answer")
    assert done(await _answer(city.mill, fact, "confirm"))["counts_as"] == "confirmed"
