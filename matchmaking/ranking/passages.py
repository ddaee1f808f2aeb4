"""What of a capability is read as one passage, and what a demand asks with; alike for words and vectors.

What a laboratory says of itself is one passage, since a name alone tells too little; each past work, each
piece of equipment and each patent is another, since many texts that each say a little are not one that says
it all.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from matchmaking.ranking.research_request import CapabilityCandidate, DemandFacts
from matchmaking.ranking.words import term_counts
from schemas.vocabulary import CapabilityText

# Word for word a title counts several times: it names the thing.
TITLE_TIMES = 4
# Equipment and patents only hint at what can be done with them.
WEIGHT_PERCENT: Mapping[CapabilityText, int] = {
    CapabilityText.TITLE: 100,
    CapabilityText.PAST_WORK: 100,
    CapabilityText.EQUIPMENT: 50,
    CapabilityText.INTELLECTUAL_PROPERTY: 50,
}


@dataclass(frozen=True, slots=True)
class Passage:
    """`text` and `place` name it: the passage of name, description and fields goes by the title.

    `parts` are its texts with where each stands.
    """

    text: CapabilityText
    place: int
    parts: tuple[tuple[CapabilityText, str], ...]

    @property
    def whole(self) -> str:
        """What an encoder is given."""
        return "\n".join(text for _, text in self.parts)

    def counts(self) -> Mapping[str, int]:
        counts: Counter[str] = Counter()
        for kind, text in self.parts:
            times = TITLE_TIMES if kind is CapabilityText.TITLE else 1
            for term, count in term_counts(text).items():
                counts[term] += times * count
        return counts


def passages_of(candidate: CapabilityCandidate) -> tuple[Passage, ...]:
    """In a fixed order: about itself, past work, equipment, patents; empty texts make no passage."""
    each = {
        CapabilityText.PAST_WORK: candidate.past_work,
        CapabilityText.EQUIPMENT: candidate.equipment,
        CapabilityText.INTELLECTUAL_PROPERTY: candidate.intellectual_property,
    }
    single = (
        Passage(kind, place, ((kind, text),))
        for kind, texts in each.items()
        for place, text in enumerate(texts)
        if text
    )
    about = _about(candidate)
    return (*((Passage(CapabilityText.TITLE, 0, about),) if about else ()), *single)


def _about(candidate: CapabilityCandidate) -> tuple[tuple[CapabilityText, str], ...]:
    texts = (
        (CapabilityText.TITLE, candidate.title_zh),
        (CapabilityText.TITLE, candidate.title_en or ""),
        (CapabilityText.DESCRIPTION, candidate.description),
        *((CapabilityText.FIELDS, name) for name in candidate.fields),
    )
    return tuple((kind, text) for kind, text in texts if text)


def whole_text(demand: DemandFacts) -> str:
    return "\n".join((demand.title, demand.problem, demand.public_abstract, *demand.indicators))


def queries_of(demand: DemandFacts) -> tuple[str, ...]:
    """The title for itself and the demand as a whole, each of which counts half.

    A title is short, so that each of its words counts several times a word of the problem.
    """
    return tuple(dict.fromkeys((demand.title.strip(), whole_text(demand).strip())))
