"""What the composition root hands to every request: settings, the database, and the gate for credentials."""

from dataclasses import dataclass

from matchmaking.clock import Clock
from matchmaking.db.session import Database
from matchmaking.services.gate import Gate
from matchmaking.settings import Settings


@dataclass(frozen=True, slots=True)
class Surroundings:
    settings: Settings
    clock: Clock
    database: Database
    gate: Gate
