"""How close one capability is to the public abstracts of demands, comparable from demand to demand.

What is usual, in words and in meaning, is taken from all open capabilities: a word that all of them say
weighs little, and closeness counts only above what is usual for the abstract.
"""

import asyncio
from collections.abc import Sequence

from matchmaking.db.session import ReadSession
from matchmaking.ranking.capability_catalogue import CapabilityCatalogue
from matchmaking.ranking.meaning import Floats, abstract_of, vectors_of
from matchmaking.ranking.relevance import CapabilityTexts, Relevance
from matchmaking.ranking.research_request import CapabilityCandidate, Similarities
from matchmaking.ranking.text_scores import Nearness, nearness
from matchmaking.services.demand_vectors import vectors_by_digest
from matchmaking.services.research_texts import capability_candidate, demand_facts
from matchmaking.tables.research import Capability, ResearchDemand


async def relevance_to_abstracts(
    system: ReadSession,
    catalogue: CapabilityCatalogue,
    capability: Capability,
    demands: Sequence[ResearchDemand],
) -> list[Relevance]:
    """One for each demand, from its abstract and nothing else; by words alone where a vector is missing."""
    texts = [abstract_of(demand_facts(demand)) for demand in demands]
    known = await vectors_by_digest(system, [demand.id for demand in demands], catalogue.model)
    vectors = vectors_of(texts, known, catalogue.texts.dimension)
    abstracts = [text.content for text in texts]
    return await asyncio.to_thread(_compared, catalogue, capability_candidate(capability), abstracts, vectors)


def _compared(
    catalogue: CapabilityCatalogue,
    candidate: CapabilityCandidate,
    abstracts: Sequence[str],
    vectors: Floats | None,
) -> list[Relevance]:
    near = None
    if vectors is not None and catalogue.texts.layout.held.any():
        near = nearness(catalogue.texts, vectors)
    found = []
    for place, abstract in enumerate(abstracts):
        statistics = catalogue.texts.statistics((abstract,))
        similarities = None
        if near is not None and vectors is not None and vectors[place].any():
            similarities = _to_one(catalogue, candidate.candidate_id, near, place)
        found += CapabilityTexts([candidate], statistics).to_abstract(abstract, similarities)
    return found


def _to_one(
    catalogue: CapabilityCatalogue, candidate_id: str, near: Nearness, place: int
) -> Similarities | None:
    """The numbers of one abstract among those that were compared together."""
    row = catalogue.texts.rows.get(candidate_id)
    if row is None:
        return None
    together = catalogue.similarities(near, [row])
    return Similarities(
        model=together.model,
        usual=(together.usual[place],),
        spread=(together.spread[place],),
        of_candidates={
            name: tuple(None if numbers is None else (numbers[place],) for numbers in passages)
            for name, passages in together.of_candidates.items()
        },
    )
