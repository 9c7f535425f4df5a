"""The papers for a municipality say what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary

from survey.models import Model

PAPERS = Path(__file__).resolve().parents[1] / "docs" / "papers"
DPIA = (PAPERS / "dpia.nl.md").read_text("utf-8")


def rows() -> dict[str, str]:
    """By name of a table, the line of the DPIA that says what is in it."""
    section = DPIA.split("## 3.")[1].split("## 4.")[0]
    found = {}
    for line in section.splitlines():
        if match := re.match(r"\| ([a-z_, ]+) \|", line):
            found |= dict.fromkeys(match[1].split(", "), line)
    return found


def test_every_table_is_in_the_assessment_and_no_other() -> None:
    assert rows().keys() == Model.metadata.tables.keys()


@pytest.mark.parametrize("table", Model.metadata.sorted_tables, ids=lambda table: table.name)
def test_what_is_sealed_is_said_to_be_and_nothing_else(table: object) -> None:
    columns = table.columns  # type: ignore[attr-defined]
    as_they_are = ("wrapped_key", "sound")
    sealed = any(
        isinstance(column.type, LargeBinary) and column.name not in as_they_are for column in columns
    )
    assert ("versleuteld" in rows()[table.name]) == sealed  # type: ignore[attr-defined]
