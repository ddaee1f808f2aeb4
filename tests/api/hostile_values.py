"""Values that no honest caller sends, as raw JSON, and the places of a body in which they can stand."""

import json
from collections.abc import Iterator
from typing import Any

# Nothing of ours reads like this: an answer that holds it has said again what it was told.
MARK = "zq7hostile"
PLACE = "\u2603place\u2603"

STRINGS = (
    f'"{MARK}\\u0000"',
    f'"{MARK}\\ud800"',
    f'"\\udfff{MARK}"',
    f'"\\u202e{MARK}\\u2066"',
    f'"{MARK}\\u200b\\ufeff\\ufffe"',
    f'"\'; DROP TABLE person; -- {MARK}"',
    f'"{MARK}\' OR 1=1) --"',
    f"\"<script>alert('{MARK}')</script>\"",
    f'"{{{{7*7}}}}${{7*7}}%s%n{{{MARK}}}"',
    f'"../../../etc/passwd%00{MARK}"',
    f'"{MARK}\\r\\nSet-Cookie: a=b"',
    '""',
    '"   "',
    f'"{MARK}{"9" * 200_000}"',
    '"' + MARK + "\ud83d\ude00" * 5_000 + '"',
)
DATES = (
    '"0001-01-01"',
    '"9999-12-31"',
    '"10000-01-01"',
    '"-0001-01-01"',
    '"2026-02-30"',
    '"2026-01-01T00:00:00+99:99"',
    '"9999-12-31T23:59:59-14:00"',
    '"0001-01-01T00:00:00+14:00"',
)
NUMBERS = (
    "1e999",
    "-1e999",
    "NaN",
    "Infinity",
    "9" * 5_000,
    "-0",
    "-1",
    "0.1",
    "1e-400",
    "9223372036854775808",
    "18446744073709551616",
    "2147483648",
)
SHAPES = ("null", "true", "[]", "{}", f'["{MARK}"]', f'{{"{MARK}": 1}}', "[[[[[[]]]]]]")
EVERYTHING = (*STRINGS, *DATES, *NUMBERS, *SHAPES)
IN_QUERIES = (
    *("%00", "%ED%A0%80", "%E2%80%AE" + MARK, "1e999", "9" * 5_000, "-1", "NaN", "9223372036854775808"),
    *("0001-01-01", "9999-12-31", "10000-01-01", "'%20OR%201=1--" + MARK, "%25s%25n" + MARK, "%FF%FE" + MARK),
    *("..%2F..%2Fetc%2Fpasswd" + MARK, "%0D%0ASet-Cookie:a=b" + MARK, "", "%20"),
)


def leaves(body: Any, here: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where strings, numbers, dates and truths stand in a body."""
    if isinstance(body, dict):
        for name, value in body.items():
            yield from leaves(value, (*here, name))
    elif isinstance(body, list):
        for place, value in enumerate(body):
            yield from leaves(value, (*here, place))
    else:
        yield here


def with_hostile(body: Any, place: tuple[str | int, ...], raw: str) -> bytes:
    """The body as JSON with `raw` in that place."""
    copy = json.loads(json.dumps(body))
    spot = copy
    for step in place[:-1]:
        spot = spot[step]
    spot[place[-1]] = PLACE
    text = json.dumps(copy, ensure_ascii=False).replace(f'"{PLACE}"', raw)
    return text.encode("utf-8", "surrogatepass")
