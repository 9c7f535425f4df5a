"""Mutants of what runs when a module is imported: each in a copy that has imported no module of ours yet."""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from importlib.machinery import PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType

import pytest

from mutants.areas import dotted
from mutants.changes import Change
from mutants.copies import Outcome, in_a_copy

OURS = {"survey", "dashboard", "instruments", "demonstration", "telvertel", "tests", "migrations", "__main__"}


def libraries() -> list[str]:
    """What this process has imported that is not ours."""
    return [name for name in sys.modules if name.partition(".")[0] not in {*OURS, "mutants"}]


def import_libraries(names: Sequence[str]) -> None:
    """So that no copy has to do it again."""
    for name in names:
        with suppress(Exception):  # some can only be imported by others; copies then do it themselves
            import_module(name)


def attempt(path: Path, tree: ast.Module, change: Change, tests: Sequence[str], limit: float) -> Outcome:
    def work() -> str | None:
        from mutants.warm import OPTIONS

        change.make()
        code = compile(tree, str(path), "exec", dont_inherit=True)
        sys.meta_path.insert(0, _Changed(dotted(path), code))
        chosen = _Chosen(tests)
        files = list(dict.fromkeys(test.partition("::")[0] for test in tests))
        status = pytest.main([*OPTIONS, "-x", *files], plugins=[chosen])
        return None if status == 0 else chosen.failed or f"nothing can be run: {status}"

    return in_a_copy(work, limit)


class _Chosen:
    """Runs these tests, in this order."""

    def __init__(self, tests: Sequence[str]) -> None:
        self.order = {test: place for place, test in enumerate(tests)}
        self.failed = ""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted(
            (item for item in items if item.nodeid in self.order), key=lambda item: self.order[item.nodeid]
        )

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed = report.nodeid


class _Changed(PathFinder):
    """Finds one module, changed; everything else is found by others."""

    def __init__(self, name: str, code: CodeType) -> None:
        self.name, self.code = name, code

    def find_spec(self, fullname, path=None, target=None):  # type: ignore[no-untyped-def, override]
        if fullname != self.name:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        assert spec is not None and isinstance(spec.loader, SourceFileLoader)
        code = self.code
        spec.loader.get_code = lambda name: code  # type: ignore[method-assign]
        return spec
