"""Days on the wire: an ISO date and nothing else, where pydantic would also take seconds since 1970."""

import re
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator

ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _written_out(value: object) -> object:
    """ValueError `not_date` for a number, a text that stands for one, or a date with a time."""
    if type(value) is date or (isinstance(value, str) and ISO_DATE.fullmatch(value)):
        return value
    raise ValueError("not_date")


Day = Annotated[date, BeforeValidator(_written_out)]
