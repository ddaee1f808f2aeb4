"""What a worker keeps from test to test because making it anew costs more than most tests do.

A connection that clones the template, the engines with their compiled statements, and the application with
its routes. None of them holds anything of a test: the database is cloned and dropped around each, connections
are closed, and whatever else an application works with is put into it anew.
"""

import os
from dataclasses import dataclass, field, replace

import psycopg
from fastapi import FastAPI

from matchmaking.clock import Clock
from matchmaking.db import cluster_roles
from matchmaking.db.session import Database
from matchmaking.services.foundation import Foundation
from matchmaking.services.gate import Gate
from matchmaking.settings import Settings
from routers.app import create_app

TEMPLATE = "matchmaking"
Key = tuple[Foundation, str]


class Clones:
    """Databases of one name, each a copy of the template, made over one connection.

    A new server process must first map the pages that it copies: several times as dear as copying them.
    """

    def __init__(self, superuser_url: str) -> None:
        self._connection = psycopg.connect(superuser_url, autocommit=True)
        self.name = f"test_{os.getpid()}"

    def make(self) -> None:
        cluster_roles.create(self._connection, self.name, TEMPLATE)

    def drop(self) -> None:
        cluster_roles.drop(self._connection, self.name)

    def close(self) -> None:
        self._connection.close()


@dataclass(slots=True)
class Kept:
    """Engines and applications by what they were made from."""

    databases: dict[Key, Database] = field(default_factory=dict)
    applications: dict[Key, FastAPI] = field(default_factory=dict)

    def database(self, foundation: Foundation, settings: Settings, clock: Clock) -> Database:
        """To be disposed of by the test: engines that were are as new, in any event loop."""
        key = (foundation, repr(settings))
        if key not in self.databases:
            self.databases[key] = foundation.database(settings, clock)
        return replace(self.databases[key], clock=clock)

    def application(
        self, foundation: Foundation, settings: Settings, clock: Clock, database: Database, gate: Gate
    ) -> FastAPI:
        """The application that serves this test, and no other at the same time.

        The framework builds a route when it is first asked for: that is dear, a fresh application is not.
        """
        fresh = create_app(settings, foundation, clock=clock, database=database, gate=gate)
        app = self.applications.setdefault((foundation, repr(settings)), fresh)
        app.state.surroundings = fresh.state.surroundings
        return app
