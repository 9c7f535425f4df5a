"""The table of the OWASP ASVS is whole, and says nothing that is not so."""

from __future__ import annotations

import ast
import csv
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = (ROOT / "docs" / "asvs.md").read_text("utf-8")
ROW = re.compile(r"^\| (V\d+\.\d+\.\d+) \|(.*)\|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
KINDS = ("a test", "n/a", "operator", "open")


def rows() -> list[tuple[str, list[str]]]:
    """Id, and the cells after it."""
    return [(match[1], [cell.strip() for cell in match[2].split(" | ")]) for match in ROW.finditer(DOCUMENT)]


ROWS = rows()
EACH = pytest.mark.parametrize("cells", [cells for _, cells in ROWS], ids=[row for row, _ in ROWS])


def standard() -> list[tuple[str, str]]:
    with (ROOT / "docs" / "asvs-5.0.0-ids.csv").open(encoding="utf-8", newline="") as file:
        return [(line["id"], line["level"]) for line in csv.DictReader(file)]


@cache
def names_in(path: str) -> frozenset[str]:
    found = ast.walk(ast.parse((ROOT / path).read_text("utf-8")))
    return frozenset(node.name for node in found if isinstance(node, ast.FunctionDef))


def missing_tests(text: str) -> list[str]:
    return [
        f"{path}::{name}"
        for path, name in TEST.findall(text)
        if not (ROOT / path).is_file() or name not in names_in(path)
    ]


def kind(proof: str) -> str:
    return "a test" if proof.startswith("`tests/") else proof.partition(":")[0]


def test_every_requirement_of_both_levels_stands_there_once() -> None:
    assert len(standard()) == 253
    assert [(row, cells[0]) for row, cells in ROWS] == standard()


@EACH
def test_no_row_is_empty_and_every_test_exists(cells: list[str]) -> None:
    assert len(cells) == 4
    asked, how, proof = cells[1:]
    assert asked and how
    assert kind(proof) in KINDS
    if kind(proof) == "a test":
        assert re.fullmatch(rf"{TEST.pattern}(; {TEST.pattern})*", proof)
        assert missing_tests(proof) == []
    else:
        assert re.fullmatch(r"(n/a|operator|open): \S.*", proof)
    if kind(proof) == "operator":
        assert "docs/" in proof


@pytest.mark.parametrize("what", KINDS)
def test_the_head_counts_the_rows(what: str) -> None:
    (said,) = re.findall(rf"^\| {re.escape(what)} \| (\d+) \|$", DOCUMENT, re.MULTILINE)
    assert int(said) == sum(kind(cells[-1]) == what for _, cells in ROWS)
