"""Made-up research requests: a plain one to vary by hand, and generated ones that sit on every edge."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies

from matchmaking.ranking import (
    CapabilityCandidate,
    DemandFacts,
    RankedCapability,
    ResearchRequest,
    Similarities,
    rank_capabilities,
)
from matchmaking.ranking.passages import passages_of, queries_of
from schemas.vocabulary import CapabilityKind, CooperationMode, PlatformLevel

TODAY = date(2025, 11, 20)
WAN = 1_000_000
CHAINS = ("ships", "textiles", "chips")
WORDS = ("船舶涂装", "焊接机器人", "锂电池", "耐辐照聚丙烯", "wind turbine blades", "新型技术", "。", "")


def demand(**changes: Any) -> DemandFacts:
    plain = DemandFacts(
        demand_id="demand-1",
        title="船舶分段涂装机器人",
        problem="分段涂装依赖人工，漆膜厚度不均。",
        readiness_wanted=6,
        largest_budget_fen=100 * WAN,
        modes=(CooperationMode.JOINT_DEVELOPMENT,),
    )
    return replace(plain, **changes)


def capability(candidate_id: str = "a", **changes: Any) -> CapabilityCandidate:
    plain = CapabilityCandidate(
        candidate_id=candidate_id,
        organization_id="university-1",
        unit_id="school-1",
        capability_version=1,
        kind=CapabilityKind.LAB,
        title_zh="船舶涂装实验室",
        description="研究涂装机器人与漆膜厚度在线检测。",
        fields=("船舶涂装", "机器人"),
        valid_until=TODAY + timedelta(days=100),
        modes=(CooperationMode.JOINT_DEVELOPMENT, CooperationMode.TECHNOLOGY_SERVICE),
        readiness_from=3,
        readiness_to=7,
        smallest_contract_fen=50 * WAN,
        largest_contract_fen=300 * WAN,
        free_projects=2,
        platform_level=PlatformLevel.MINISTRY_OR_PROVINCE,
    )
    return replace(plain, **changes)


def request(*candidates: CapabilityCandidate, **changes: Any) -> ResearchRequest:
    plain: dict[str, Any] = {
        "demand": demand(),
        "candidates": candidates or (capability(),),
        "reference_date": TODAY,
    }
    return ResearchRequest(**(plain | changes))


def ranked(candidate: CapabilityCandidate | None = None, **answers: Any) -> RankedCapability:
    """One capability for the plain demand with other answers."""
    return rank_capabilities(request(candidate or capability(), demand=demand(**answers))).candidates[0]


_amounts = strategies.sampled_from([None, 80 * WAN, 100 * WAN, 120 * WAN, 125 * WAN, 500 * WAN])
_levels = strategies.sampled_from([None, 4, 5, 6, 7, 8])
_modes = strategies.lists(strategies.sampled_from(list(CooperationMode)[:3]), max_size=2, unique=True).map(
    tuple
)
_texts = strategies.lists(strategies.sampled_from(WORDS), max_size=3).map(tuple)
_providers = strategies.sampled_from(["university-1", "university-2", "university-9"])
_units = strategies.sampled_from(["school-1", "school-9"])

demands = strategies.builds(
    DemandFacts,
    demand_id=strategies.sampled_from(["demand-1", "demand-2"]),
    title=strategies.sampled_from(WORDS),
    problem=_texts.map("，".join),
    public_abstract=strategies.sampled_from(WORDS),
    indicators=_texts,
    chain=strategies.sampled_from([None, *CHAINS]),
    readiness_wanted=_levels,
    smallest_budget_fen=_amounts,
    largest_budget_fen=_amounts,
    modes=_modes,
    excluded_organization_ids=strategies.sampled_from([(), ("university-9",)]),
    excluded_unit_ids=strategies.sampled_from([(), ("school-9",)]),
)
capabilities = strategies.builds(
    CapabilityCandidate,
    candidate_id=strategies.uuids().map(str),
    organization_id=_providers,
    unit_id=_units,
    capability_version=strategies.integers(1, 9),
    kind=strategies.sampled_from(list(CapabilityKind)),
    title_zh=strategies.sampled_from(WORDS[:-1]),
    title_en=strategies.sampled_from([None, "Ship painting robots"]),
    description=_texts.map("，".join),
    fields=_texts,
    chains=strategies.lists(strategies.sampled_from(CHAINS), max_size=2).map(tuple),
    equipment=_texts,
    past_work=_texts,
    intellectual_property=strategies.sampled_from([(), ("ZL202310000001.1",)]),
    modes=_modes,
    readiness_from=_levels,
    readiness_to=_levels,
    smallest_contract_fen=_amounts,
    largest_contract_fen=_amounts,
    free_projects=strategies.sampled_from([None, 0, 1, 2, 5]),
    platform_level=strategies.sampled_from([None, *PlatformLevel]),
    valid_until=strategies.sampled_from([TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=9)]),
)


@strategies.composite
def frozen_similarities(
    draw: strategies.DrawFn, asked: DemandFacts, candidates: tuple[CapabilityCandidate, ...]
) -> Similarities:
    """Numbers for most passages, none for some."""
    questions = len(queries_of(asked))
    each = strategies.tuples(*[strategies.integers(-10_000, 10_000)] * questions)
    rows = {
        one.candidate_id: tuple(draw(strategies.none() | each) for _ in passages_of(one))
        for one in candidates
    }
    usual = draw(strategies.tuples(*[strategies.integers(0, 9_000)] * questions))
    spread = draw(strategies.tuples(*[strategies.integers(0, 900)] * questions))
    return Similarities(model="made-up", usual=usual, spread=spread, of_candidates=rows)


@strategies.composite
def made_requests(draw: strategies.DrawFn) -> ResearchRequest:
    asked = draw(demands)
    found = strategies.lists(capabilities, max_size=6, unique_by=lambda one: one.candidate_id)
    candidates = tuple(draw(found))
    similarities = draw(strategies.none() | frozen_similarities(asked, candidates))
    return ResearchRequest(
        demand=asked, candidates=candidates, reference_date=TODAY, similarities=similarities
    )


requests = made_requests()
