"""docs/for-integrators.md is run as it stands: each block of commands prints what is shown behind it."""

import asyncio
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from live import served
from matchmaking.clock import SystemClock
from matchmaking.services.foundation import Foundation
from matchmaking.settings import Settings
from scripts.demo.accounts import DemoPassword
from scripts.demo.loader import load_demo

pytestmark = pytest.mark.database
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "for-integrators.md"
PASSWORD = DemoPassword("abcde-fghjk-mnpqr")
BLOCK = re.compile(r"^```sh\n(.*?)^```\n\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BETWEEN = "--- next block"


@pytest.fixture
def url(settings: Settings, foundation: Foundation) -> Iterator[str]:
    asyncio.run(load_demo(settings, foundation, PASSWORD, SystemClock()))
    with served(settings, foundation) as live:
        yield live.url


def test_every_command_prints_what_is_shown(url: str, tmp_path: Path) -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    blocks = BLOCK.findall(document)
    assert len(blocks) == document.count("```sh\n") == document.count("```text\n") > 5
    helper = next(line.strip() for line in document.splitlines() if line.startswith("    value()"))
    script = "\n".join([helper, *(f"{commands}echo '{BETWEEN}'" for commands, _ in blocks)])
    bash = shutil.which("bash")
    assert bash
    environment = {
        "BASE": url,
        "PASSWORD": PASSWORD.text,
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
    }
    ran = subprocess.run(
        [bash, "-u", "-o", "pipefail"],
        input=script,
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    printed = ran.stdout.split(f"{BETWEEN}\n")[:-1]
    assert printed == [shown for _, shown in blocks], ran.stderr
    assert ran.returncode == 0
