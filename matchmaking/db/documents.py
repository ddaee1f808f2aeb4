"""Several questions in one: the rows of a statement as one JSON value beside others.

Each wait for the server costs more than most of the small questions that a request asks of it.
"""

from typing import Any

from sqlalchemy import ScalarSelect, Select, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB


def rows_of(statement: Select[*tuple[Any, ...]], name: str) -> ScalarSelect[list[dict[str, Any]]]:
    """A list of objects by column, in the order of the statement; empty when it finds nothing.

    `name` must differ from those of others in the same question.
    """
    rows = statement.subquery(name)
    collected = func.coalesce(func.jsonb_agg(rows.table_valued()), literal([], JSONB), type_=JSONB)
    return select(collected).scalar_subquery()
