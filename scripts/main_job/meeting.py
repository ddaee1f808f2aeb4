"""How providers and the mill find each other beside the ranking: sealed interest, and a recommendation."""

from datetime import datetime
from hashlib import sha256

from matchmaking.lifecycles.working_time import CHINA
from matchmaking.messages import text
from schemas.recommendations import FEWEST_PROVIDERS
from schemas.vocabulary import TaskKind
from scripts.main_job import card_tables
from scripts.main_job.caller import Json
from scripts.main_job.journey import OFFICIAL, OWNER, RECOMMENDING_OFFICIAL, Branch, Journey
from scripts.main_job.tables import doubled

DECLINED_FOR = "quota"


def express_interest(journey: Journey) -> None:
    """Several branches come within a window; the mill learns that it collects, and nothing more."""
    owner, narrator = journey.who(OWNER), journey.narrator
    coming = journey.branches[:-1]
    for branch in coming:
        interest = {"card_id": journey.card["card_id"], "adoption_id": _offer(branch)}
        journey.who(branch.login).make("/v1/interests", interest)
    journey.coming = coming
    sealed = owner.get(_interests(journey))
    narrator.say("main_job.sealed", opens=_minute(datetime.fromisoformat(sealed["opens_at"])))
    narrator.check(sealed["sealed"] and not sealed["windows"], "main_job.check.sealed")
    narrator.check(not _asked_to_consider(journey), "main_job.check.no_task_yet")


def recommend(journey: Journey) -> None:
    """By an official who has not vetted the need: whoever opened it is refused."""
    owner, narrator = journey.who(OWNER), journey.narrator
    draft = {
        "need_id": journey.need["id"],
        "offers": [_offer(branch) for branch in journey.branches[1:]],
        "reason": "suitable_terms",
        "has_interest": False,
    }
    refusal = journey.who(OFFICIAL).make("/v1/recommendations", draft, wanted=403)
    narrator.check(refusal["code"] == "vetter_may_not_recommend", "main_job.check.vetter_refused")
    journey.who(RECOMMENDING_OFFICIAL).make("/v1/recommendations", draft)
    made = owner.get(f"/v1/recommendations?need_id={journey.need['id']}")["items"][0]
    english = owner.get(f"/v1/recommendations/{made['id']}", language="en")
    offers = [one["offer"] for one in made["offers"]]
    narrator.show(card_tables.offers_table(offers))
    reasons = [text("main_job.reason", "zh", reason=made["reason_text"])]
    reasons.append(text("main_job.reason", "en", reason=english["reason_text"]))
    narrator.show(doubled(*reasons))
    providers = {offer["provider_organization_id"] for offer in offers}
    narrator.check(len(providers) >= FEWEST_PROVIDERS, "main_job.check.at_least_three")
    narrator.check(_published_order(journey, offers), "main_job.check.published_order")
    journey.recommended = made["offers"]


def open_window(journey: Journey) -> None:
    """A working day later: a task, all names at once, and the mill picks."""
    before = journey.now
    journey.clock.return_to_present()
    owner, narrator = journey.who(OWNER), journey.narrator
    narrator.say("main_job.next_day", before=_minute(before), now=_minute(journey.now))
    narrator.check(_asked_to_consider(journey), "main_job.check.interest_task")
    (window,) = owner.get(_interests(journey))["windows"]
    offers = [one["offer"] for one in window["interests"]]
    best = journey.branches_with_clerks()[0]
    narrator.show(card_tables.offers_table(offers, picked=_offer(best)))
    came = {offer["adoption_id"] for offer in offers}
    narrator.check(came == {_offer(branch) for branch in journey.coming}, "main_job.check.all_at_once")
    narrator.check(_published_order(journey, offers), "main_job.check.published_order")
    interest = next(one for one in window["interests"] if one["offer"]["adoption_id"] == _offer(best))
    journey.introduction = owner.make("/v1/introductions", {"interest_id": interest["id"]})
    journey.picked, journey.clerk = best.candidate, best.login
    narrator.check(not _asked_to_consider(journey), "main_job.check.interest_answered")


def decline_recommended(journey: Journey) -> None:
    """The mill also asks one that was recommended, which declines: by a code, seen by the two sides alone."""
    owner, narrator = journey.who(OWNER), journey.narrator
    other = journey.branches_with_clerks()[-1]
    named = next(one for one in journey.recommended if one["offer"]["adoption_id"] == _offer(other))
    asked = owner.make("/v1/introductions", {"recommendation_offer_id": named["id"]})
    path = f"/v1/introductions/{asked['id']}"
    journey.who(other.login).change(f"{path}/decline", asked, {"code": DECLINED_FOR})
    declined, english = owner.get(path), owner.get(path, language="en")
    narrator.show(card_tables.declined(other.bank, declined["decline_code"]))
    told = (declined["route"], declined["state"], english["decline_code"])
    narrator.check(told == ("recommendation", "declined", DECLINED_FOR), "main_job.check.declined")
    third = journey.who(journey.clerk).get(path, wanted=404)
    narrator.check(third["code"] == "not_found", "main_job.check.decline_kept")


def _interests(journey: Journey) -> str:
    return f"/v1/financing-needs/{journey.need['id']}/interests"


def _offer(branch: Branch) -> str:
    offer: str = branch.candidate["adoption_id"]
    return offer


def _asked_to_consider(journey: Journey) -> bool:
    tasks = journey.who(OWNER).items("/v1/tasks")
    wanted = (TaskKind.CONSIDER_INTEREST, journey.need["id"])
    return any((task["kind"], task["subject_id"]) == wanted for task in tasks)


def _published_order(journey: Journey, offers: list[Json]) -> bool:
    """SHA-256 of `need_id:offer_id`, which anybody can recompute: who came first plays no part."""
    need_id = journey.need["id"]
    hashes = [sha256(f"{need_id}:{offer['adoption_id']}".encode()).hexdigest() for offer in offers]
    return len(hashes) > 1 and hashes == sorted(hashes)


def _minute(instant: datetime) -> str:
    return f"{instant.astimezone(CHINA):%Y-%m-%d %H:%M}"
