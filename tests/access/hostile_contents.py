"""Hostile tokens whose claims, JSON or outer form is wrong, mostly under a signature that is right."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from tests.access.forging import Forge, encoded, segment, signed, with_member, without

Named = tuple[str, str]
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493
SMALL_ORDER_POINT = bytes([1]) + bytes(31)


def _lacking(forge: Forge) -> Iterator[Named]:
    """Each claim left out, each emptied, and one too many."""
    for name in forge.claims:
        yield f"no {name}", forge.of(forge.header, without(forge.claims, name))
    for name in without(without(forge.claims, "duty"), "area"):
        yield f"{name} null", forge.of(forge.header, with_member(forge.claims, **{name: None}))
    for name, value in {"nbf": forge.now, "scope": "*", "admin": True, "__proto__": {}}.items():
        yield f"claim {name} too many", forge.of(forge.header, with_member(forge.claims, **{name: value}))
    yield "no claims", forge.of(forge.header, {})


def _mistyped(forge: Forge) -> Iterator[Named]:
    """Values of another type, which a lenient reader would convert."""
    now = forge.now
    values: dict[str, tuple[Any, ...]] = {
        "exp": (True, str(now + 600), float(now + 600), [now + 600], {"$gt": 0}, "never", -1, 0),
        "iat": (True, str(now), float(now), [now], now + 0.5),
        "sub": (1, "", "admin", ["019600aa-0000-7000-8000-000000000001"], True),
        "sid": (0, "x" * 36, "019600aa-0000-7000-8000-00000000000g"),
        "role": ("superuser", "Official", ["official"], 1, ""),
        "kind": ("bank ", "state", None, 7),
        "duty": ("everything", 1, []),
        "area": (320600, ["320600"], True),
        "organization": ("*", 5),
        "unit": ("*",),
        "membership": ("",),
        "jti": (1, ""),
    }
    for name, wrong in values.items():
        for value in wrong:
            yield f"{name} = {value!r}", forge.of(forge.header, with_member(forge.claims, **{name: value}))


def _times(forge: Forge) -> Iterator[Named]:
    """Expired, from the future, alive for too long."""
    now = forge.now
    spans = {
        "just expired": (now - 600, now),
        "long expired": (now - 100_000, now - 99_400),
        "one second too long": (now, now + 601),
        "a day": (now, now + 86_400),
        "until the year 9999": (now, 253_402_300_799),
        "until after all years": (now, 10**18),
        "beyond 64 bits": (now, 2**64),
        "beyond any number": (now, 10**400),
        "issued in a minute": (now + 60, now + 660),
        "issued in a year": (now + 31_536_000, now + 31_536_600),
        "expired before it was issued": (now, now - 1),
        "expires when issued": (now, now),
        "backdated to live longer": (now - 700, now + 300),
        "issued before there were computers": (-(10**12), now + 300),
        "negative zero day": (-600, -1),
    }
    for name, (issued, expires) in spans.items():
        yield name, forge.of(forge.header, with_member(forge.claims, iat=issued, exp=expires))


def _strangers(forge: Forge) -> Iterator[Named]:
    """Of other issuers and for other audiences."""
    for issuer in (
        "https://attacker.test",
        "https://matchmaking.test/",
        "HTTPS://MATCHMAKING.TEST",
        "",
        ["x"],
    ):
        yield f"iss {issuer!r}", forge.of(forge.header, with_member(forge.claims, iss=issuer))
    for audience in (
        "other",
        "",
        ["matchmaking"],
        ["matchmaking", "other"],
        "Matchmaking",
        {"a": "matchmaking"},
    ):
        yield f"aud {audience!r}", forge.of(forge.header, with_member(forge.claims, aud=audience))


def _payloads(forge: Forge) -> Iterator[Named]:
    """Payloads that are no strict JSON object, under a good signature."""
    claims, header = encoded(forge.claims), encoded(forge.header)
    expiry = f'"exp":{forge.claims["exp"]}'.encode()
    payloads = {
        "exp twice, the last one far": claims[:-1] + b',"exp":99999999999}',
        "exp twice, both good": claims[:-1] + b"," + expiry + b"}",
        "role twice": b'{"role":"observer",' + claims[1:],
        "exp NaN": claims.replace(expiry, b'"exp":NaN'),
        "exp Infinity": claims.replace(expiry, b'"exp":Infinity'),
        "exp 1e999": claims.replace(expiry, b'"exp":1e999'),
        "exp as exponent": claims.replace(expiry, b'"exp":2e9'),
        "no JSON": b"claims",
        "null": b"null",
        "list": b"[" + claims + b"]",
        "text": json.dumps(claims.decode()).encode(),
        "two objects": claims + claims,
        "trailing comma": claims[:-1] + b",}",
        "comment": claims[:-1] + b"/**/}",
        "UTF-16": claims.decode().encode("utf-16"),
        "UTF-32": claims.decode().encode("utf-32"),
        "byte order mark": b"\xef\xbb\xbf" + claims,
        "no UTF-8": claims.replace(b"finance", b"\xff\xfe"),
        "deep": b"[" * 1_000 + b"]" * 1_000,
        "deep object": b'{"a":' * 400 + b"1" + b"}" * 400,
    }
    for name, payload in payloads.items():
        yield f"payload {name}", signed(header, payload, forge.key)


def _header_texts(forge: Forge) -> Iterator[Named]:
    """Headers that are no strict JSON object, under a good signature."""
    claims, header = encoded(forge.claims), encoded(forge.header)
    headers = {
        "alg twice": b'{"alg":"none",' + header[1:],
        "kid twice": header[:-1] + b',"kid":"x"}',
        "list": b"[" + header + b"]",
        "null": b"null",
        "text": b'"EdDSA"',
        "no JSON": b"EdDSA",
        "deep": b"[" * 1_000,
        "UTF-16": header.decode().encode("utf-16"),
    }
    for name, wrong in headers.items():
        yield f"header {name}", signed(wrong, claims, forge.key)


def _form(forge: Forge) -> Iterator[Named]:
    """Texts that are no compact JWS, or whose signature was touched."""
    good = forge.honest()
    header, payload, signature = good.split(".")
    raw = forge.key.sign(f"{header}.{payload}".encode())
    malleated = raw[:32] + (int.from_bytes(raw[32:], "little") + ED25519_ORDER).to_bytes(32, "little")
    yield "signature plus the group's order", f"{header}.{payload}.{segment(malleated)}"
    yield "small-order point as signature", f"{header}.{payload}.{segment(SMALL_ORDER_POINT + bytes(32))}"
    yield "zero signature", f"{header}.{payload}.{segment(bytes(64))}"
    yield "short signature", f"{header}.{payload}.{segment(raw[:63])}"
    yield "long signature", f"{header}.{payload}.{segment(raw + bytes(1))}"
    yield "signature cut off", f"{header}.{payload}."
    yield "no signature part", f"{header}.{payload}"
    yield (
        "payload swapped",
        f"{header}.{segment(encoded(with_member(forge.claims, role='administrator')))}.{signature}",
    )
    yield (
        "header swapped",
        f"{segment(encoded(with_member(forge.header, typ='at+jwt ')))}.{payload}.{signature}",
    )
    yield "five parts, as encrypted", f"{good}.AAAA.AAAA"
    yield (
        "JSON serialization",
        encoded({"payload": payload, "protected": header, "signature": signature}).decode(),
    )
    yield from _decorated(good)
    yield "empty", ""
    yield "dots", ".."
    yield "dots only, many", "." * 4_000
    yield "just too long", good + "A" * (4_097 - len(good))
    yield "1 MB payload", forge.of(forge.header, with_member(forge.claims, padding="x" * 1_000_000))
    yield "1 MB of dots", "." * 1_000_000
    yield "1 MB of one letter", "e" * 1_000_000


def _decorated(good: str) -> Iterator[Named]:
    """A good token with something around or inside it."""
    header, payload, signature = good.split(".")
    decorated = {
        "padding": good + "=",
        "padded segments": f"{header}==.{payload}==.{signature}==",
        "space before": " " + good,
        "newline after": good + "\n",
        "tab inside": good.replace(".", ".\t", 1),
        "NUL after": good + "\0",
        "percent-encoded dot": good.replace(".", "%2E", 1),
        "full-width dot": good.replace(".", "．", 1),
        "standard alphabet": f"{header}.{payload}.+/{signature[2:]}",
        "look-alike letter": "е" + good[1:],
        "surrogate": good + "\udcff",
        "quoted": f'"{good}"',
        "Bearer twice": f"Bearer {good}",
        "two tokens": f"{good},{good}",
        "case changed": good.swapcase(),
        "hash instead": hashlib.sha256(good.encode()).hexdigest(),
    }
    yield from decorated.items()


CONTENT_FAMILIES = (_lacking, _mistyped, _times, _strangers, _payloads, _header_texts, _form)
