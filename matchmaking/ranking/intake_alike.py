"""Which texts say the same, exactly or nearly: Jaccard's measure over words and pairs of characters.

Two texts are the same when they differ in nothing but case, width, spaces and punctuation. They are close
when at least half of what the two say together stands in both: between repeats of real demands, at 1, and
different ones, below a quarter, nothing was seen. Time grows with the length and the number of the texts.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from matchmaking.ranking.words import is_chinese, runs_of, terms_of
from schemas.vocabulary import PurposeKind

FULL = 10_000
CLOSE_FROM = 5_000
# Amounts within a tenth of each other may be one need, entered twice.
CLOSE_AMOUNT_PERCENT = 10
# A few words, such as "buying yarn", stand in the needs of many enterprises.
TELLING_TERMS = 10


@dataclass(frozen=True, slots=True)
class Likeness:
    """Another text that says the same or nearly: `share_basis_points` is Jaccard's measure."""

    key: str
    share_basis_points: int
    same: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedNeed:
    """A financing need as others are compared with it; `own` is of the same enterprise. CNY fen."""

    key: str
    own: bool
    purpose: PurposeKind
    amount_fen: int
    needed_by: date
    summary: str = ""


def alike(text: str, others: Iterable[tuple[str, str]]) -> list[Likeness]:
    """Those of `others`, as (key, text), that are the same or close: the most alike first, then by key."""
    own, own_terms = _bare(text), _terms(text)
    if not own:
        return []
    found = [
        Likeness(key, share, same)
        for key, other in others
        for same, share in (_compared(own, own_terms, other),)
        if same or share >= CLOSE_FROM
    ]
    return _most_alike_first(found)


def alike_needs(need: StatedNeed, others: Iterable[StatedNeed]) -> list[Likeness]:
    """Own ones for the same purpose with a close amount and summary; of others, telling summaries alone."""
    own, own_terms = _bare(need.summary), _terms(need.summary)
    found = []
    for other in others:
        if other.purpose is not need.purpose or not (other.own or own_terms.total() >= TELLING_TERMS):
            continue
        same_text, share = _compared(own, own_terms, other.summary)
        if other.own and not _close_amounts(need, other):
            continue
        same = same_text and (other.amount_fen, other.needed_by) == (need.amount_fen, need.needed_by)
        if same or (own and share >= CLOSE_FROM):
            found.append(Likeness(other.key, share, same))
    return _most_alike_first(found)


def _close_amounts(need: StatedNeed, other: StatedNeed) -> bool:
    apart = abs(need.amount_fen - other.amount_fen)
    return apart * 100 <= CLOSE_AMOUNT_PERCENT * max(need.amount_fen, other.amount_fen)


def _most_alike_first(found: list[Likeness]) -> list[Likeness]:
    return sorted(found, key=lambda one: (not one.same, -one.share_basis_points, one.key))


def _compared(own: str, own_terms: Mapping[str, int], other: str) -> tuple[bool, int]:
    if own == _bare(other):
        return True, FULL
    return False, jaccard_basis_points(own_terms, _terms(other))


def jaccard_basis_points(one: Mapping[str, int], other: Mapping[str, int]) -> int:
    """Common terms by all terms of both, each as often as it is said; nothing shares nothing."""
    shorter, longer = sorted((one, other), key=len)
    common = sum(min(count, longer[term]) for term, count in shorter.items() if term in longer)
    united = sum(one.values()) + sum(other.values()) - common
    return common * FULL // united if united else 0


def _terms(text: str) -> Counter[str]:
    """Words and pairs of characters: a single character stands in too many texts to tell them apart."""
    return Counter(
        term
        for run in runs_of(text)
        for term in terms_of(run)
        if len(term) > 1 or not is_chinese(term) or len(run) == 1
    )


def _bare(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in plain if character.isalnum())
