"""Reading SQL: a table is held only when its column is compared with the owner, each time it is named."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey import statements
from survey.models import Model

OWNER, OTHER = uuid4(), uuid4()
COLUMNS = {"page": "organisation_id", "wave": "organisation_id", "organisation": "id"}

HELD = [
    "SELECT 1",
    "SELECT page.answers FROM page WHERE page.organisation_id = ?",
    'SELECT p.answers FROM "page" AS p WHERE p.organisation_id = ?',
    "SELECT staff.id FROM staff",
    "SELECT organisation.name FROM organisation WHERE organisation.id = ?",
    "SELECT page.answers AS wave FROM page WHERE page.organisation_id = ? ORDER BY 1",
    "SELECT page.answers FROM page WHERE page.organisation_id = ? FOR UPDATE OF page",
    "SELECT 'a page of ''FROM page'' text' FROM staff",
    "UPDATE page SET score=1 WHERE page.organisation_id = ?",
    "DELETE FROM page WHERE page.organisation_id = ?",
    "INSERT INTO page (score, organisation_id) VALUES (1, ?)",
    "INSERT INTO page (score) VALUES (1) ON CONFLICT (id) DO NOTHING",
    "INSERT INTO page (score) VALUES (1) ON CONFLICT (id) DO UPDATE SET score = excluded.score"
    " WHERE page.organisation_id = ?",
]
LOOSE = [
    ("SELECT page.answers FROM page", "page"),
    ("select * from page", "page"),
    ("SELECT * FROM page p", "page"),
    ("SELECT * FROM main.page", "page"),
    ("SELECT page.answers FROM page WHERE page.organisation_id = page.organisation_id", "page"),
    ("SELECT page.answers FROM page WHERE page.organisation_id != ?", "page"),
    ("SELECT page.answers FROM page WHERE page.id = ?", "page"),
    ("SELECT page.answers FROM page AS p WHERE page.organisation_id = ?", "page"),
    ("SELECT 1 FROM page, wave WHERE page.organisation_id = ?", "wave"),
    ("SELECT 1 FROM page JOIN wave ON wave.id = page.wave_id WHERE page.organisation_id = ?", "wave"),
    ("SELECT 1 FROM page WHERE page.organisation_id = ? AND EXISTS (SELECT 1 FROM page)", "page"),
    ("SELECT organisation.name FROM organisation WHERE organisation.organisation_id = ?", "organisation"),
    ("WITH page AS (SELECT 1) SELECT 1 FROM page WHERE page.organisation_id = ?", "page"),
    ("UPDATE page SET score=1 FROM wave WHERE page.organisation_id = ?", "wave"),
    ("DELETE FROM page USING wave WHERE page.organisation_id = ?", "wave"),
    ("INSERT INTO page (score) SELECT wave.weeks FROM wave", "wave"),
    ("INSERT INTO page (score) VALUES (1) ON CONFLICT (id) DO UPDATE SET score = excluded.score", "page"),
]


def not_held(sql: str, *values: Any) -> str | None:
    return statements.read(sql, tuple(COLUMNS), ("organisation_id", "id")).not_held(COLUMNS, values, OWNER)


@pytest.mark.parametrize("sql", HELD)
def test_what_is_held(sql: str) -> None:
    assert not_held(sql, OWNER.hex) is None


@pytest.mark.parametrize(("sql", "loose"), LOOSE)
def test_what_is_not_held(sql: str, loose: str) -> None:
    assert not_held(sql, OWNER.hex) == loose


@pytest.mark.parametrize("write", [str.upper, str.lower, str.swapcase])
@pytest.mark.parametrize(("sql", "loose"), [*LOOSE, *((sql, None) for sql in HELD)])
def test_capitals_hide_nothing(write: Callable[[str], str], sql: str, loose: str | None) -> None:
    """A database takes SELECT for select and PAGE for page."""
    assert not_held(write(sql), OWNER.hex) == loose
    assert statements.read(write(sql), (), ()).verb == sql.split()[0].lower()


@pytest.mark.parametrize(("sql", "loose"), [*LOOSE, *((sql, None) for sql in HELD)])
def test_quotes_hide_nothing(sql: str, loose: str | None) -> None:
    quoted = re.sub(r"\b(page|wave|organisation|organisation_id|id)\b(?![^']*'[^']*$)", r'"\1"', sql)
    assert not_held(quoted.replace('""', '"'), OWNER.hex) == loose


def test_the_name_of_a_value_is_kept_as_it_is() -> None:
    statement = statements.read(
        "SELECT 1 FROM page WHERE page.organisation_id = %(Owner)s", tuple(COLUMNS), ("organisation_id", "id")
    )
    assert statement.not_held(COLUMNS, {"Owner": OWNER}, OWNER) is None


def test_held_to_someone_else_is_not_held() -> None:
    sql = "SELECT 1 FROM page WHERE page.score = ? AND page.organisation_id = ?"
    assert not_held(sql, OWNER.hex, OWNER.hex) is None
    assert not_held(sql, OWNER.hex, OTHER.hex) == "page"


def test_values_by_name() -> None:
    sql = "SELECT 1 FROM page WHERE page.score = %(score)s AND page.organisation_id = %(owner_1)s::UUID"
    statement = statements.read(sql, tuple(COLUMNS), ("organisation_id", "id"))
    assert statement.not_held(COLUMNS, {"score": 1, "owner_1": OWNER}, OWNER) is None
    assert statement.not_held(COLUMNS, {"score": OWNER, "owner_1": OTHER}, OWNER) == "page"


@pytest.mark.parametrize(
    ("sql", "value", "gives"),
    [
        ("UPDATE page SET organisation_id=? WHERE page.id = 1", OWNER, False),
        ("UPDATE page SET organisation_id=? WHERE page.id = 1", OTHER, True),
        ("UPDATE page SET organisation_id=(SELECT 1) WHERE page.id = ?", OWNER, True),
        ("UPDATE page SET score=? WHERE page.id = 1", OTHER, False),
        ("INSERT INTO page (organisation_id, score) VALUES (?, 1)", OWNER, False),
        ("INSERT INTO page (organisation_id, score) VALUES (?, 1)", OTHER, True),
        ('INSERT INTO page (score, "organisation_id") VALUES (max(1, 2), ?) RETURNING id', OTHER, True),
        ("INSERT INTO page (score, organisation_id) VALUES (?, (SELECT 1))", OWNER, True),
        ("INSERT INTO page (score, organisation_id) SELECT 1, ?", OWNER, True),
        ("INSERT INTO page (score) VALUES (?)", OTHER, False),
        ("INSERT INTO page DEFAULT VALUES", OTHER, False),
    ],
)
def test_what_gives_rows_away(sql: str, value: UUID, gives: bool) -> None:
    statement = statements.read(sql, tuple(COLUMNS), ("organisation_id", "id"))
    assert statement.gives_away("organisation_id", [value.hex], OWNER) is gives


def test_every_new_row_counts() -> None:
    sql = "INSERT INTO page (score, organisation_id) VALUES (?, ?), (?, ?) ON CONFLICT (id) DO NOTHING"
    statement = statements.read(sql, tuple(COLUMNS), ("organisation_id", "id"))
    assert not statement.gives_away("organisation_id", [1, OWNER.hex, 2, OWNER.hex], OWNER)
    assert statement.gives_away("organisation_id", [1, OWNER.hex, 2, OTHER.hex], OWNER)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    statements.read(f"SELECT {text}", tuple(COLUMNS), ("organisation_id", "id"))


def test_no_column_has_the_name_of_a_table() -> None:
    """A column of that name would be taken for the table."""
    tables = Model.metadata.tables
    assert not {column.name for table in tables.values() for column in table.c} & tables.keys()


def test_all_that_is_read_of_a_statement() -> None:
    """Names are read as they are; of new rows only the columns that matter, and each row has a value for each."""
    columns = ("organisation_id", "id")
    read = statements.read('SELECT 1 FROM page AS "Xx" WHERE "Xx".organisation_id = ?', ("page",), columns)
    assert (read.named, read.compared) == ((("page", "xx"),), (("xx", "organisation_id", 0),))
    made = statements.read("INSERT INTO page (id, domain) VALUES (?, ?), (?, ?)", ("page",), columns)
    assert (made.into, made.assigned) == ("page", (("id", 0), ("id", 2)))
    nested = statements.read("SELECT id , ( SELECT 2 ) FROM page", ("page",), columns)
    assert nested.assigned == ()
    with pytest.raises(ValueError):
        statements.read("INSERT INTO page (id, domain) VALUES (?)", ("page",), columns)
