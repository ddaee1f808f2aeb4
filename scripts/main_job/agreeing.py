"""The second half of the main job: from the pick to a loan that both stand by and an official counts."""

from itertools import takewhile
from typing import Any

from matchmaking.messages import text
from scripts.main_job import tables
from scripts.main_job.asking import TENOR_MONTHS
from scripts.main_job.caller import Json
from scripts.main_job.figures import percent, yuan
from scripts.main_job.journey import OWNER, Journey
from scripts.main_job.researching import BUDGET_FEN
from scripts.main_job.tables import LANGUAGES, branch_of

DIGEST_SHOWN = 16
KEPT_ACTIONS = frozenset(
    {"financing_needs.submit", "match_runs.create", "introductions.create", "agreements.acknowledge"}
)


def introduce(journey: Journey) -> None:
    owner, clerk = journey.who(OWNER), journey.who(journey.clerk)
    _tell_pick(journey)
    introduction = journey.introduction
    journey.expect_task(clerk, introduction, "main_job.check.provider_task")
    for step in ("accept", "contact", "begin-diligence", "offer"):
        introduction = clerk.change(f"/v1/introductions/{introduction['id']}/{step}", introduction)
    journey.introduction = introduction
    journey.need = owner.get(f"/v1/financing-needs/{journey.need['id']}")
    states = (introduction["state"], journey.need["state"])
    journey.narrator.check(states == ("offered", "in_talks"), "main_job.check.offered")


def _tell_pick(journey: Journey) -> None:
    place: int = journey.picked["position"]
    told = [
        text("main_job.picked", language, place=place, product=one["product_name"], branch=branch_of(one))
        for language, one in zip(LANGUAGES, (journey.picked, journey.in_english[place - 1]), strict=True)
    ]
    journey.narrator.show(tables.doubled(*told))


def agree(journey: Journey) -> None:
    owner, clerk, narrator = journey.who(OWNER), journey.who(journey.clerk), journey.narrator
    recorded = clerk.make("/v1/agreements", _draft(journey))
    path = f"/v1/agreements/{recorded['id']}"
    terms = recorded["terms"]
    rate = terms["rate_basis_points"]
    narrator.say(
        "main_job.agreed_text",
        digest=recorded["text_sha256"][:DIGEST_SHOWN],
        yuan=yuan(terms["amount_fen"]),
        rate="?" if rate is None else percent(rate),
    )
    signature = {"text_sha256": recorded["text_sha256"]}
    half = clerk.change(f"{path}/acknowledge", recorded, signature)
    narrator.check(half["state"] == "awaiting_signatures", "main_job.check.half_signed")
    journey.expect_task(owner, recorded, "main_job.check.owner_task")
    read = owner.get(path)
    journey.agreement = owner.change(f"{path}/acknowledge", read, signature | {"outcome_consent": True})
    reached = (journey.agreement["state"], journey.agreement["grade"])
    narrator.check(reached == ("signed", "E1"), "main_job.check.signed")


def _draft(journey: Journey) -> dict[str, Any]:
    need, picked = journey.need, journey.picked
    rate = picked["rate_basis_points"]
    terms = {
        "title": "流动资金借款合同（演示）",
        "amount_fen": min(need["amount_fen"], picked["cap_fen"]),
        "tenor_months": TENOR_MONTHS,
        "signed_on": journey.today.isoformat(),
        "contract_number_masked": "DEMO-****-0001",
    }
    return {
        "introduction_id": journey.introduction["id"],
        "nature": "loan_contract",
        "parties": [
            {"organization_id": need["organization_id"], "role": "borrower"},
            {"organization_id": picked["provider_organization_id"], "role": "lender"},
        ],
        "terms": terms if rate is None else terms | {"rate_basis_points": rate},
    }


def pay_out(journey: Journey) -> None:
    owner, clerk, narrator = journey.who(OWNER), journey.who(journey.clerk), journey.narrator
    agreement = journey.agreement
    statement = {
        "kind": "disbursement",
        "happened_on": journey.today.isoformat(),
        "amount_fen": agreement["terms"]["amount_fen"],
    }
    fact = clerk.make(f"/v1/agreements/{agreement['id']}/fulfilment-facts", statement)
    narrator.check(fact["counts_as"] == "bank_stated", "main_job.check.bank_stated")
    fact = owner.change(f"/v1/fulfilment-facts/{fact['id']}/confirm", fact)
    narrator.check(fact["counts_as"] == "confirmed", "main_job.check.confirmed")
    journey.need = owner.get(f"/v1/financing-needs/{journey.need['id']}")
    narrator.check(journey.need["state"] == "signed", "main_job.check.need_signed")


def count_after(journey: Journey) -> None:
    narrator, before, after = journey.narrator, journey.before, journey.figures()
    narrator.show(tables.figures_table(before, after))
    amount = journey.agreement["terms"]["amount_fen"]
    signed = _grown(before, after, "needs_signed", "count", "of")
    narrator.check(signed == [1, 1], "main_job.check.signed_count")
    drawn = _grown(before, after, "needs_drawn", "count", "amount_fen")
    narrator.check(drawn == [1, amount], "main_job.check.drawn_count", yuan=yuan(amount))
    asked = _grown(before, after, "demands_opened", "count", "of")
    contracts = _grown(before, after, "agreements.technology_contract", "count", "amount_fen")
    reached = _grown(before, after, "fulfilment.milestone_delivered.confirmed", "count")
    researched = [*asked, *contracts, *reached]
    narrator.check(researched == [1, 1, 1, BUDGET_FEN, 1], "main_job.check.researched", yuan=yuan(BUDGET_FEN))
    made = _entries_made(journey)
    narrator.say("main_job.journal", count=len(made))
    narrator.show(tables.journal_table(list(reversed(made[:3]))))
    actions = {entry["action"] for entry in made}
    narrator.check(actions >= KEPT_ACTIONS, "main_job.check.journal")


def _grown(before: tables.Figures, after: tables.Figures, code: str, *names: str) -> list[int]:
    """By how much a figure has grown; what nobody had stated before was none."""
    return [(after[code][name] or 0) - (before.get(code, {}).get(name) or 0) for name in names]


def _entries_made(journey: Journey) -> list[Json]:
    """The mill's journal since before the run, newest first."""
    entries = journey.who(OWNER).get("/v1/journal-entries?limit=100")["items"]
    return list(takewhile(lambda entry: entry["id"] != journey.known_entry, entries))
