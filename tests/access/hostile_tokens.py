"""Tokens that nobody may get in with, each but one thing away from one that is accepted.

Here stand wrong algorithms, keys, headers and types; wrong contents stand in `hostile_contents.py`.
"""

import hmac
import zlib
from collections.abc import Iterator
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from matchmaking.access.tokens import VerifyingKey
from tests.access.forging import (
    Forge,
    encoded,
    honest_header,
    key_id,
    public_bytes,
    public_pem,
    segment,
    signed,
    with_member,
    without,
)
from tests.access.hostile_contents import CONTENT_FAMILIES

Named = tuple[str, str]


def hostile(forge: Forge) -> Iterator[Named]:
    for family in (*FAMILIES, *CONTENT_FAMILIES):
        yield from family(forge)


def _algorithms(forge: Forge) -> Iterator[Named]:
    """No signature, another algorithm, and the public key taken for a secret."""
    payload = segment(encoded(forge.claims))
    for name in ("none", "None", "NONE", "nOnE", ""):
        header = segment(encoded(with_member(forge.header, alg=name)))
        yield f"alg {name!r} unsigned", f"{header}.{payload}."
        yield f"alg {name!r} signed", forge.of(with_member(forge.header, alg=name), forge.claims)
    secrets = {"PEM": public_pem(forge.key), "raw": public_bytes(forge.key), "empty": b""}
    for bits, digest in (("256", "sha256"), ("384", "sha384"), ("512", "sha512")):
        signing_input = f"{segment(encoded(with_member(forge.header, alg=f'HS{bits}')))}.{payload}"
        for name, secret in secrets.items():
            mac = hmac.digest(secret, signing_input.encode(), digest)
            yield f"HS{bits} with the {name} public key", f"{signing_input}.{segment(mac)}"
    for name in ("EDDSA", "eddsa", "Ed25519", "Ed448", "RS256", "ES256", "PS256", "HS256", "RSA-OAEP"):
        yield f"alg {name} over our signature", forge.of(with_member(forge.header, alg=name), forge.claims)
    for name, value in (("null", None), ("list", ["EdDSA"]), ("number", 1), ("true", True)):
        yield f"alg as {name}", forge.of(with_member(forge.header, alg=value), forge.claims)
    yield from _foreign_algorithms(forge, payload)


def _foreign_algorithms(forge: Forge, payload: str) -> Iterator[Named]:
    signing_input = f"{segment(encoded(with_member(forge.header, alg='RS256')))}.{payload}"
    rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    signature = rsa_key.sign(signing_input.encode(), padding.PKCS1v15(), hashes.SHA256())
    yield "RS256 by a key of the attacker", f"{signing_input}.{segment(signature)}"
    signing_input = f"{segment(encoded(with_member(forge.header, alg='ES256')))}.{payload}"
    signature = ec.generate_private_key(ec.SECP256R1()).sign(
        signing_input.encode(), ec.ECDSA(hashes.SHA256())
    )
    yield "ES256 by a key of the attacker", f"{signing_input}.{segment(signature)}"


def _keys(forge: Forge) -> Iterator[Named]:
    """Keys that are not ours, or not any more, and names that lead to no key."""
    payload = encoded(forge.claims)
    yield "attacker's key under our name", signed(encoded(forge.header), payload, forge.attacker)
    yield (
        "attacker's key under its own name",
        signed(encoded(honest_header(forge.attacker)), payload, forge.attacker),
    )
    yield "a retired key", signed(encoded(honest_header(forge.retired)), payload, forge.retired)
    yield "a retired key under the present name", signed(encoded(forge.header), payload, forge.retired)
    names = {
        "empty": "",
        "path": "../../etc/passwd",
        "SQL": "' OR '1'='1",
        "NUL": key_id(forge.key) + "\0",
        "lower case": key_id(forge.key).lower(),
        "null": None,
        "number": 0,
        "list": [key_id(forge.key)],
        "object": {"kid": key_id(forge.key)},
        "surrogate": "\ud800",
    }
    for name, value in names.items():
        yield f"kid {name}", forge.of(with_member(forge.header, kid=value), forge.claims)
    yield "no kid", forge.of(without(forge.header, "kid"), forge.claims)


def _headers(forge: Forge) -> Iterator[Named]:
    """Headers that would have the verifier fetch, take or skip something."""
    attacker = VerifyingKey.of(forge.attacker).jwk()
    additions: dict[str, Any] = {
        "jku": "https://attacker.test/jwks.json",
        "jwk": attacker,
        "x5u": "https://attacker.test/cert.pem",
        "x5c": ["MIIB"],
        "x5t": "AAAA",
        "crit": ["exp"],
        "b64": False,
        "zip": "DEF",
        "cty": "JWT",
        "enc": "A256GCM",
        "epk": attacker,
        "iss": "https://matchmaking.test",
        "alg ": "EdDSA",
    }
    for name, value in additions.items():
        yield f"header {name}", forge.of(with_member(forge.header, **{name: value}), forge.claims)
    embedded = with_member(honest_header(forge.attacker), jwk=attacker)
    yield "embedded key of the attacker", signed(encoded(embedded), encoded(forge.claims), forge.attacker)
    yield "crit empty", forge.of(with_member(forge.header, crit=[]), forge.claims)
    deflated = zlib.compress(encoded(forge.claims))
    yield "compressed payload", signed(encoded(with_member(forge.header, zip="DEF")), deflated, forge.key)


def _types(forge: Forge) -> Iterator[Named]:
    """Tokens for another purpose, among them a refresh token shown as an access token."""
    names = (
        "JWT",
        "jwt",
        "rt+jwt",
        "refresh",
        "AT+JWT",
        "at+JWT",
        "application/at+jwt",
        "id+jwt",
        "logout+jwt",
        "",
    )
    for name in names:
        yield f"typ {name!r}", forge.of(with_member(forge.header, typ=name), forge.claims)
    yield "typ null", forge.of(with_member(forge.header, typ=None), forge.claims)
    yield "no typ", forge.of(without(forge.header, "typ"), forge.claims)
    yield "refresh token as access token", f"mmr_{'0' * 32}_{'A' * 43}"
    yield "API key as access token", f"mmk-{'0' * 12}-{'A' * 43}"
    yield "claims say refresh", forge.of(forge.header, with_member(forge.claims, token_use="refresh"))


FAMILIES = (_algorithms, _keys, _headers, _types)
