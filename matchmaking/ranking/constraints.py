"""Constraints between a need and a product at a branch: amount, tenor, purpose, guarantee, place, validity.

They decide together with the published rules. Amount and tenor are the enterprise's to change, so that
missing them within tolerance is forgivable; the others are not. A term that the bank does not publish is
named and decides nothing. What concerns providers the enterprise excluded is decided before anything else,
in `financing`.
"""

from datetime import date

from matchmaking.ranking.eligibility import covers
from matchmaking.ranking.facts import FactsAtDate
from matchmaking.ranking.reasons import Missing, Outcome, Parameter, Reason, ReasonCode
from matchmaking.ranking.request import Candidate, NeedFacts
from matchmaking.ranking.terms import ReckonedTerms
from schemas.vocabulary import FactName, RemedyCode, RuleStatus

TOLERANCE_BASIS_POINTS = 2_000


def constrain(
    need: NeedFacts,
    candidate: Candidate,
    facts: FactsAtDate,
    terms: ReckonedTerms,
    reference_date: date,
) -> tuple[Outcome, ...]:
    """Outcomes in the order in which people ask. A tenor that the need leaves open constrains nothing."""
    outcomes = (
        _amount(need, candidate, terms),
        _largest_amount(candidate, terms),
        _tenor(need, candidate),
        _purpose(need, candidate),
        _guarantee(candidate, terms),
        _territory(candidate, facts),
        _validity(candidate, reference_date),
        _words(candidate),
    )
    return tuple(outcome for outcome in outcomes if outcome is not None)


def _met(code: ReasonCode, **parameters: Parameter) -> Outcome:
    return Outcome(RuleStatus.MET, Reason(code, parameters))


def _unmet(code: ReasonCode, **parameters: Parameter) -> Outcome:
    return Outcome(RuleStatus.UNMET, Reason(code, parameters))


def _not_published(code: ReasonCode, **parameters: Parameter) -> Outcome:
    return Outcome(RuleStatus.NOT_PUBLISHED, Reason(code, parameters))


def _missed(reason: Reason, asked: int, bound: int, remedy: RemedyCode) -> Outcome:
    """An unmet bound that the enterprise can move its wish to; forgivable within tolerance of the bound."""
    forgivable = abs(asked - bound) * 10_000 <= bound * TOLERANCE_BASIS_POINTS
    return Outcome(RuleStatus.UNMET, reason, forgivable=forgivable, remedy=remedy)


def _amount(need: NeedFacts, candidate: Candidate, terms: ReckonedTerms) -> Outcome | None:
    smallest = candidate.smallest_amount_fen or 1
    if candidate.quota_left_fen is not None and candidate.quota_left_fen < smallest:
        return _unmet(ReasonCode.QUOTA_USED_UP)
    if terms.cap_fen is not None and terms.cap_fen < smallest:
        return _unmet(ReasonCode.CAP_BELOW_MINIMUM, cap_fen=terms.cap_fen, smallest_fen=smallest)
    if need.amount_fen < smallest:
        reason = Reason(
            ReasonCode.AMOUNT_BELOW_MINIMUM, {"amount_fen": need.amount_fen, "smallest_fen": smallest}
        )
        return _missed(reason, need.amount_fen, smallest, RemedyCode.ADJUST_AMOUNT)
    return _coverage(need, terms)


def _coverage(need: NeedFacts, terms: ReckonedTerms) -> Outcome | None:
    """None when nothing but the bank's silence keeps the cap from being known."""
    missing = tuple(dict.fromkeys(limit.missing for limit in terms.cap_limits if limit.missing is not None))
    if missing:
        return Outcome(RuleStatus.UNKNOWN, _cap_unknown(terms.cap_fen, missing[0]), to_supply=missing)
    if terms.cap_fen is None or terms.cap_is_upper_bound:
        return None
    full = terms.covered_fen == need.amount_fen
    return _met(
        ReasonCode.COVERED_IN_FULL if full else ReasonCode.COVERED_IN_PART,
        cap_fen=terms.cap_fen,
        amount_fen=need.amount_fen,
        share_basis_points=terms.covered_share_basis_points or 0,
    )


