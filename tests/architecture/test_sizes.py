import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("matchmaking", "routers", "schemas", "scripts", "tests")
LONGEST_FILE = 350
LONGEST_FUNCTION = 50


def _files() -> Iterator[Path]:
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            if "versions" not in file.parts:
                yield file


def test_no_file_and_no_function_outgrows_its_bound() -> None:
    too_long: list[str] = []
    for file in _files():
        text = file.read_text(encoding="utf-8")
        if text.count("\n") > LONGEST_FILE:
            too_long.append(f"{file.relative_to(ROOT)}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    too_long.append(f"{file.relative_to(ROOT)}:{node.lineno} {node.name}: {lines} lines")
    assert not too_long


def test_every_module_says_what_lives_in_it() -> None:
    silent = [
        str(file.relative_to(ROOT))
        for file in _files()
        if "tests" not in file.parts and not ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
    ]
    assert not silent
