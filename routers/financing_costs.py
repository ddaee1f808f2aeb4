"""The list of what the loans of a match run cost, as a shape and as a table to print."""

from uuid import UUID

from fastapi import APIRouter, Response

from matchmaking.services import financing_costs
from routers.dependencies import CurrentActor, InLanguage, KeyedRoute, Reads
from routers.documentation import problems
from schemas.financing_costs import FinancingCostList

router = APIRouter(prefix="/v1/match-runs", tags=["match runs"], route_class=KeyedRoute)


@router.get("/{run_id}/financing-costs", responses=problems(403, 404))
async def read_financing_costs(
    run_id: UUID, session: Reads, actor: CurrentActor, language: InLanguage
) -> FinancingCostList:
    """The banks' list of all-in costs (企业贷款综合融资成本清单), for each candidate that is shown."""
    return await financing_costs.read_costs(session, actor, run_id, language)


@router.get(
    "/{run_id}/financing-costs.csv",
    response_class=Response,
    responses=problems(403, 404) | {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def print_financing_costs(
    run_id: UUID, session: Reads, actor: CurrentActor, language: InLanguage
) -> Response:
    """The same as a table to print, in UTF-8 with a mark."""
    costs = await financing_costs.read_costs(session, actor, run_id, language)
    return Response(financing_costs.printable(costs, language), media_type="text/csv; charset=utf-8")
