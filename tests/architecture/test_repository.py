import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_the_lock_pins_hashes_and_names_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = [line for line in lock.splitlines() if "==" in line and not line.startswith("#")]
    assert len(pinned) > 40
    assert lock.count("--hash=sha256:") >= len(pinned)
    assert "://" not in lock


def test_no_text_names_a_registry() -> None:
    registries = ["py" + "pi.", "python" + "hosted", "npm" + "js", "registry." + "npm"]
    found = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in _tracked()
        if file.is_file() and file.suffix not in {".png", ".ico", ".woff2"}
        for name in registries
        if name in file.read_text(encoding="utf-8", errors="replace")
    ]
    assert not found
