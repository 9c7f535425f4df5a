"""Whatever is recorded has a word in the log, and whatever value is known has one too: no code stands in a sentence."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from survey.codes import BASES, KEPT_KINDS
from survey.manage.audit_log import words
from survey.models.story import STORY_STATES
from survey.privacy import ledger

ROOT = Path(__file__).resolve().parents[3]
RECORDING = {"record", "note", "record_account", "record_everywhere"}


def calls() -> Iterator[ast.Call]:
    """Every call that writes in the audit log."""
    for folder in ("survey", "dashboard"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and is_recording(node.func):
                    yield node


def is_recording(called: ast.expr) -> bool:
    return (
        isinstance(called, ast.Attribute)
        and called.attr in RECORDING
        and isinstance(called.value, ast.Name)
        and called.value.id == "audit"
    )


def told() -> list[tuple[str, ast.expr]]:
    """Name and value of every detail."""
    return [(each.arg, each.value) for call in calls() for each in call.keywords if each.arg is not None]


def test_every_detail_has_a_word() -> None:
    names = {name for name, _value in told()}
    assert len(names) > 15
    assert names - words.DETAILS.keys() == set(), "add it to survey.manage.audit_log.words"


def test_every_value_that_is_written_out_has_a_word() -> None:
    written = {
        (name, value.value)
        for name, value in told()
        if isinstance(value, ast.Constant) and isinstance(value.value, str)
    }
    assert len(written) >= 5
    assert {pair for pair in written if str(words.value_of(*pair)) == pair[1]} == set()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("what", [f"retention.{kind}" for kind in KEPT_KINDS]),
        ("to", BASES),
        ("decision", STORY_STATES),
        ("again", ledger.KINDS),
    ],
)
def test_every_value_of_a_closed_list_has_a_word(name: str, values: list[str]) -> None:
    assert [value for value in values if value not in words.VALUES[name]] == []


def test_nothing_is_recorded_past_this_test() -> None:
    """The functions are called by the name of their module, so that they are found here."""
    for folder in ("survey", "dashboard"):
        for path in (ROOT / folder).rglob("*.py"):
            assert "from survey.privacy.audit import" not in path.read_text(encoding="utf-8"), path
