"""What a run finds is kept, without what was noticed by tests that are no more or that fail anyway."""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pytest

from mutants import __main__ as run
from mutants.areas import ROOT
from mutants.changes import Change
from mutants.copies import Outcome
from mutants.report import Result
from mutants.warm import Tried

GOOD, BAD, GONE = "tests/a.py::test_good", "tests/a.py::test_bad", "tests/a.py::test_gone"


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Result]:
    """Three mutants of one area, each noticed by another test."""
    monkeypatch.setattr(run, "KEPT", tmp_path)
    results = [
        Result("codes", mutant.key[0], 1, mutant.key[1], mutant.key[2], "killed", by, 1, 0.1)
        for mutant, by in zip(run.mutants("codes"), (GOOD, BAD, GONE), strict=False)
    ]
    (tmp_path / "codes").mkdir()
    lines = [json.dumps(asdict(result)) for result in results]
    (tmp_path / "codes" / "results.jsonl").write_text("\n".join(lines))
    noticed = {(ROOT / one.module, f"{one.place} {one.by}"): Counter([one.by]) for one in results}
    monkeypatch.setattr(run, "_noticed", noticed)
    return results


def fails_anyway(path: Path, tree: ast.Module, change: Change, tests: Sequence[str], limit: float) -> Outcome:
    assert set(tests) <= {GOOD, BAD}, "a test that is no more cannot be run"
    return Outcome("killed", BAD) if BAD in tests else Outcome("survived")


def test_what_a_test_noticed_that_fails_anyway_does_not_count_and_the_rest_does(found: list[Result]) -> None:
    assert not run._pass_unchanged("codes", fails_anyway, Tried(seconds={GOOD: 1.0, BAD: 1.0}))
    assert [one.by for one in run._results("codes")] == [GOOD, GONE]
    assert run._pass_unchanged("codes", fails_anyway, Tried(seconds={GOOD: 1.0, BAD: 1.0}))


def test_what_a_test_noticed_that_is_no_more_is_tried_again(found: list[Result]) -> None:
    tried = Tried(seconds={GOOD: 1.0}, on_postgresql=[BAD])
    run._forget_those_of("codes", run._who_noticed() - tried.known)
    assert [one.by for one in run._results("codes")] == [GOOD, BAD]
    assert len(found) == 3 and found[2].key in {one.key for one in run._wanted("codes", "", survivors=True)}


def test_a_test_that_is_over_runs_no_line() -> None:
    tried = Tried(seconds={GOOD: 1.0, GONE: 1.0}, ran={"a.py": {1: [GONE, GOOD], 2: [GONE]}})
    tried.forget(lambda test: test == GONE)
    assert tried.tests_of(Path("a.py"), (1, 2)) == {GOOD} and tried.known == {GOOD}
