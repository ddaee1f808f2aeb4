"""Running the command line: in this process where nothing is started, else as a program of its own."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner, Result

from scripts.cli import app

ROOT = Path(__file__).resolve().parents[2]
SAFE_SECRET = "k3Jx9QwZ7uVb2Nd8Lm5Rt1Yp6Gh4Fs0A"
# Nothing of the developer's own surroundings may decide a test.
CLEARED = {
    name: None
    for name in os.environ
    if name == "DATABASE_URL"
    or (name.startswith(("MATCHMAKING_", "PG")) and name != "MATCHMAKING_POSTGRES_BIN")
}


def ask(*arguments: str, typed: str | None = None, **environment: str) -> Result:
    """`matchmaking <arguments>` in this process."""
    return CliRunner().invoke(app, arguments, input=typed, env={**CLEARED, **environment})


def server_settings(key_pem: str, owner: str, app_url: str, system: str) -> dict[str, str]:
    """The environment of an installation on a server, complete and safe."""
    return {
        "DATABASE_URL": app_url,
        "MATCHMAKING_OWNER_DATABASE_URL": owner,
        "MATCHMAKING_SYSTEM_DATABASE_URL": system,
        "MATCHMAKING_SIGNING_KEY": key_pem,
        "MATCHMAKING_PSEUDONYM_SECRET": SAFE_SECRET,
        "MATCHMAKING_CURSOR_SECRET": SAFE_SECRET[::-1],
    }


@dataclass(frozen=True, slots=True)
class Trial:
    """One `matchmaking run --once`, as a newcomer would see it."""

    code: int
    out: str
    err: str

    def seconds(self, phase: str) -> float:
        """How long a phase of the start took, by what was printed."""
        found = re.search(rf"✓ +([0-9.]+) s  {phase}", self.out)
        assert found, self.out
        return float(found.group(1))

    def ready_seconds(self) -> float:
        found = re.search(r"ready in ([0-9.]+) s", self.out)
        assert found, self.out
        return float(found.group(1))


def run_once(state: Path) -> Trial:
    """With `LC_ALL=C` and no terminal, on any free port.

    An interpreter whose own path is Chinese cannot start so; `run.sh` sets another locale for that.
    """
    locale = "C" if sys.prefix.isascii() else "C.UTF-8"
    kept = {name: value for name, value in os.environ.items() if name not in CLEARED}
    done = subprocess.run(
        [sys.executable, "-m", "scripts.cli", "run", "--once", "--port", "0"],
        cwd=ROOT,
        env={**kept, "LC_ALL": locale, "MATCHMAKING_STATE": str(state)},
        capture_output=True,
        timeout=120,
        check=False,
    )
    return Trial(done.returncode, done.stdout.decode(), done.stderr.decode())
