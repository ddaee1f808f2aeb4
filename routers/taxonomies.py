"""The lists that codes of other listings come from."""

from fastapi import APIRouter

from matchmaking.services import taxonomies
from matchmaking.services.listings import PageRequest
from routers.dependencies import CurrentActor, KeyedRoute, Reads
from routers.documentation import answers, problems
from routers.paging import Paged
from schemas.paging import Page
from schemas.taxonomies import TaxonomyEntryRead, TaxonomyScheme

router = APIRouter(prefix="/v1", tags=["taxonomies"], route_class=KeyedRoute)


@router.get("/taxonomies/{scheme}", responses=problems(403) | answers(200, "Link"))
async def list_taxonomy_entries(
    scheme: TaxonomyScheme, session: Reads, actor: CurrentActor, paging: Paged
) -> Page[TaxonomyEntryRead]:
    page = PageRequest(paging.limit, paging.after("taxonomies:position", {"scheme": scheme}))
    return paging.page(await taxonomies.list_entries(session, actor, scheme, page))
