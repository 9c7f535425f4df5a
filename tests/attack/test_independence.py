"""The attack knows the application from the outside."""

from __future__ import annotations

import ast
from pathlib import Path

OURS = ("dashboard", "demonstration", "instruments", "migrations", "survey", "telvertel", "tools")


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


def test_nothing_of_the_application_is_imported() -> None:
    files = sorted(Path(__file__).parent.glob("*.py"))
    assert len(files) > 8
    for path in files:
        for name in imported(path):
            assert name.split(".")[0] not in OURS, (path.name, name)
            assert not name.startswith("tests.") or name.startswith("tests.attack"), (path.name, name)
