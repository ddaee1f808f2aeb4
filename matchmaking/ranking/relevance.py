"""What of a demand a capability says: each of its texts for itself, the best whole, all in one number.

Every number is a whole number beside those it came from, so that everybody can recompute it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isqrt

from matchmaking.ranking.research_request import CapabilityCandidate, DemandFacts
from matchmaking.ranking.text import (
    FULL,
    QueryPhrases,
    Share,
    TextCollection,
    Texts,
)
from matchmaking.ranking.words import says_anything
from schemas.vocabulary import CapabilityText

MOST_TEXTS = 8
MOST_PHRASES = 3
TITLE_PERCENT = 50

# What a share counts by where it stands: a title names the thing, equipment and numbers only hint at it.
TEXT_PERCENT: Mapping[CapabilityText, int] = {
    CapabilityText.TITLE: 100,
    CapabilityText.DESCRIPTION: 50,
    CapabilityText.FIELDS: 50,
    CapabilityText.PAST_WORK: 50,
    CapabilityText.EQUIPMENT: 25,
    CapabilityText.INTELLECTUAL_PROPERTY: 25,
}
_TEXT_ORDER = {text: place for place, text in enumerate(CapabilityText)}


@dataclass(frozen=True, slots=True)
class TextMatch:
    """A text that says something of the demand. `phrases` are said by both, the rarest first."""

    text: CapabilityText
    place: int
    share_basis_points: int
    weight_percent: int
    phrases: tuple[str, ...] = ()

    @property
    def weighed(self) -> int:
        return self.share_basis_points * self.weight_percent // 100


@dataclass(frozen=True, slots=True)
class Relevance:
    """`value_hundredths` from 0 to 10,000; None when the demand says nothing that could be compared."""

    value_hundredths: int | None
    matches: tuple[TextMatch, ...]


def texts_of(candidate: CapabilityCandidate) -> Texts:
    titles = (candidate.title_zh, candidate.title_en) if candidate.title_en else (candidate.title_zh,)
    return {
        CapabilityText.TITLE: titles,
        CapabilityText.DESCRIPTION: (candidate.description,) if candidate.description else (),
        CapabilityText.FIELDS: candidate.fields,
        CapabilityText.EQUIPMENT: candidate.equipment,
        CapabilityText.PAST_WORK: candidate.past_work,
        CapabilityText.INTELLECTUAL_PROPERTY: candidate.intellectual_property,
    }


def whole_text(demand: DemandFacts) -> str:
    return "\n".join((demand.title, demand.problem, demand.public_abstract, *demand.indicators))


class CapabilityTexts:
    """The texts of all capabilities at hand, read once, and then compared with any number of demands."""

    def __init__(self, candidates: Sequence[CapabilityCandidate]) -> None:
        self._texts = [texts_of(candidate) for candidate in candidates]
        self._collection = TextCollection(self._texts)

    def to_demand(self, demand: DemandFacts) -> list[Relevance]:
        """For each candidate. Half for what it says of the title alone, half for the demand as a whole.

        A title is short, so that each of its words counts several times a word of the problem.
        """
        whole = whole_text(demand)
        return self._to(((demand.title, TITLE_PERCENT), (whole, 100 - TITLE_PERCENT)), whole)

    def to_abstract(self, public_abstract: str) -> list[Relevance]:
        """For each candidate, from what strangers may read of a demand and nothing else."""
        return self._to(((public_abstract, 100),), public_abstract)

    def _to(self, queries: Sequence[tuple[str, int]], phrased: str) -> list[Relevance]:
        """Queries with their weights in percent; phrases are looked for in `phrased`."""
        if not says_anything(phrased):
            return [Relevance(None, ()) for _ in self._texts]
        asked = QueryPhrases(phrased)
        return [
            _fused(asked, own, shares, self._collection)
            for own, shares in zip(self._texts, self._collection.shares(queries), strict=True)
        ]


def fused_hundredths(weighed: Sequence[int]) -> int:
    """Best first, each text counts half of the one before; then the root, so that a quarter reads as 50."""
    total = sum(value >> place for place, value in enumerate(sorted(weighed, reverse=True)[:MOST_TEXTS]))
    return isqrt(min(FULL, total) * FULL)


def _fused(asked: QueryPhrases, own: Texts, shares: Sequence[Share], collection: TextCollection) -> Relevance:
    matches = [
        TextMatch(share.text, share.place, share.share_basis_points, TEXT_PERCENT[share.text])
        for share in shares
    ]
    matches.sort(key=lambda match: (-match.weighed, _TEXT_ORDER[match.text], match.place))
    best = tuple(matches[:MOST_TEXTS])
    value = fused_hundredths([match.weighed for match in best])
    if not best:
        return Relevance(value, ())
    first = best[0]
    phrases = asked.shared_with(own[first.text][first.place], collection, MOST_PHRASES)
    told = TextMatch(first.text, first.place, first.share_basis_points, first.weight_percent, phrases)
    return Relevance(value, (told, *best[1:]))
