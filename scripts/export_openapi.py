"""`openapi.yaml`: the application's own document, OpenAPI 3.1, in the order in which the code names."""

import difflib
import json
from pathlib import Path
from typing import Any

import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from rich.text import Text

from matchmaking.services.foundation import Foundation
from matchmaking.settings import CHECKOUT, Settings
from routers.app import create_app
from scripts.failures import CommandRefused
from scripts.speaking import both_lines, to_people

COMMITTED = CHECKOUT / "openapi.yaml"
NOWHERE = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
LINE_WIDTH = 110
DIFFERENCES_SHOWN = 40
HEADER = "# Written by `matchmaking export-openapi` and reviewed; CI compares it with the application.\n"


def document() -> dict[str, Any]:
    """Of an application with the usual settings; no database is asked."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    foundation = Foundation(NOWHERE, NOWHERE, NOWHERE, pem, None, b"none", b"none")
    settings = Settings.model_construct()
    found: dict[str, Any] = create_app(settings, foundation).openapi()
    return found


def exported() -> str:
    # Through JSON, so that parts which the code shares do not become YAML references.
    plain = json.loads(json.dumps(document()))
    dumped: str = yaml.dump(
        plain, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=LINE_WIDTH
    )
    return HEADER + dumped


def write(file: Path) -> None:
    text = exported()
    file.write_text(text, encoding="utf-8")
    _tell("cli.openapi_written", file, text)


def compare(file: Path) -> None:
    """CommandRefused when the file is missing or differs; the first differences are shown."""
    if not file.exists():
        raise CommandRefused("cli.openapi_missing", {"file": str(file)})
    text = exported()
    kept = file.read_text(encoding="utf-8")
    if kept == text:
        _tell("cli.openapi_equal", file, text)
        return
    names = (file.name, "application")
    differences = list(difflib.unified_diff(kept.splitlines(), text.splitlines(), *names, lineterm="", n=1))
    for line in differences[:DIFFERENCES_SHOWN]:
        to_people().print(Text(line), soft_wrap=True)
    changed = sum(line.startswith(("+", "-")) for line in differences[2:])
    raise CommandRefused("cli.openapi_drift", {"lines": changed})


def _tell(code: str, file: Path, text: str) -> None:
    operations = text.count("\n      operationId:")
    to_people().print(both_lines(code, file=file, operations=operations))
