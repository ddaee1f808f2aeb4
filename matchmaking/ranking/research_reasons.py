"""What is said of a capability beside its constraints: what its texts share, chain, platform."""

from matchmaking.ranking.fusion import CLOSENESS_PER_SPREAD
from matchmaking.ranking.reasons import Reason, ReasonCode
from matchmaking.ranking.relevance import Relevance
from matchmaking.ranking.research_request import CapabilityCandidate, DemandFacts
from schemas.vocabulary import RelevanceBasis


def reasons_of_relevance(relevance: Relevance) -> tuple[Reason, ...]:
    """The text that says most of the demand, with what both say; and that words alone were read, if so."""
    alone = relevance.basis is RelevanceBasis.WORDS
    return (_of_texts(relevance), *((Reason(ReasonCode.TEXT_BY_WORDS_ALONE),) if alone else ()))


def _of_texts(relevance: Relevance) -> Reason:
    best = next(iter(relevance.matches), None)
    if best is not None and best.phrases:
        return Reason(ReasonCode.TEXT_RELEVANT, {"text": best.text.value, "phrases": best.phrases})
    if best is not None and (best.closeness_basis_points or 0) >= CLOSENESS_PER_SPREAD:
        return Reason(ReasonCode.TEXT_CLOSE, {"text": best.text.value})
    if best is not None and best.share_basis_points:
        return Reason(ReasonCode.TEXT_RELATED, {"text": best.text.value})
    return Reason(ReasonCode.TEXT_NOT_RELEVANT)


def remarks_of(demand: DemandFacts, candidate: CapabilityCandidate) -> tuple[Reason, ...]:
    """Chain, when the demand names one, and the level at which the platform is recognised."""
    return (*_chain(demand.chain, candidate), *_platform(candidate))


def _chain(chain: str | None, candidate: CapabilityCandidate) -> tuple[Reason, ...]:
    if chain is None:
        return ()
    if not candidate.chains:
        return (Reason(ReasonCode.CHAIN_NOT_PUBLISHED, {"chain": chain}),)
    code = ReasonCode.CHAIN_SHARED if chain in candidate.chains else ReasonCode.CHAIN_NOT_AMONG
    return (Reason(code, {"chain": chain}),)


def _platform(candidate: CapabilityCandidate) -> tuple[Reason, ...]:
    if candidate.platform_level is None:
        return ()
    return (Reason(ReasonCode.PLATFORM_RECOGNISED, {"platform": candidate.platform_level.value}),)
