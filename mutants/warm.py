"""One process that has imported everything and run every test once; each mutant is tried in a copy of it.

Copies are made by fork. In a copy the functions of the changed module get other code, and of the tests that run the
changed line the quickest come first, until one fails. What runs at import can't be changed so: see `mutants.fresh`.
"""

from __future__ import annotations

import ast
import functools
import gc
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from types import CodeType, FunctionType

import pytest
from coverage import Coverage
from hypothesis import Phase, settings

from mutants.areas import ROOT
from mutants.changes import Change
from mutants.copies import Outcome, in_a_copy

#: Tests of these are for what runs nowhere else.
LEFT_OUT = {"postgres", "browser"}
settings.register_profile(
    "mutants", deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate]
)
OPTIONS = [
    "-q", "-s", "-p", "no:cacheprovider", "--hypothesis-profile=mutants",
    "-W", "ignore::pytest.PytestAssertRewriteWarning",  # of plugins that are here already
]  # fmt: skip


@dataclass
class Tried:
    """What the run without changes told."""

    #: By test: the seconds it took.
    seconds: dict[str, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    #: By file and line: the tests that ran it.
    ran: dict[str, dict[int, list[str]]] = field(default_factory=dict)
    #: Tests on PostgreSQL, which are not run here.
    on_postgresql: list[str] = field(default_factory=list)

    @property
    def known(self) -> set[str]:
        return {*self.seconds, *self.on_postgresql}

    def forget(self, is_over: Callable[[str], bool]) -> None:
        """What is known of these tests: they are run again, if there are such tests."""
        self.seconds = {test: took for test, took in self.seconds.items() if not is_over(test)}
        for lines in self.ran.values():
            for line, tests in lines.items():
                lines[line] = [test for test in tests if test in self.seconds]

    def tests_of(self, path: Path, lines: tuple[int, int]) -> set[str]:
        ran = self.ran.get(str(path), {})
        return {test for line in range(lines[0], lines[1] + 1) for test in ran.get(line, ())}


class Warm:
    """A plugin for pytest: runs all tests once, then calls `then` in the same process, with everything still there."""

    def __init__(self, paths: Sequence[Path], tried: Tried, then: Callable[[Warm], None]) -> None:
        self.paths, self.tried, self.then = paths, tried, then
        self.items: dict[str, pytest.Item] = {}
        self.has_failed = False

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        self.tried.on_postgresql = [item.nodeid for item in items if item.get_closest_marker("postgres")]
        items[:] = [item for item in items if not any(item.get_closest_marker(name) for name in LEFT_OUT)]
        self.items = {item.nodeid: item for item in items}
        self.tried.forget(lambda test: test not in self.items)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed or not session.items:
            raise session.Failed("no tests could be collected")
        self._run_all(session.items)
        self.functions = _functions([str(path) for path in self.paths])
        gc.freeze()
        self.then(self)
        return True

    def _run_all(self, items: list[pytest.Item]) -> None:
        # Those that were run before are not run again; but one is, so that what all tests share is there.
        items = [items[0], *(item for item in items[1:] if item.nodeid not in self.tried.seconds)]
        measured = Coverage(data_file=None, include=[str(path) for path in self.paths], config_file=False)
        measured.set_option("run:disable_warnings", ["no-data-collected"])  # a test need not run any of it
        measured.start()
        for item, following in zip(items, [*items[1:], None], strict=True):
            measured.switch_context(item.nodeid)
            began = perf_counter()
            if not self._passes(item, following):
                self.tried.failed.append(item.nodeid)
            self.tried.seconds[item.nodeid] = perf_counter() - began
        measured.stop()
        data = measured.get_data()
        for file in data.measured_files():
            ran = self.tried.ran.setdefault(file, {})
            for line, tests in data.contexts_by_lineno(file).items():
                ran[line] = sorted({*ran.get(line, ()), *tests} - {""})

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.has_failed = self.has_failed or report.failed

    def _passes(self, item: pytest.Item, following: pytest.Item | None) -> bool:
        self.has_failed = False
        # What another module's tests left is put away, what all share stays.
        item.session._setupstate.teardown_exact(item)
        # After the last one too something follows, or what all tests share would be put away.
        following = following or next(other for other in self.items.values() if other is not item)
        item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
        return not self.has_failed

    def attempt(
        self, path: Path, tree: ast.Module, change: Change, tests: Sequence[str], limit: float
    ) -> Outcome:
        """Run these tests against a copy with this change."""

        def work() -> str | None:
            change.make()
            _swap(self.functions[str(path)], compile(tree, str(path), "exec", dont_inherit=True))
            _forget()
            items = [self.items[test] for test in tests if test in self.items]
            for item, following in zip(items, [*items, None][1:], strict=True):
                if not self._passes(item, following):
                    return item.nodeid
            return None

        return in_a_copy(work, limit)


Functions = dict[tuple[str, int], list[FunctionType]]


def _functions(files: Sequence[str]) -> dict[str, Functions]:
    """By file, then name and first line: every function that there is."""
    found: dict[str, Functions] = {file: {} for file in files}
    for function in gc.get_objects():
        if isinstance(function, FunctionType) and function.__code__.co_filename in found:
            code = function.__code__
            key = code.co_qualname, code.co_firstlineno
            found[code.co_filename].setdefault(key, []).append(function)
    return found


def _swap(functions: Functions, module: CodeType) -> None:
    """Give every function of a module its code from this one; ValueError if it does not fit."""
    for code in _codes(module):
        for function in functions.get((code.co_qualname, code.co_firstlineno), ()):
            function.__code__ = code


def _codes(outer: CodeType) -> list[CodeType]:
    inner = [constant for constant in outer.co_consts if isinstance(constant, CodeType)]
    return [*inner, *(code for one in inner for code in _codes(one))]


def _forget() -> None:
    """What functions of ours remember of the time before the change."""
    for module in list(sys.modules.values()):
        if Path(getattr(module, "__file__", None) or "/").is_relative_to(ROOT / "survey"):
            for value in list(vars(module).values()):
                if isinstance(value, functools._lru_cache_wrapper):
                    value.cache_clear()
