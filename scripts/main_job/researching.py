"""The other half of the main job: a research demand, laboratories that fit, a contract and a milestone."""

import time
from datetime import timedelta
from typing import Any

from schemas.vocabulary import RelevanceBasis, Role, Verdict
from scripts.demo.data import demo_city
from scripts.demo.loading import unit_id
from scripts.main_job import tables
from scripts.main_job.asking import counts_of
from scripts.main_job.figures import yuan
from scripts.main_job.journey import OWNER, SCIENCE_OFFICIAL, Journey
from scripts.main_job.narrator import CheckFailed

BUDGET_FEN = 80_000_000
NEEDED_WITHIN = timedelta(days=240)
MOST_MATCHES = 6
SECONDS_BETWEEN = 1.0


def post_demand(journey: Journey) -> None:
    owner, official = journey.who(OWNER), journey.who(SCIENCE_OFFICIAL)
    made = owner.make("/v1/research-demands", _draft(journey))
    journey.narrator.show(tables.demand_table(made))
    path = f"/v1/research-demands/{made['id']}"
    submitted = owner.change(f"{path}/submit", made)
    journey.expect_task(official, submitted, "main_job.check.science_task")
    opened = official.change(f"{path}/open", submitted)
    journey.narrator.check(opened["state"] == "open", "main_job.check.demand_open")
    journey.demand = opened


def match_capabilities(journey: Journey) -> None:
    owner, narrator = journey.who(OWNER), journey.narrator
    run = _match_by_meaning(journey)
    path = f"/v1/capability-match-runs/{run['id']}"
    again, english = owner.get(path), owner.get(path, language="en")
    chosen = tables.worth_showing(run["candidates"])
    narrator.show(tables.capabilities_table(run["candidates"], english["candidates"], chosen))
    narrator.say("main_job.shown", shown=len(chosen), **counts_of(run))
    narrator.show(tables.capability_reasons(run["candidates"], english["candidates"], chosen))
    narrator.check(again["candidates"] == run["candidates"], "main_job.check.reread")
    staffed = _laboratories()
    fitting = [one for one in run["candidates"] if one["verdict"] == Verdict.ELIGIBLE]
    journey.laboratory = next((one for one in fitting if one["unit_id"] in staffed), {})
    if not journey.laboratory:
        raise CheckFailed("main_job.no_candidate")
    journey.secretary = staffed[journey.laboratory["unit_id"]]


def _match_by_meaning(journey: Journey) -> dict[str, Any]:
    """The demand's vectors are made in the background: match again until they are there, for a while."""
    wanted, run = {"demand_id": journey.demand["id"]}, {}
    for _ in range(MOST_MATCHES):
        run = journey.who(OWNER).make("/v1/capability-match-runs", wanted)
        if run["relevance_basis"] == RelevanceBasis.WORDS_AND_MEANING:
            break
        journey.narrator.say("main_job.by_words_alone")
        time.sleep(SECONDS_BETWEEN)
    return run


def propose(journey: Journey) -> None:
    owner, secretary = journey.who(OWNER), journey.who(journey.secretary)
    pick = {"capability_candidate_id": journey.laboratory["id"]}
    introduction = owner.make("/v1/introductions", pick)
    path = f"/v1/introductions/{introduction['id']}"
    journey.expect_task(secretary, introduction, "main_job.check.laboratory_task")
    introduction = secretary.change(f"{path}/accept", introduction)
    introduction = secretary.change(f"{path}/propose", introduction)
    journey.introduction = owner.change(f"{path}/shortlist", introduction)
    journey.narrator.check(journey.introduction["state"] == "shortlisted", "main_job.check.shortlisted")


def contract(journey: Journey) -> None:
    owner, secretary, narrator = journey.who(OWNER), journey.who(journey.secretary), journey.narrator
    recorded = secretary.make("/v1/agreements", _contract(journey))
    path = f"/v1/agreements/{recorded['id']}"
    signature = {"text_sha256": recorded["text_sha256"]}
    secretary.change(f"{path}/acknowledge", recorded, signature)
    signed = owner.change(f"{path}/acknowledge", owner.get(path), signature)
    narrator.say("main_job.contract_signed", yuan=yuan(BUDGET_FEN))
    narrator.check((signed["state"], signed["grade"]) == ("signed", "E1"), "main_job.check.signed")
    milestone = {"kind": "milestone_delivered", "happened_on": journey.today.isoformat()}
    fact = secretary.make(f"{path}/fulfilment-facts", milestone)
    narrator.check(fact["counts_as"] == "one_sided", "main_job.check.one_sided")
    fact = owner.change(f"/v1/fulfilment-facts/{fact['id']}/confirm", fact)
    narrator.check(fact["counts_as"] == "confirmed", "main_job.check.confirmed")


def _draft(journey: Journey) -> dict[str, Any]:
    return {
        "title": "高密织物无卤阻燃整理工艺",
        "problem": "高密涤棉家纺面料需要耐五十次洗涤的无卤阻燃整理工艺，手感不能明显变硬（演示）。",
        "public_abstract": "寻求高密家纺面料的耐洗无卤阻燃整理工艺。",
        "chain": "home_textiles",
        "readiness_now": 3,
        "readiness_wanted": 6,
        "indicators": [{"name": "极限氧指数", "baseline": "20", "goal": "28"}],
        "smallest_budget_fen": BUDGET_FEN // 2,
        "largest_budget_fen": BUDGET_FEN,
        "needed_by": (journey.today + NEEDED_WITHIN).isoformat(),
        "modes": ["commissioned_development", "joint_development"],
        "intellectual_property_wish": "shared",
        "contact_person_id": journey.who(OWNER).get("/v1/me")["person_id"],
    }


def _contract(journey: Journey) -> dict[str, Any]:
    return {
        "introduction_id": journey.introduction["id"],
        "nature": "technology_contract",
        "parties": [
            {"organization_id": journey.demand["organization_id"], "role": "commissioner"},
            {"organization_id": journey.laboratory["provider_organization_id"], "role": "developer"},
        ],
        "terms": {
            "title": "无卤阻燃整理技术开发合同（演示）",
            "amount_fen": BUDGET_FEN,
            "signed_on": journey.today.isoformat(),
        },
    }


def _laboratories() -> dict[str, str]:
    """Logins of the demo's secretaries, by the unit they answer for."""
    return {
        str(unit_id(person.unit)): login
        for login, (_, person) in demo_city().people().items()
        if person.role is Role.SECRETARY
    }
