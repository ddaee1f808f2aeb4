"""What a provider learns of a card: fits, does not fit, or not shared; never a value, a gap or a score.

The wish is judged by what the card shows of it and by nothing finer, so that no offer can be moved about to
find an amount or a district behind a card. Rules are judged by the facts handed in: those consented to.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from matchmaking.ranking.anonymity import CardTraits, MoneyBand, city_of
from matchmaking.ranking.eligibility import covers, evaluate
from matchmaking.ranking.facts import FactsAtDate
from schemas.eligibility import EligibilityRules
from schemas.vocabulary import FactName, ProviderFit, PurposeKind, RuleStatus


@dataclass(frozen=True, slots=True)
class ShownWish:
    """A financing need as its card shows it."""

    purpose: PurposeKind
    band: MoneyBand
    traits: CardTraits


@dataclass(frozen=True, slots=True)
class PublishedOffer:
    """What a product as published, at one branch, asks of a wish. Empty purposes are not published."""

    purposes: Sequence[PurposeKind]
    smallest_amount_fen: int | None
    territory: Sequence[str]
    rules: EligibilityRules


def fit_of(offer: PublishedOffer, wish: ShownWish, facts: FactsAtDate) -> ProviderFit:
    """One answer for the whole: which condition it was that decided is not told."""
    if not _serves(offer, wish):
        return ProviderFit.DOES_NOT_FIT
    statuses = {outcome.status for outcome in evaluate(offer.rules, facts)}
    if RuleStatus.UNMET in statuses:
        return ProviderFit.DOES_NOT_FIT
    return ProviderFit.FACTS_NOT_SHARED if RuleStatus.UNKNOWN in statuses else ProviderFit.FITS


def _serves(offer: PublishedOffer, wish: ShownWish) -> bool:
    """False only where the card itself shows that the offer is for others."""
    if offer.purposes and wish.purpose not in offer.purposes:
        return False
    below = wish.band.below_fen
    if below is not None and below <= (offer.smallest_amount_fen or 0):
        return False
    return any(_reaches(listed, wish.traits) for listed in offer.territory)


def _reaches(listed: str, traits: CardTraits) -> bool:
    if traits.district is not None:
        return covers(FactName.DISTRICT, listed, traits.district)
    if traits.city is not None:
        return city_of(listed) == traits.city or covers(FactName.DISTRICT, listed, traits.city)
    return True
