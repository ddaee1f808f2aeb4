"""The first half of the main job: from what is known of the mill to a ranking, and what a stranger sees."""

from datetime import timedelta

from rich.text import Text

from schemas.vocabulary import FactName, Role, Verdict
from scripts.demo.data import demo_city
from scripts.demo.loading import unit_id
from scripts.main_job import tables
from scripts.main_job.caller import Json
from scripts.main_job.journey import OFFICIAL, OWNER, Journey
from scripts.main_job.narrator import CheckFailed
from scripts.speaking import both

AMOUNT_FEN = 300_000_000
TENOR_MONTHS = 12
NEEDED_WITHIN = timedelta(days=45)


def count_before(journey: Journey) -> None:
    journey.before = journey.figures()
    journey.narrator.show(tables.figures_table(journey.before))


def review_facts(journey: Journey) -> None:
    latest: dict[str, Json] = {}
    listed = journey.who(OWNER).items("/v1/enterprise-facts")
    for fact in sorted(listed, key=lambda one: (one["as_of"], one["id"])):
        latest[fact["name"]] = fact
    order = [name.value for name in FactName]
    shown = sorted(latest.values(), key=lambda fact: order.index(fact["name"]))
    journey.narrator.show(tables.facts_table(shown))
    journey.narrator.show(tables.not_known(latest))
    journey.narrator.check(latest, "main_job.check.facts")


def post_need(journey: Journey) -> None:
    owner = journey.who(OWNER)
    me = owner.get("/v1/me")
    draft = {
        "amount_fen": AMOUNT_FEN,
        "purpose": "working_capital",
        "needed_by": (journey.began.date() + NEEDED_WITHIN).isoformat(),
        "pledges": ["receivables", "intellectual_property"],
        "contact_person_id": me["person_id"],
        "tenor_months": TENOR_MONTHS,
        "summary": "采购秋冬面料用纱（演示）",
    }
    made = owner.make("/v1/financing-needs", draft)
    journey.narrator.show(tables.answers_table(made, me["display_name"]))
    journey.need = owner.change(f"/v1/financing-needs/{made['id']}/submit", made)
    journey.narrator.check(journey.need["state"] == "submitted", "main_job.check.need_submitted")


def open_need(journey: Journey) -> None:
    official = journey.who(OFFICIAL)
    journey.expect_task(official, journey.need, "main_job.check.vetting_task")
    path = f"/v1/financing-needs/{journey.need['id']}"
    journey.need = official.change(f"{path}/open", official.get(path))
    journey.narrator.check(journey.need["state"] == "open", "main_job.check.need_open")


def match(journey: Journey) -> None:
    owner, narrator = journey.who(OWNER), journey.narrator
    run = owner.make("/v1/match-runs", {"need_id": journey.need["id"]})
    path = f"/v1/match-runs/{run['id']}"
    again, english = owner.get(path), owner.get(path, language="en")
    journey.candidates, journey.in_english = run["candidates"], english["candidates"]
    chosen = tables.worth_showing(run["candidates"])
    narrator.show(tables.candidates_table(run["candidates"], english["candidates"], chosen))
    narrator.say("main_job.shown", shown=len(chosen), **counts_of(run))
    narrator.show(both("main_job.why"))
    narrator.show(tables.reasons_table(run["candidates"], english["candidates"], chosen))
    if run["most_decisive_unknown"]:
        first, same = run["most_decisive_unknown"][0], english["most_decisive_unknown"][0]
        narrator.show(both("main_job.decisive"))
        narrator.show(tables.doubled(f"   {first['text']}", f"   {same['text']}"))
    narrator.check(_in_order(run["candidates"]), "main_job.check.order")
    narrator.check(again["candidates"] == run["candidates"], "main_job.check.reread")


def counts_of(run: Json) -> dict[str, int]:
    counts: dict[str, int] = run["counts"]
    return {"all": sum(counts.values()), **counts}


def _in_order(candidates: list[Json]) -> bool:
    """By verdict and then by total; each with at least one reason."""
    verdicts = list(Verdict)
    keys = [(verdicts.index(Verdict(one["verdict"])), -one["total"]) for one in candidates]
    return bool(keys) and keys == sorted(keys) and all(one["reasons"] for one in candidates)


def ask_as_stranger(journey: Journey) -> None:
    """A clerk of another bank than that of the candidate the mill will pick."""
    clerks = _clerks()
    eligible = [one for one in journey.candidates if one["verdict"] == Verdict.ELIGIBLE]
    journey.picked = next((one for one in eligible if one["unit_id"] in clerks), {})
    if not journey.picked:
        raise CheckFailed("main_job.no_candidate")
    bank, journey.clerk = clerks[journey.picked["unit_id"]]
    stranger = next(login for other, login in clerks.values() if other != bank)
    path = f"/v1/financing-needs/{journey.need['id']}"
    refusal = journey.who(stranger).get(path, wanted=404)
    answer = both("main_job.seen_by_stranger")
    journey.narrator.show(Text.assemble(answer, f" {refusal['status']}: {refusal['detail']}"))
    journey.narrator.check(refusal["code"] == "not_found", "main_job.check.nothing_told")


def _clerks() -> dict[str, tuple[str, str]]:
    """Bank and login of the demo's clerks, by the unit they answer for."""
    return {
        str(unit_id(person.unit)): (organization.key, login)
        for login, (organization, person) in demo_city().people().items()
        if person.role is Role.CLERK
    }
