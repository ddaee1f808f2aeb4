"""The demo accounts' password: one for all of them, random for each instance, the same at every start.

It follows from a secret of the state folder (0600), so that it can be shown again to whoever runs the
instance; the database holds an argon2id hash. One for all, because a hash takes long and a trial has one
person behind it.
"""

from dataclasses import dataclass
from pathlib import Path

from matchmaking.access.passwords import INITIAL_ALPHABET, Passwords
from matchmaking.db.instance import secret_of

SECRET_NAME = "demo_accounts"  # noqa: S105 - the name of a file
LETTERS_IN_A_GROUP = 5


@dataclass(slots=True)
class DemoPassword:
    text: str
    _hash: str | None = None

    @classmethod
    def of(cls, state: Path) -> "DemoPassword":
        """Three groups of five letters without look-alikes, 74 bits."""
        number = int.from_bytes(secret_of(state, SECRET_NAME))
        letters = []
        for _ in range(3 * LETTERS_IN_A_GROUP):
            number, place = divmod(number, len(INITIAL_ALPHABET))
            letters.append(INITIAL_ALPHABET[place])
        groups = ("".join(letters[at : at + LETTERS_IN_A_GROUP]) for at in (0, 5, 10))
        return cls("-".join(groups))

    async def hash(self) -> str:
        """Reckoned when it is first asked for, which a start with nothing to load never does."""
        if self._hash is None:
            self._hash = await Passwords().hash(self.text)
        return self._hash