def _cap_unknown(cap_fen: int | None, missing: Missing) -> Reason:
    if cap_fen is None:
        return Reason(ReasonCode.CAP_TO_BE_RECKONED, {"missing": missing.value})
    return Reason(ReasonCode.CAP_UNKNOWN, {"cap_fen": cap_fen, "missing": missing.value})


def _largest_amount(candidate: Candidate, terms: ReckonedTerms) -> Outcome | None:
    if candidate.largest_amount_fen is not None:
        return None
    if terms.cap_fen is None:
        return _not_published(ReasonCode.AMOUNT_NOT_PUBLISHED)
    return _not_published(ReasonCode.AMOUNT_NOT_PUBLISHED_BOUNDED, cap_fen=terms.cap_fen)


def _tenor(need: NeedFacts, candidate: Candidate) -> Outcome | None:
    return _asked_tenor(need.tenor_months, candidate) or (
        _not_published(ReasonCode.TENOR_NOT_PUBLISHED) if candidate.longest_tenor_months is None else None
    )


def _asked_tenor(asked: int | None, candidate: Candidate) -> Outcome | None:
    longest, shortest = candidate.longest_tenor_months, candidate.shortest_tenor_months or 1
    if asked is None:
        return None
    if longest is not None and asked > longest:
        reason = Reason(ReasonCode.TENOR_TOO_LONG, {"tenor_months": asked, "longest_months": longest})
        return _missed(reason, asked, longest, RemedyCode.ADJUST_TENOR)
    if asked < shortest:
        reason = Reason(ReasonCode.TENOR_TOO_SHORT, {"tenor_months": asked, "shortest_months": shortest})
        return _missed(reason, asked, shortest, RemedyCode.ADJUST_TENOR)
    return None if longest is None else _met(ReasonCode.TENOR_FITS, tenor_months=asked)


def _purpose(need: NeedFacts, candidate: Candidate) -> Outcome:
    if not candidate.purposes:
        return _not_published(ReasonCode.PURPOSE_NOT_PUBLISHED)
    if need.purpose in candidate.purposes:
        return _met(ReasonCode.PURPOSE_SERVED, purpose=need.purpose.value)
    return _unmet(ReasonCode.PURPOSE_NOT_SERVED, purpose=need.purpose.value)


def _guarantee(candidate: Candidate, terms: ReckonedTerms) -> Outcome:
    if not candidate.guarantee_modes:
        return _not_published(ReasonCode.GUARANTEE_NOT_PUBLISHED)
    if terms.guarantee_mode is None:
        return _unmet(ReasonCode.GUARANTEE_NOT_AVAILABLE)
    return _met(ReasonCode.GUARANTEE_AVAILABLE, guarantee_mode=terms.guarantee_mode.value)


def _territory(candidate: Candidate, facts: FactsAtDate) -> Outcome:
    reading = facts.read(FactName.DISTRICT)
    if reading.value is None:
        return Outcome(RuleStatus.UNKNOWN, Reason(ReasonCode.TERRITORY_UNKNOWN), to_supply=reading.to_supply)
    district = str(reading.value)
    if any(covers(FactName.DISTRICT, listed, district) for listed in candidate.territory):
        return _met(ReasonCode.TERRITORY_SERVED, district=district)
    return _unmet(ReasonCode.TERRITORY_NOT_SERVED, district=district)


def _validity(candidate: Candidate, reference_date: date) -> Outcome:
    if candidate.valid_from is not None and reference_date < candidate.valid_from:
        return _unmet(ReasonCode.NOT_VALID_YET, valid_on=candidate.valid_from.isoformat())
    if candidate.valid_until is not None and reference_date > candidate.valid_until:
        return _unmet(ReasonCode.NOT_VALID_ANY_MORE, valid_on=candidate.valid_until.isoformat())
    return _met(ReasonCode.VALID_TODAY)


def _words(candidate: Candidate) -> Outcome | None:
    """What is published and not typed decides nothing by itself, and keeps the verdict open: ask the bank."""
    if not candidate.conditions_in_words:
        return None
    return Outcome(RuleStatus.UNKNOWN, Reason(ReasonCode.CONDITIONS_IN_WORDS))
