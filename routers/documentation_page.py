"""`/docs` and `/openapi.json`. All the page needs is served from here: no inline script, no outside host."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, RedirectResponse, Response

from matchmaking.errors import NotFound
from routers.strict_json import StrictRoute

OWN = Path(str(files("routers"))) / "static"
SWAGGER = Path(str(files("fastapi_swagger"))) / "resources"
ASSETS: Mapping[str, tuple[Path, str]] = {
    "swagger-ui-bundle.js": (SWAGGER / "swagger-ui-bundle.js", "text/javascript"),
    "swagger-ui.css": (SWAGGER / "swagger-ui.css", "text/css"),
    "favicon-32x32.png": (SWAGGER / "favicon-32x32.png", "image/png"),
    "documentation.js": (OWN / "documentation.js", "text/javascript"),
    "pages.css": (OWN / "pages.css", "text/css"),
}
# Swagger UI draws with data: images; styles that its script sets on elements are not bound by `style-src`.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
ASSET_CACHE = "public, max-age=3600"


router = APIRouter(route_class=StrictRoute, include_in_schema=False)


@router.get("/")
async def home() -> RedirectResponse:
    return RedirectResponse("docs")


@router.get("/openapi.json")
async def openapi_document(request: Request) -> Response:
    return Response(orjson.dumps(request.app.openapi()), media_type="application/json")


@router.get("/docs")
async def documentation_page() -> FileResponse:
    headers = {"content-security-policy": PAGE_POLICY}
    return FileResponse(OWN / "documentation.html", media_type="text/html", headers=headers)


@router.get("/docs/{name}")
async def documentation_asset(name: str) -> FileResponse:
    """One of a fixed list, so that no path of a caller's making is ever opened."""
    if name not in ASSETS:
        raise NotFound("not_found")
    path, media_type = ASSETS[name]
    return FileResponse(path, media_type=media_type, headers={"cache-control": ASSET_CACHE})
