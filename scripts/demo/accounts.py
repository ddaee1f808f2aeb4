"""The demo accounts' passwords: random for each instance, never in the repository, the same at every start.

They follow from one secret of the state folder (0600), so that they can be shown again to whoever runs the
instance; the database holds their argon2id hashes like everybody's.
"""

import hmac
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from argon2 import PasswordHasher, Type

from matchmaking.access.passwords import INITIAL_ALPHABET
from matchmaking.db.instance import SECRETS_NAME, Instance

SECRET_NAME = "demo_accounts"  # noqa: S105 - the name of a file
GROUPS = 3
LETTERS_IN_A_GROUP = 5
HASHED_AT_ONCE = 2


class DemoPasswords:
    """Who signs in with what. `hash_ahead` begins the slow part before it is asked for."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._hasher = PasswordHasher(parallelism=1, type=Type.ID)
        self._threads = ThreadPoolExecutor(HASHED_AT_ONCE, thread_name_prefix="demo-argon2")
        self._hashes: dict[str, Future[str]] = {}

    @classmethod
    def of(cls, instance: Instance) -> "DemoPasswords":
        return cls(instance.secret(SECRET_NAME))

    def password(self, login: str) -> str:
        """Three groups of five characters without look-alikes, 74 bits."""
        number = int.from_bytes(hmac.digest(self._secret, login.encode(), "sha256"))
        letters = []
        for _ in range(GROUPS * LETTERS_IN_A_GROUP):
            number, place = divmod(number, len(INITIAL_ALPHABET))
            letters.append(INITIAL_ALPHABET[place])
        groups = ("".join(letters[at::GROUPS]) for at in range(GROUPS))
        return "-".join(groups)

    def hash_ahead(self, logins: Iterable[str]) -> None:
        for login in logins:
            if login not in self._hashes:
                self._hashes[login] = self._threads.submit(self._hasher.hash, self.password(login))

    def hash_of(self, login: str) -> str:
        """Waits about a tenth of a second for one that was not begun before."""
        self.hash_ahead((login,))
        return self._hashes[login].result()

    def close(self) -> None:
        self._threads.shutdown(cancel_futures=True)


def is_first_start(state: Path) -> bool:
    """Whether no demo was ever loaded into this state folder, so that all hashes will be wanted."""
    return not (state / SECRETS_NAME / SECRET_NAME).exists()
