import ast
import re
import string
from pathlib import Path

from matchmaking import errors
from matchmaking.messages import catalogue

ROOT = Path(__file__).resolve().parents[2]
REFUSALS = {name for name, kind in vars(errors).items() if isinstance(kind, type)}
FIELD_CODE = re.compile(r"^[a-z]+(_[a-z]+)+$")


def _fields(text: str) -> set[str]:
    """Names to be filled; `case_zh` and `case_en` are the same thing, named in either language."""
    names = {name for _, name, _, _ in string.Formatter().parse(text) if name}
    return {re.sub("_(zh|en)$", "", name) for name in names}


def _codes_raised() -> set[tuple[str, str]]:
    """(code, where) of every refusal that is raised with a literal code."""
    found: set[tuple[str, str]] = set()
    for package in ("matchmaking", "routers", "schemas"):
        for file in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call):
                    continue
                call = node.exc
                name = call.func.id if isinstance(call.func, ast.Name) else ""
                literal = call.args and isinstance(call.args[0], ast.Constant) and call.args[0].value
                if name in REFUSALS and isinstance(literal, str):
                    found.add((literal, f"{file.relative_to(ROOT)}:{node.lineno}"))
    return found


def test_every_text_stands_in_both_languages_with_the_same_parameters() -> None:
    for code, texts in catalogue().items():
        assert {"zh", "en"} <= set(texts), code
        for key, text in texts.items():
            if key.startswith("zh") and (other := texts.get("en" + key[2:])) is not None:
                assert _fields(text) == _fields(other), f"{code}.{key}"


def test_every_code_that_is_raised_has_a_text() -> None:
    raised = _codes_raised()
    assert len(raised) > 50
    missing = sorted(f"{code} at {where}" for code, where in raised if code not in catalogue())
    assert not missing


def test_validators_name_codes_of_the_catalogue() -> None:
    """`ValueError("some_code: ...")` in a shape is shown under that code."""
    named: set[str] = set()
    for file in (ROOT / "schemas").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call) or not node.exc.args:
                continue
            text = node.exc.args[0]
            if isinstance(text, ast.JoinedStr):
                text = text.values[0]
            if isinstance(text, ast.Constant) and FIELD_CODE.match(str(text.value).partition(":")[0]):
                named.add(str(text.value).partition(":")[0])
    assert len(named) > 10
    assert not sorted(code for code in named if code not in catalogue())
