"""People with passwords for the tests of signing in, entered as the demo loader enters them."""

from dataclasses import dataclass
from typing import Any

import httpx

from matchmaking.access.actor import Actor
from matchmaking.db.session import Database
from matchmaking.services.enrolment import Post, enrol
from matchmaking.services.gate import Gate
from schemas.people import PersonDraft
from schemas.vocabulary import Role

PASSWORD = "seven grey herons at dusk"


@dataclass(frozen=True)
class Newcomer:
    login: str
    password: str
    membership_id: str
    person_id: str

    @property
    def body(self) -> dict[str, Any]:
        return {"login": self.login, "password": self.password}


async def newcomer(
    database: Database,
    gate: Gate,
    beside: Actor,
    role: Role,
    login: str = "shen.wei",
    password: str | None = PASSWORD,
) -> Newcomer:
    """A colleague of `beside` who can sign in; without `password` only with an initial one."""
    draft = PersonDraft(login=login, display_name="沈巍", phone="+86 513 8500 0000")
    async with database.as_system() as session:
        post = Post(beside.organization_id, beside.unit_id, role)
        enrolled = await enrol(session, gate.passwords, post, draft, password=password)
    membership = enrolled.memberships[0]
    return Newcomer(login, enrolled.initial_password, str(membership.id), str(enrolled.id))


async def signed_in(client: httpx.AsyncClient, body: dict[str, Any], **options: Any) -> dict[str, Any]:
    response = await client.post("/v1/sessions", json=body, **options)
    assert response.status_code == 201, response.text
    answer: dict[str, Any] = response.json()
    return answer


def bearer(answer: dict[str, Any]) -> dict[str, str]:
    return {"authorization": f"Bearer {answer['access_token']}"}
