"""What each problem type means, in both languages: the pages that the `type` of a problem answer leads to."""

from collections.abc import Sequence
from html import escape

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from matchmaking.errors import NotFound
from matchmaking.messages import catalogue
from routers.documentation import Responses, problems
from routers.strict_json import StrictRoute
from routers.wording import is_documented
from schemas.problems import ProblemDocument, ProblemDocuments, Words

STYLED = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PAGE = """<!doctype html>
<html lang="zh"><head><meta charset="utf-8"><title>{title}</title>
<link rel="stylesheet" href="{root}/docs/pages.css"></head><body><h1>{title}</h1>{content}</body></html>
"""
AS_PAGE: Responses = {200: {"content": {"text/html": {"schema": {"type": "string"}}}}}

router = APIRouter(prefix="/problems", route_class=StrictRoute, tags=["problems"])


def document(code: str) -> ProblemDocument:
    """NotFound for a code that no answer carries."""
    if not is_documented(code):
        raise NotFound("not_found")
    texts = catalogue()[code]
    status = texts.get("status")
    named = texts if "zh_title" in texts else catalogue().get(f"status.{status}", {})
    form = "_title" if named is texts else ""
    return ProblemDocument(
        type=f"/problems/{code}",
        code=code,
        status=int(status) if status else None,
        title=Words(zh=named[f"zh{form}"], en=named[f"en{form}"]) if named else None,
        detail=Words(zh=texts["zh"], en=texts["en"]),
        mend=Words(zh=texts["zh_mend"], en=texts["en_mend"]) if "zh_mend" in texts else None,
    )


@router.get("", summary="All problem types", response_model=ProblemDocuments, responses=AS_PAGE)
async def list_problems(request: Request) -> ProblemDocuments | Response:
    found = [document(code) for code in sorted(catalogue()) if is_documented(code)]
    if _reads_pages(request):
        return _page(request, "问题类型 · Problem types", found)
    return ProblemDocuments(items=found)


@router.get(
    "/{code}", summary="One problem type", response_model=ProblemDocument, responses=AS_PAGE | problems(404)
)
async def read_problem(request: Request, code: str) -> ProblemDocument | Response:
    found = document(code)
    return _page(request, code, [found]) if _reads_pages(request) else found


def _reads_pages(request: Request) -> bool:
    """Browsers name text/html; programs name application/json or anything."""
    return "text/html" in request.headers.get("accept", "")


def _page(request: Request, title: str, found: Sequence[ProblemDocument]) -> HTMLResponse:
    content = "".join(_entry(one) for one in found)
    root = escape(request.scope.get("root_path", ""))
    page = PAGE.format(title=escape(title), root=root, content=f"<dl>{content}</dl>")
    return HTMLResponse(page, headers={"content-security-policy": STYLED})


def _entry(found: ProblemDocument) -> str:
    status = f' <span class="status">{found.status}</span>' if found.status else ""
    lines = [words for words in (found.title, found.detail, found.mend) if words is not None]
    texts = "".join(f"<dd>{escape(words.zh)}<br>{escape(words.en)}</dd>" for words in lines)
    return f'<dt id="{escape(found.code)}"><code>{escape(found.code)}</code>{status}</dt>{texts}'
