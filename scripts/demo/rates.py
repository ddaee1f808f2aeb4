"""The history of loan prime rates: publications that are not there yet are added, none is ever changed."""

from sqlalchemy import select
from sqlmodel import col

from matchmaking.tables.offers import ReferenceRate
from scripts.demo.data import demo_id
from scripts.demo.loading import Loading


async def load_rates(loading: Loading) -> None:
    known = await loading.session.execute(select(col(ReferenceRate.term), col(ReferenceRate.published_on)))
    published = {(row.term, row.published_on) for row in known}
    rows = [
        ReferenceRate(
            id=demo_id(f"rate {rate.term} {rate.published_on.isoformat()}"),
            created_at=loading.session.instant,
            source=loading.city.source,
            **rate.model_dump(),
        )
        for rate in loading.city.rates
        if (rate.term, rate.published_on) not in published
    ]
    await loading.insert(rows)
    loading.changes.add("rates", len(rows))
