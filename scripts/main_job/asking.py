"""The first half of the main job: from what is known of the mill to a ranking, and what a stranger sees."""

from datetime import timedelta

from rich.text import Text

from schemas.recommendations import FEWEST_PROVIDERS
from schemas.vocabulary import FactName, Role, Verdict
from scripts.demo.data import demo_city
from scripts.demo.loading import organization_id, unit_id
from scripts.main_job import tables
from scripts.main_job.caller import Json
from scripts.main_job.journey import OFFICIAL, OWNER, Branch, Journey
from scripts.main_job.narrator import CheckFailed
from scripts.speaking import both

AMOUNT_FEN = 300_000_000
TENOR_MONTHS = 12
NEEDED_WITHIN = timedelta(days=45)
# One that makes the offer, one that declines.
CLERKS_WANTED = 2


def count_before(journey: Journey) -> None:
    journey.before = journey.figures()
    journey.narrator.show(tables.figures_table(journey.before))
    newest = journey.who(OWNER).get("/v1/journal-entries?limit=1")["items"]
    journey.known_entry = newest[0]["id"] if newest else ""


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
        "needed_by": (journey.today + NEEDED_WITHIN).isoformat(),
        "pledges": ["receivables", "intellectual_property"],
        "contact_person_id": me["person_id"],
        "tenor_months": TENOR_MONTHS,
        "summary": "采购秋冬面料用纱（演示）",
    }
    journey.need = owner.make("/v1/financing-needs", draft)
    journey.narrator.show(tables.answers_table(journey.need, me["display_name"]))
    journey.narrator.check(journey.need["state"] == "draft", "main_job.check.need_drafted")


def open_need(journey: Journey) -> None:
    owner, official = journey.who(OWNER), journey.who(OFFICIAL)
    path = f"/v1/financing-needs/{journey.need['id']}"
    journey.need = owner.change(f"{path}/submit", journey.need)
    journey.narrator.check(journey.need["state"] == "submitted", "main_job.check.need_submitted")
    journey.expect_task(official, journey.need, "main_job.check.vetting_task")
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
    journey.branches = _branches(run["candidates"], english["candidates"])
    if len(journey.branches) <= FEWEST_PROVIDERS or len(journey.branches_with_clerks()) < CLERKS_WANTED:
        raise CheckFailed("main_job.no_candidate")
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
    """A clerk of a bank who was told the id asks for the need as such."""
    stranger = journey.branches_with_clerks()[-1].login
    path = f"/v1/financing-needs/{journey.need['id']}"
    refusal = journey.who(stranger).get(path, wanted=404)
    answer = both("main_job.seen_by_stranger")
    journey.narrator.show(Text.assemble(answer, f" {refusal['status']}: {refusal['detail']}"))
    journey.narrator.check(refusal["code"] == "not_found", "main_job.check.nothing_told")


def _branches(candidates: list[Json], in_english: list[Json]) -> list[Branch]:
    """Of each bank that is here the first eligible offer of a clerk of the demo, or else of its manager."""
    clerks, managers = _speakers()
    found: dict[str, Branch] = {}
    for one, other in zip(candidates, in_english, strict=True):
        bank = one["provider_organization_id"]
        login = clerks.get(one["unit_id"]) or managers.get(bank)
        branch = Branch(one, other, login or "", one["unit_id"] in clerks)
        better = bank not in found or (branch.has_clerk and not found[bank].has_clerk)
        if one["verdict"] == Verdict.ELIGIBLE and login is not None and better:
            found[bank] = branch
    return sorted(found.values(), key=lambda branch: int(branch.candidate["position"]))


def _speakers() -> tuple[dict[str, str], dict[str, str]]:
    """Logins of the demo's clerks by the unit they answer for, and of product managers by their bank."""
    clerks, managers = {}, {}
    for login, (organization, person) in demo_city().people().items():
        if person.role is Role.CLERK:
            clerks[str(unit_id(person.unit))] = login
        if person.role is Role.PRODUCT_MANAGER:
            managers[str(organization_id(organization.key))] = login
    return clerks, managers
