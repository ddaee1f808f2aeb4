"""Reads the reviewed matrix and resolves each of its cells to one declared class."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("permissions_expected.toml")
CLASSES = frozenset({"done", "shown", "empty", "denied", "hidden", "unsigned"})
RELATIONS = ("own", "counterparty", "branch", "other")
Holder = tuple[str, str]


class Undeclared(Exception):
    """A cell for which the file says nothing."""


@dataclass(frozen=True, slots=True)
class ExpectedOperation:
    """One line of the matrix: an operation on a thing in one state."""

    route: str
    permission: str | None
    thing: str | None
    may: frozenset[Holder]
    classes: Mapping[str, str]
    single: Mapping[tuple[str, Holder], str]

    @property
    def label(self) -> str:
        return f"{self.route} [{self.thing}]" if self.thing else self.route

    def expected(self, holder: Holder, relation: str) -> str:
        """The class of a cell; Undeclared when nothing in the file decides it."""
        if relation == "ended":
            return "unsigned"
        if holder not in self.may:
            return "denied"
        found = self.single.get((relation, holder)) or self.classes.get(relation)
        if found is None:
            raise Undeclared(f"{self.label}: {'.'.join(holder)} as {relation}")
        return found


class Expectations:
    """The whole file; ValueError for a word in it that means nothing."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._groups: Mapping[str, list[str]] = document["groups"]
        self.holders: tuple[Holder, ...] = tuple(
            (kind, role) for kind, roles in document["roles"].items() for role in roles
        )
        self.open_routes = frozenset(document["open"]["routes"])
        self.duties: Mapping[str, list[str]] = document["duties"]
        self.operations = tuple(self._operation(entry) for entry in document["operations"])

    def _operation(self, entry: Mapping[str, Any]) -> ExpectedOperation:
        known = {"route", "permission", "thing", "may", *RELATIONS, *(f"{one}_for" for one in RELATIONS)}
        if surplus := set(entry) - known:
            message = f"{entry['route']}: {sorted(surplus)}"
            raise ValueError(message)
        classes = {relation: entry[relation] for relation in RELATIONS if relation in entry}
        single = dict(self._single(entry))
        if unknown := {*classes.values(), *single.values()} - CLASSES:
            message = f"{entry['route']}: {sorted(unknown)}"
            raise ValueError(message)
        may = frozenset(holder for pattern in entry["may"] for holder in self._matching(pattern))
        return ExpectedOperation(
            entry["route"], entry.get("permission"), entry.get("thing"), may, classes, single
        )

    def _single(self, entry: Mapping[str, Any]) -> Iterator[tuple[tuple[str, Holder], str]]:
        for relation in RELATIONS:
            for kind, roles in entry.get(f"{relation}_for", {}).items():
                for role, expected in roles.items():
                    for holder in self._matching(f"{kind}.{role}"):
                        yield (relation, holder), expected

    def _matching(self, pattern: str) -> frozenset[Holder]:
        """The holders of a group or of `kind.role` with `*` for all; ValueError when there are none."""
        patterns = self._groups.get(pattern, [pattern])
        found = frozenset(
            holder for holder in self.holders if any(fnmatchcase(".".join(holder), each) for each in patterns)
        )
        if not found:
            message = f"nobody is {pattern}"
            raise ValueError(message)
        return found


def read_expectations() -> Expectations:
    return Expectations(tomllib.loads(FILE.read_text(encoding="utf-8")))
