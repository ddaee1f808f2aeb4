"""PostgreSQL away, or standing still: prompt refusals that say when to come again, and back at once (C1)."""

import asyncio
from collections import Counter
from collections.abc import Callable

import pytest
from outages import Notebook, Outage, asking, frozen, killed, probing, reading, writing
from places import Place, settled
from server_process import ServerProcess
from wire import wires

from matchmaking.db.cluster import Cluster

pytestmark = [pytest.mark.database, pytest.mark.oldest, pytest.mark.gate("C1")]

AWAY_SECONDS = 30.0
LONGEST_ANSWER_SECONDS = 2.5
BACK_SECONDS = 1.0
CLIENTS = 24


@pytest.mark.timed
async def test_database_away_and_standing_still(
    durable_cluster: Cluster,
    durable_place: Place,
    serve: Callable[..., ServerProcess],
    record_property: Callable[[str, object], None],
) -> None:
    server = serve(durable_place)
    notebook = Notebook()
    async with settled(durable_place, server) as city, wires([server], CLIENTS) as lines:
        kinds = [("read", reading(city.mill)), ("write", writing(city.mill))] * 2
        kinds += [("live", probing("/livez")), ("ready", probing("/readyz"))]
        async with asking(notebook, lines, kinds):
            await asyncio.sleep(1)
            for name, outage in (("down", killed), ("stopped", frozen)):
                figure = await through(notebook, name, outage, durable_cluster)
                record_property("figure", figure)


async def test_first_requests_after_a_restart_in_silence_succeed(
    durable_cluster: Cluster, durable_place: Place, serve: Callable[..., ServerProcess]
) -> None:
    """Connections that died while nobody used them are replaced, not handed out."""
    server = serve(durable_place)
    async with settled(durable_place, server) as city, wires([server], CLIENTS) as lines:
        ask = reading(city.mill)
        await asyncio.gather(*(line.send(ask()) for line in lines))
        await asyncio.to_thread(durable_cluster.kill)
        await asyncio.to_thread(durable_cluster.start)
        replies = await asyncio.gather(*(line.send(ask()) for line in lines))
    assert {reply.status for reply in replies} == {200}


async def through(notebook: Notebook, name: str, outage: Outage, cluster: Cluster) -> str:
    """One outage and what the clients noted of it."""
    away = await outage(cluster, AWAY_SECONDS)
    await asyncio.sleep(2 * BACK_SECONDS)
    # A request may be under way when PostgreSQL returns: it was not sent into the outage alone.
    during = [note for note in notebook.between(away.gone, away.returning) if note.answered < away.returning]
    statuses = {
        what: Counter(note.status for note in during if note.what == what)
        for what in ("read", "write", "live", "ready")
    }
    longest = max(note.seconds for note in notebook.between(away.gone, away.back))
    first = {what: notebook.first_success(away.back, what) for what in ("read", "write", "ready")}
    assert set(statuses["live"]) == {200}
    for what in ("read", "write", "ready"):
        assert set(statuses[what]) == {503}, (name, what, statuses[what])
    assert all(note.retry_after for note in during if note.status == 503)
    assert longest < LONGEST_ANSWER_SECONDS, (name, longest)
    assert max(first.values()) < BACK_SECONDS, (name, first)
    refused = sum(count[503] for count in statuses.values())
    found = ", ".join(f"{what} {seconds:.2f} s" for what, seconds in first.items())
    return f"{name} {AWAY_SECONDS:.0f} s: {refused} x 503, longest {longest:.2f} s; back after: {found}"
