"""Signing in and out, staying signed in, who one is, and the keys by which others check our tokens."""

from fastapi import APIRouter, Request, Response, status

from matchmaking.access.refresh_tokens import Client
from matchmaking.services import sessions
from routers.dependencies import CurrentActor, Here, KeyedRoute, Reads, Writes
from routers.documentation import answers, problems
from schemas.sessions import KeySet, MeRead, SessionCreate, SessionRead, SessionRefresh, SessionStarted

router = APIRouter(route_class=KeyedRoute, tags=["sessions"])
KEYS_CACHED = "public, max-age=300"


def _client(request: Request) -> Client:
    address = "unknown" if request.client is None else request.client.host
    return Client(address, request.headers.get("user-agent", ""))


@router.post("/v1/sessions", status_code=status.HTTP_201_CREATED, responses=problems(401, 403, 429))
async def create_session(draft: SessionCreate, request: Request, here: Here) -> SessionStarted:
    """Sign in with a login and a password; ten wrong tries close the login for a while."""
    return await here.gate.sessions.start(draft, _client(request))


@router.post("/v1/sessions/refresh", responses=problems(401))
async def refresh_session(draft: SessionRefresh, request: Request, here: Here) -> SessionRead:
    """The next access and refresh token. A refresh token is good once; a second use ends the sign-in."""
    return await here.gate.sessions.refresh(draft.refresh_token.get_secret_value(), _client(request))


@router.delete("/v1/sessions/current", status_code=status.HTTP_204_NO_CONTENT, responses=problems(403))
async def end_session(session: Writes, actor: CurrentActor) -> None:
    """Sign out: no token of this sign-in counts from the next request on."""
    await sessions.end_session(session, actor)


@router.get("/v1/me", responses=problems(403))
async def read_me(session: Reads, actor: CurrentActor) -> MeRead:
    """Who the caller is, in which role, and what that role may ask for."""
    return await sessions.read_me(session, actor)


@router.get("/.well-known/jwks.json", responses=answers(200))
async def read_signing_keys(here: Here, response: Response) -> KeySet:
    """The public keys of access tokens (RFC 7517)."""
    response.headers["cache-control"] = KEYS_CACHED
    return KeySet.model_validate(here.gate.issuer.jwks())
