"""What strangers see of a need: the mill reads its card first, then a branch gets it, with one answer."""

import json
from datetime import timedelta

from matchmaking.services.consented_facts import groups_read
from schemas.eligibility import EligibilityRules
from schemas.vocabulary import ProviderFit
from scripts.main_job import card_tables
from scripts.main_job.caller import Json
from scripts.main_job.journey import OWNER, Branch, Journey
from scripts.main_job.narrator import CheckFailed

CARDS_SHOWN = 4
CONSENT_LASTS = timedelta(days=90)


def preview_card(journey: Journey) -> None:
    """While the need is a draft: what strangers will read, before any of them can."""
    owner, narrator = journey.who(OWNER), journey.narrator
    own = owner.get(f"/v1/financing-needs/{journey.need['id']}/card")
    journey.card = own["card"] or {}
    narrator.check(journey.card, "main_job.check.card_made")
    narrator.show(card_tables.cards_table(journey.places(), [journey.card]))
    narrator.say("main_job.card_hides")
    narrator.check(own["fixed"] is False and journey.need["state"] == "draft", "main_job.check.card_before")


def show_cards(journey: Journey) -> None:
    """The branch asks which cards fit its product: without facts, with those the mill shares, and without."""
    branch, groups = _judging_facts(journey)
    owner, clerk, narrator = journey.who(OWNER), journey.who(branch.login), journey.narrator
    _revoke_all(journey, branch)
    journey.card |= owner.get(f"/v1/financing-needs/{journey.need['id']}/card")["card"]
    asked = f"/v1/need-cards?adoption_id={branch.candidate['adoption_id']}"
    cards = clerk.items(asked)
    ours = _ours(journey, cards)
    chosen = _worth_showing(cards, ours)
    narrator.show(card_tables.cards_table(journey.places(), chosen, ours["card_id"]))
    narrator.say("main_job.cards_shown", shown=len(chosen), all=len(cards))
    narrator.check(not _leads_to_the_mill(journey, cards), "main_job.check.card_anonymous")
    narrator.check(ours["fit"] == ProviderFit.FACTS_NOT_SHARED, "main_job.check.nothing_shared")
    owner.make("/v1/consents", _consent(journey, branch, groups))
    narrator.show(card_tables.shared(branch.bank, groups))
    again = _ours(journey, clerk.items(asked))
    narrator.show(card_tables.cards_table(journey.places(), [again], ours["card_id"]))
    narrator.check(again["fit"] == ProviderFit.FITS, "main_job.check.fits_by_consent")
    told = [one for one in owner.items("/v1/disclosures") if one["need_id"] == journey.need["id"]]
    disclosed = [(one["counterparty_organization_id"], one["field_groups"]) for one in told]
    narrator.check(disclosed == [(branch.organization_id, groups)], "main_job.check.disclosed")
    _revoke_all(journey, branch)
    revoked = _ours(journey, clerk.items(asked))
    narrator.check(revoked["fit"] == ProviderFit.FACTS_NOT_SHARED, "main_job.check.revoked")


def _judging_facts(journey: Journey) -> tuple[Branch, list[str]]:
    """The first branch whose published rules read something of an enterprise, and the groups they read.

    The mill reads the product, so that rules which the bank keeps to itself are not among them.
    """
    for branch in journey.branches_with_clerks():
        product = journey.who(OWNER).get(f"/v1/credit-products/{branch.candidate['product_id']}")
        groups = groups_read(EligibilityRules.model_validate(product["terms"]["rules"]))
        if groups:
            return branch, sorted(groups)
    raise CheckFailed("main_job.no_candidate")


def _revoke_all(journey: Journey, branch: Branch) -> None:
    """Also what an earlier run that was stopped left in force."""
    owner = journey.who(OWNER)
    for consent in owner.items("/v1/consents"):
        if consent["in_force"] and consent["counterparty_organization_id"] == branch.organization_id:
            owner.change(f"/v1/consents/{consent['id']}/revoke", consent)


def _consent(journey: Journey, branch: Branch, groups: list[str]) -> Json:
    """What the bank's rules read, for this one bank, for three months."""
    return {
        "counterparty_organization_id": branch.organization_id,
        "field_groups": groups,
        "purpose": "matching",
        "expires_on": (journey.today + CONSENT_LASTS).isoformat(),
    }


def _ours(journey: Journey, cards: list[Json]) -> Json:
    """The mill's card among those shown, with the same on it as the mill was shown before."""
    for card in cards:
        if all(card[part] == journey.card[part] for part in ("card_id", "purpose", "amount", "enterprise")):
            return card
    raise CheckFailed("main_job.check.card_as_shown")


def _worth_showing(cards: list[Json], ours: Json) -> list[Json]:
    """Ours, and one of each answer as far as there is one."""
    others = [card for card in cards if card is not ours]
    of_each = [next((card for card in others if card["fit"] == fit), None) for fit in ProviderFit]
    firsts = [card for card in of_each if card is not None]
    rest = [card for card in others if card not in firsts]
    return [ours, *firsts, *rest][:CARDS_SHOWN]


def _leads_to_the_mill(journey: Journey, cards: list[Json]) -> bool:
    """Whether anything in the answer is the mill's alone: its ids, its names, whom to call."""
    owner = journey.who(OWNER)
    me, need = owner.get("/v1/me"), journey.need
    mill = owner.get(f"/v1/organizations/{need['organization_id']}")
    names = (mill["name_zh"], mill["name_en"], mill["credit_code"], me["display_name"])
    answered = json.dumps(cards, ensure_ascii=False)
    return any(one in answered for one in (need["id"], mill["id"], me["person_id"], *names) if one)
