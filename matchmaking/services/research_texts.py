"""What a ranking and an encoder read of the rows of capabilities and research demands."""

from matchmaking.ranking.meaning import Meant, abstract_of, meanings_of, questions_of
from matchmaking.ranking.research_request import CapabilityCandidate, DemandFacts
from matchmaking.tables.research import Capability, ResearchDemand
from schemas.vocabulary import CooperationMode

Listing = Capability | ResearchDemand


def texts_to_encode(listing: Listing) -> list[Meant]:
    """In the order in which their vectors are kept."""
    if isinstance(listing, ResearchDemand):
        demand = demand_facts(listing)
        return [*questions_of(demand), abstract_of(demand)]
    return [text for text in meanings_of(capability_candidate(listing)) if text is not None]


def demand_facts(demand: ResearchDemand) -> DemandFacts:
    """What a ranking reads of a demand; the confidential part is no part of it."""
    return DemandFacts(
        demand_id=str(demand.id),
        title=demand.title,
        problem=demand.problem,
        public_abstract=demand.public_abstract,
        indicators=tuple(f"{one['name']} {one['goal']}" for one in demand.indicators),
        chain=demand.chain,
        readiness_wanted=demand.readiness_wanted,
        smallest_budget_fen=demand.smallest_budget_fen,
        largest_budget_fen=demand.largest_budget_fen,
        modes=tuple(CooperationMode(mode) for mode in demand.modes),
        excluded_organization_ids=tuple(str(one) for one in demand.excluded_organization_ids),
    )


def capability_candidate(capability: Capability) -> CapabilityCandidate:
    return CapabilityCandidate(
        candidate_id=str(capability.id),
        organization_id=str(capability.organization_id),
        unit_id=str(capability.unit_id),
        capability_version=capability.version,
        kind=capability.kind,
        title_zh=capability.title_zh,
        title_en=capability.title_en,
        valid_until=capability.valid_until,
        description=capability.description,
        fields=tuple(capability.fields),
        chains=tuple(capability.chains),
        equipment=tuple(capability.equipment),
        past_work=tuple(capability.past_work),
        intellectual_property=tuple(
            " ".join((one["number"], *one["owners"])) for one in capability.intellectual_property
        ),
        modes=tuple(CooperationMode(mode) for mode in capability.modes),
        readiness_from=capability.readiness_from,
        readiness_to=capability.readiness_to,
        smallest_contract_fen=capability.smallest_contract_fen,
        largest_contract_fen=capability.largest_contract_fen,
        free_projects=capability.free_projects,
        platform_level=capability.platform_level,
    )
