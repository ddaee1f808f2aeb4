"""One test for both starts: apart they would be made twice, by different workers of a parallel run."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from matchmaking.db.instance import Instance
from scripts.demo.data import demo_city
from scripts.main_job.job import STEPS
from tests.scripts.trials import Trial, run_once

pytestmark = pytest.mark.database

# In a table cell the English words may stand on lines of their own.
VERDICTS = ("符合公开准入条件", "资料待补", "接近", "不符合", "meets the", "facts are", "near miss")
MEETINGS = (
    "企业未共享所需资料",
    "符合贵方公开条件",
    "同时揭晓",
    "SHA-256(需求编号:报价编号)",
    "推荐理由：条件相符",
    "Reason of the recommendation: suitable terms",
    "理由代码：额度已用完",
)
CALL = re.compile(r"→ \S+ \S+ .*  (GET|POST) /v1/\S+  [1-5]\d\d · \d+ ms$")


def test_two_starts_in_a_newcomers_folder(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    folder = tmp_path / "新人 的试用"
    folder.mkdir()
    state = folder / "数据 var"
    first = run_once(state)
    _went_through(first)
    _reads_well_without_a_terminal(first)
    _tells_the_whole_story(first)
    _counts_one_more(first, signed_before=0, opened_before=len(demo_city().needs))
    _keeps_its_secrets(state)
    second = run_once(state)
    _went_through(second)
    assert "data kept" in second.out
    assert "there already" in second.out
    _counts_one_more(second, signed_before=1, opened_before=len(demo_city().needs) + 1)
    # By the work that it does: how long imports take is the machine's business.
    work = [trial.seconds("数据库结构") + trial.seconds("演示数据") for trial in (first, second)]
    assert work[1] < work[0]
    ready = f"ready in {first.ready_seconds()} s, again in {second.ready_seconds()} s"
    record_property("figure", f"{ready}; schema and demo {work[0]:.2f} s, then {work[1]:.2f} s")
    with Instance.open(state):
        pass


def _counts_one_more(trial: Trial, signed_before: int, opened_before: int) -> None:
    """Needs signed of needs opened, before and after; the last column is the sum in 10,000 CNY.

    Each run signs one contract of either kind, the technology contract over CNY 800,000.
    """
    signed, opened = signed_before + 1, opened_before + 1
    needs = rf"needs opened +{signed_before} / {opened_before} +{signed} / {opened} +{signed * 300}"
    contracts = rf"all of them +{signed_before} / {signed_before} +{signed} / {signed} +{signed * 80}"
    for wanted in (needs, contracts):
        assert re.search(wanted, trial.out), wanted


def _went_through(trial: Trial) -> None:
    assert trial.code == 0, trial.out + trial.err
    assert trial.err == ""
    assert f"[{len(STEPS)}/{len(STEPS)}]" in trial.out
    assert "主流程完成" in trial.out
    assert "The main job is done" in trial.out


def _reads_well_without_a_terminal(trial: Trial) -> None:
    for unwanted in ("\x1b", "\ufffd", "Traceback"):
        assert unwanted not in trial.out
    calls = [line for line in trial.out.splitlines() if line.lstrip().startswith("→ ")]
    assert len(calls) > 25
    assert [line for line in calls if not CALL.search(line)] == []


def _tells_the_whole_story(trial: Trial) -> None:
    """Every verdict, the remedy of the near miss, the most decisive fact, and what strangers got."""
    for said in (*VERDICTS, *MEETINGS, "申报相应的荣誉资质", "apply for the honour"):
        assert said in trial.out, said
    assert re.search(r"debt ratio helps to decide \d+ products, \d+ of which lack nothing else", trial.out)
    assert re.search(r"clerk  GET /v1/financing-needs/…[0-9a-f]{6}  404", trial.out)


def _keeps_its_secrets(state: Path) -> None:
    assert state.stat().st_mode & 0o077 == 0
    secrets = list((state / "secrets").iterdir())
    assert "demo_accounts" in {secret.name for secret in secrets}
    assert all(secret.stat().st_mode & 0o177 == 0 for secret in secrets)
