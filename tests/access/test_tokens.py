"""What a good token carries, for how long, and under which keys."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from matchmaking.access.tokens import AUDIENCE, RememberedTokens, TokenIssuer
from matchmaking.clock import ShiftedClock
from matchmaking.errors import NotSignedIn
from tests.access.forging import (
    ISSUER,
    LIFETIME,
    an_official,
    encoded,
    honest_claims,
    honest_header,
    pem,
    signed,
)

KEY = Ed25519PrivateKey.generate()
OLDER_KEY = Ed25519PrivateKey.generate()


def issuer_with(
    clock: ShiftedClock, key: Ed25519PrivateKey, previous: Ed25519PrivateKey | None
) -> TokenIssuer:
    return TokenIssuer(pem(key), None if previous is None else pem(previous), ISSUER, LIFETIME, clock)


def test_expiry_is_asked_again_for_a_remembered_token() -> None:
    clock = ShiftedClock()
    issuer = issuer_with(clock, KEY, None)
    token = issuer.issue(an_official()).token
    issuer.verify(token)
    clock.advance(LIFETIME)
    with pytest.raises(NotSignedIn) as refused:
        issuer.verify(token)
    assert refused.value.code == "token_expired"


def test_the_previous_key_counts_until_it_is_removed() -> None:
    clock = ShiftedClock()
    token = issuer_with(clock, OLDER_KEY, None).issue(an_official()).token
    assert issuer_with(clock, KEY, OLDER_KEY).verify(token) == an_official()
    with pytest.raises(NotSignedIn, match="token_invalid"):
        issuer_with(clock, KEY, None).verify(token)


def test_a_token_from_slightly_ahead_is_accepted_and_from_further_is_not() -> None:
    clock = ShiftedClock()
    issuer = issuer_with(clock, KEY, None)
    now = int(clock.now().timestamp())
    header = encoded(honest_header(KEY))
    issuer.verify(signed(header, encoded(honest_claims(now + 25)), KEY))
    with pytest.raises(NotSignedIn):
        issuer.verify(signed(header, encoded(honest_claims(now + 35)), KEY))


def test_a_machine_gets_no_token() -> None:
    issuer = issuer_with(ShiftedClock(), KEY, None)
    with pytest.raises(ValueError, match="persons"):
        issuer.issue(replace(an_official(), person_id=None, membership_id=None))


def test_a_token_carries_the_actor_and_ends_when_it_says() -> None:
    clock = ShiftedClock()
    issuer = issuer_with(clock, KEY, None)
    issued = issuer.issue(an_official())
    assert issuer.verify(issued.token) == an_official()
    assert timedelta() < issued.expires_at - clock.now() <= LIFETIME
    assert jwt.get_unverified_header(issued.token)["typ"] == "at+jwt"


def test_others_can_check_a_token_with_the_published_keys_alone() -> None:
    issuer = issuer_with(ShiftedClock(), KEY, OLDER_KEY)
    published = jwt.PyJWKSet.from_dict(json.loads(json.dumps(issuer.jwks())))
    token = issuer.issue(an_official()).token
    key = published[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(token, key, algorithms=["EdDSA"], audience=AUDIENCE, issuer=ISSUER)
    assert claims["role"] == "official"
    assert len(published.keys) == 2
    assert all("d" not in member for member in issuer.jwks()["keys"])


def _rsa_pem() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _locked_pem() -> str:
    return KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")).decode()


@pytest.mark.parametrize("unfit", ["", "no key", _rsa_pem(), _locked_pem()])
def test_an_unfit_signing_key_is_refused_at_start(unfit: str) -> None:
    with pytest.raises(ValueError, match="signing key"):
        TokenIssuer(unfit, None, ISSUER, LIFETIME, ShiftedClock())


@pytest.mark.parametrize("lifetime", [timedelta(), timedelta(hours=1, seconds=1), timedelta(days=-1)])
def test_a_lifetime_out_of_range_is_refused_at_start(lifetime: timedelta) -> None:
    with pytest.raises(ValueError, match="lives"):
        TokenIssuer(pem(KEY), None, ISSUER, lifetime, ShiftedClock())


def test_the_least_recently_used_token_is_forgotten_first() -> None:
    tokens = RememberedTokens(2)
    for name in (b"a", b"b"):
        tokens.keep(name, (an_official(), 0))
    tokens.find(b"a")
    tokens.keep(b"c", (an_official(), 0))
    assert [tokens.find(name) is not None for name in (b"a", b"b", b"c")] == [True, False, True]
    assert len(tokens) == 2


def test_expiry_in_the_answer_is_utc() -> None:
    issued = issuer_with(ShiftedClock(), KEY, None).issue(an_official())
    assert issued.expires_at.tzinfo is UTC
    assert issued.expires_at > datetime.now(UTC)
