"""Of 200 who sign, withdraw, terminate or accept at once exactly one has an effect (B4)."""

import random
from collections import Counter
from collections.abc import Callable

import pytest
from contests import Move, Outcome, Talk, contend, copies, stands
from places import Place, settled
from server_process import ServerProcess
from wire import wires

from city import City
from tests.api.steps import Path, path_of

pytestmark = [pytest.mark.database, pytest.mark.oldest, pytest.mark.gate("B4")]

SIGNERS, SIGNING_ROUNDS = 200, 50
ACCEPTING, ACCEPTING_ROUNDS = 60, 20

Serve = Callable[..., ServerProcess]
Contest = Callable[[City, Path, Talk], tuple[Move, ...]]
# What the rows must be, by who won: need, introduction, agreement, signatures.
Rows = dict[str, tuple[str, str, str | None, int]]


def acknowledge(name: str, city: City, path: Path, talk: Talk) -> Move:
    member = city.mill if name == "mill signs" else city.clerk
    body = {"text_sha256": path.agreement["text_sha256"]}
    return Move(
        name, member, f"/v1/agreements/{talk.agreement_id}/acknowledge", path.agreement["version"], body
    )


def one_party(city: City, path: Path, talk: Talk) -> tuple[Move, ...]:
    return (acknowledge("mill signs", city, path, talk),)


def both_parties(city: City, path: Path, talk: Talk) -> tuple[Move, ...]:
    return acknowledge("mill signs", city, path, talk), acknowledge("clerk signs", city, path, talk)


def sign_or_terminate(city: City, path: Path, talk: Talk) -> tuple[Move, ...]:
    there = f"/v1/agreements/{talk.agreement_id}/terminate"
    end = Move("mill terminates", city.mill, there, path.agreement["version"], {"reason": "x"})
    return acknowledge("mill signs", city, path, talk), end


def sign_or_withdraw(city: City, path: Path, talk: Talk) -> tuple[Move, ...]:
    there = f"/v1/introductions/{talk.introduction_id}/withdraw"
    end = Move("mill withdraws", city.mill, there, path.introduction["version"])
    return acknowledge("mill signs", city, path, talk), end


def accept(city: City, path: Path, talk: Talk) -> tuple[Move, ...]:
    there = f"/v1/introductions/{talk.introduction_id}/accept"
    return (Move("clerk accepts", city.clerk, there, path.introduction["version"]),)


def accept_or_withdraw(city: City, path: Path, talk: Talk) -> tuple[Move, ...]:
    there = f"/v1/introductions/{talk.introduction_id}/withdraw"
    end = Move("mill withdraws", city.mill, there, path.introduction["version"])
    return *accept(city, path, talk), end


SIGNED_ONCE = ("in_talks", "offered", "awaiting_signatures", 1)
SIGNED_BY_ALL = ("signed", "agreed", "signed", 2)
AGREEMENTS: list[tuple[str, Contest, int, Rows]] = [
    ("recorded", one_party, 14, {"mill signs": SIGNED_ONCE}),
    ("recorded", both_parties, 12, {"mill signs": SIGNED_ONCE, "clerk signs": SIGNED_ONCE}),
    (
        "half_signed",
        sign_or_terminate,
        12,
        {"mill signs": SIGNED_BY_ALL, "mill terminates": ("in_talks", "offered", "terminated", 1)},
    ),
    (
        "half_signed",
        sign_or_withdraw,
        12,
        {"mill signs": SIGNED_BY_ALL, "mill withdraws": ("open", "withdrawn", "terminated", 1)},
    ),
]
ACCEPTED = ("in_talks", "accepted", None, 0)
INTRODUCTIONS: list[tuple[str, Contest, int, Rows]] = [
    ("requested", accept, 10, {"clerk accepts": ACCEPTED}),
    (
        "requested",
        accept_or_withdraw,
        10,
        {"clerk accepts": ACCEPTED, "mill withdraws": ("open", "withdrawn", None, 0)},
    ),
]


def talk_of(path: Path) -> Talk:
    return Talk(path.need["id"], path.introduction["id"], path.agreement.get("id"))


def check(place: Place, talk: Talk, outcome: Outcome, expected: Rows) -> None:
    """One won, all others were refused, and the rows tell of the winner alone."""
    assert len(outcome.winners) == 1, outcome
    assert set(outcome.refusals) <= {409, 412}, outcome
    *rows, journal = stands(place.superuser_url, talk)
    assert tuple(rows) == expected[outcome.winners[0]], (outcome, rows)
    assert journal.total() == 1, journal


@pytest.mark.parametrize(
    ("at_once", "in_all", "contests"),
    [(SIGNERS, SIGNING_ROUNDS, AGREEMENTS), (ACCEPTING, ACCEPTING_ROUNDS, INTRODUCTIONS)],
    ids=["agreements", "introductions"],
)
async def test_exactly_one_outcome(
    place: Place,
    serve: Serve,
    at_once: int,
    in_all: int,
    contests: list[tuple[str, Contest, int, Rows]],
    chance: random.Random,
    record_property: Callable[[str, object], None],
) -> None:
    servers = [serve(place), serve(place)]
    won, refused, unanswered = Counter[str](), Counter[int](), 0
    async with settled(place, servers[0]) as city, wires(servers, at_once) as lines:
        path = path_of(city)
        for stage, contest, rounds, expected in contests:
            await path.reach(stage)
            for talk in copies(place.superuser_url, talk_of(path), rounds):
                outcome = await contend(lines, contest(city, path, talk), chance)
                check(place, talk, outcome, expected)
                won.update(outcome.winners)
                refused.update(outcome.refusals)
                unanswered += outcome.unanswered
    record_property(
        "figure",
        f"{at_once} at once at 2 servers, {won.total()} rounds, one outcome each: {dict(won)};"
        f" refused {dict(refused)}, {unanswered} x 503 on the way",
    )
    assert won.total() == in_all
    assert refused.total() == in_all * (at_once - 1)
