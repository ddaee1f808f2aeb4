"""Gate D6: hostile tokens are refused as one thing only, and never break the verifier."""

import string
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from matchmaking.access.tokens import TokenIssuer
from matchmaking.clock import ShiftedClock
from matchmaking.errors import NotSignedIn
from tests.access.forging import ISSUER, LIFETIME, Forge, pem
from tests.access.hostile_tokens import hostile

FEWEST = 120
ALPHABET = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"


@pytest.fixture
def forge(clock: ShiftedClock) -> Forge:
    keys = (Ed25519PrivateKey.generate() for _ in range(3))
    return Forge(*keys, now=int(clock.now().timestamp()))


@pytest.fixture
def issuer(forge: Forge, clock: ShiftedClock) -> TokenIssuer:
    return TokenIssuer(pem(forge.key), None, ISSUER, LIFETIME, clock)


@pytest.mark.gate("D6")
def test_no_hostile_token_is_accepted(
    forge: Forge, issuer: TokenIssuer, record_property: Callable[[str, object], None]
) -> None:
    issuer.verify(forge.honest())
    tokens = dict(hostile(forge))
    accepted, broken = [], []
    for name, token in tokens.items():
        try:
            issuer.verify(token)
        except NotSignedIn:
            continue
        except Exception as error:  # noqa: BLE001 - any other exception is what the gate looks for
            broken.append(f"{name}: {error!r}")
        else:
            accepted.append(name)
    assert accepted == []
    assert broken == []
    assert len(set(tokens.values())) >= FEWEST
    record_property("figure", f"{len(set(tokens.values()))} hostile tokens, 0 accepted, 0 other exceptions")


@pytest.mark.parametrize(
    "spoiled",
    [
        lambda honest: honest + "A",
        lambda honest: honest[:-1],
        lambda honest: honest.replace(".", "..", 1),
        lambda honest: honest[:-2] + other_than(honest[-2]) + honest[-1],
        # The last character of a signature ends in four bits that say nothing: another spelling of the same.
        lambda honest: honest[:-1] + ALPHABET[ALPHABET.index(honest[-1]) + 1],
    ],
    ids=["longer", "shorter", "empty segment", "other signature", "other spelling"],
)
def test_a_hostile_token_is_refused_after_the_honest_one_was_remembered(
    forge: Forge, issuer: TokenIssuer, spoiled: Callable[[str], str]
) -> None:
    honest = forge.honest()
    issuer.verify(honest)
    with pytest.raises(NotSignedIn):
        issuer.verify(spoiled(honest))


def other_than(character: str) -> str:
    return "B" if character == "A" else "A"
