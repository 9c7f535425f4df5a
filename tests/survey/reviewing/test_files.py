"""A translator's file loses nothing on its way out and back, and changes nothing until it is approved."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from babel.messages.pofile import read_po, write_po
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from survey.database import db
from survey.models import StringReview
from survey.refusal import NotImported
from survey.reviewing import files, queries
from survey.typed import OVERRIDES, one_line, paragraphs
from survey.wording import operations
from survey.wording.operations import Proposal
from survey.wording.texts import all_texts
from tests.fixtures.application import Town
from tests.survey.reviewing.conftest import LANGUAGE, NAME, decide, row_of, text_of, token_of

KINDS = ("xlsx", "po")
Edit = Callable[[dict[str, Any]], None]


def written(town: Town, kind: str) -> bytes:
    with town.app.test_request_context():
        town.inside()
        return files.write(LANGUAGE, kind)


def read(town: Town, content: bytes) -> files.Read:
    with town.app.test_request_context("/reviewing/?language=en"):
        town.inside()
        return files.read(LANGUAGE, content)


def refusals(town: Town, content: bytes) -> list[str]:
    with pytest.raises(NotImported) as refused:
        read(town, content)
    return [reason.reason for reason in refused.value.refusals]


def with_row(content: bytes, key: str, **cells: str) -> bytes:
    """The spreadsheet after somebody typed in the row of this text."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    heading = [cell.value for cell in sheet[1]]
    row = next(row for row in sheet.iter_rows(min_row=2) if row[0].value == key)
    for name, text in cells.items():
        row[heading.index(name)].value = text
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_message(content: bytes, source: str, text: str) -> bytes:
    """The catalog after a translation program saved it, with this text in it."""
    catalog = read_po(io.BytesIO(content))
    message = catalog.get(source)
    assert message is not None
    message.string = text
    stream = io.BytesIO()
    write_po(stream, catalog)
    return stream.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_nobody_touched_changes_nothing(town: Town, kind: str) -> None:
    found = read(town, written(town, kind))
    assert found.changes == [] and found.absent == 0
    assert found.unchanged == len(all_texts(LANGUAGE).by_key)


words = st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"]), min_size=1, max_size=60).map(
    lambda text: "".join(letter for letter in text if letter not in OVERRIDES and letter != "%")
)


def usable(text: str) -> bool:
    return paragraphs(text) == text != "" and "{" not in text and "}" not in text


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    typed=words.filter(usable),
    back=words.map(one_line),
    remark=words.map(one_line),
    at=st.integers(0, 10_000),
)
def test_whatever_is_written_comes_back(
    town: Town, kind: str, typed: str, back: str, remark: str, at: int
) -> None:
    """Through our own writer and reader: letters of any script, signs that look like formulas, long words."""
    texts = [text for text in all_texts(LANGUAGE).by_key.values() if "%(" not in text.source[0]]
    text = texts[at % len(texts)]
    with town.app.test_request_context(method="POST"):
        town.inside()
        operations.propose(LANGUAGE, [Proposal(text.key, (typed,), back, remark)])
        content = files.write(LANGUAGE, kind)
        operations.withdraw_proposals(LANGUAGE)
        found = files.read(LANGUAGE, content)
        db.session.rollback()
    differs = typed != text.shipped[0] or back or remark
    expected = [Proposal(text.key, (typed,), back, remark)] if differs else []
    assert [proposal for _row, proposal in found.changes] == expected


def test_a_spreadsheet_holds_text_and_no_formulas(town: Town) -> None:
    with town.app.app_context():
        town.inside()
        key = text_of("Welcome").key
        operations.propose(LANGUAGE, [Proposal(key, ("=1+1",), "@SUM(A1)", "+31")])
        db.session.commit()
    book = openpyxl.load_workbook(io.BytesIO(written(town, "xlsx")))
    (sheet,) = book.worksheets
    assert [cell.value for cell in sheet[1]] == [
        "id", "context", "source", "translation", "back_translation", "status", "remark", "wording",
    ]  # fmt: skip
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert all(cell.value is None for row in sheet.iter_rows() for cell in row if cell.data_type == "n")
    row = next(row for row in sheet.iter_rows(min_row=2) if row[0].value == key)
    assert [row[place].value for place in (3, 4, 6)] == ["=1+1", "@SUM(A1)", "+31"]
    assert row[3].alignment.readingOrder == 2, "Arabic stands from right to left"


@pytest.mark.parametrize("typed", ["بلا اسم", "%(organisation)", "%(organization)s", "% (organisation)s"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_lost_placeholder_is_refused_and_named(town: Town, kind: str, typed: str) -> None:
    content = written(town, kind)
    if kind == "xlsx":
        content = with_row(content, text_of(NAME).key, translation=typed)
    else:
        content = with_message(content, NAME, typed)
    reasons = refusals(town, content)
    assert any("“%(organisation)s” is missing" in reason for reason in reasons)


def test_every_reason_is_told_at_once(town: Town) -> None:
    content = with_row(written(town, "xlsx"), text_of(NAME).key, translation="x")
    other = "%(organisation)s keeps this. Made on %(day)s."
    content = with_row(content, text_of(other).key, translation="y")
    assert len(refusals(town, content)) == 2


@pytest.mark.parametrize(
    ("cells", "said"),
    [({"source": "Welcom"}, "not our source"), ({"id": "x"}, "no text with this id"),
     ({"translation": "=1+1"}, "formula"), ({"id": text_of("Stop").key, "source": "Stop"}, "there twice")],
)  # fmt: skip
def test_what_does_not_belong_here_is_refused(town: Town, cells: dict[str, str], said: str) -> None:
    content = with_row(written(town, "xlsx"), text_of("Welcome").key, **cells)
    assert any(said in reason for reason in refusals(town, content))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\3\4nonsense",
        b"\xff\xfe\x00",
        b"just words",
        b'msgid "',
        b"x" * 700_000,
        b"%PDF-1.7",
        b"\0" * 99,
    ],
)
def test_what_is_no_such_file_is_refused_in_words(town: Town, content: bytes) -> None:
    assert all(refusals(town, content))


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_of_another_language_is_refused(town: Town, kind: str) -> None:
    with town.app.test_request_context():
        town.inside()
        content = files.write("fa", kind)
    (reason,) = refusals(town, content)
    assert "فارسی" in reason


def test_what_is_unfinished_or_absent_stays_as_it_is(town: Town) -> None:
    content = with_row(written(town, "xlsx"), text_of("Welcome").key, translation="")
    found = read(town, content)
    assert found.changes == [] and found.absent == 1
    catalog = written(town, "po").replace(b'msgid "Welcome"', b'#, fuzzy\nmsgid "Welcome"')
    found = read(town, catalog.replace('msgstr "أهلًا بك"'.encode(), b'msgstr "x"'))
    assert found.changes == [] and found.absent == 1


def send(client: FlaskClient, file: bytes, **more: str) -> Any:
    form = {"csrf_token": token_of(client), **more}
    if not more:
        form["file"] = (io.BytesIO(file), "back.xlsx")
    return client.post(f"/reviewing/{LANGUAGE}/propose", data=form)


def test_it_is_looked_at_proposed_and_then_approved(town: Town, reviewer: FlaskClient) -> None:
    text = text_of("Welcome")
    out = reviewer.get(f"/reviewing/{LANGUAGE}/file.xlsx")
    assert out.headers["Content-Disposition"].endswith('"telvertel-ar.xlsx"')
    content = with_row(out.data, text.key, translation="أهلًا", back_translation="Be welcome")
    looked = send(reviewer, content)
    assert looked.status_code == 200 and "1 text is different" in looked.text and "Be welcome" in looked.text
    assert row_of(town, text).own is None, "looking changes nothing"
    done = send(reviewer, b"", content=b64encode(content).decode(), sure="y")
    assert done.status_code == 303
    row = row_of(town, text)
    assert row.held.texts == text.shipped and row.shown == ("أهلًا",)
    assert "A translator proposes" in reviewer.get(done.location).text
    decide(town, reviewer, text, "أهلًا")
    row = row_of(town, text)
    assert (row.held.state, row.held.texts, row.proposal) == ("changed", ("أهلًا",), None)
    assert row.back_translation == ""  # what the reviewer left empty is the reviewer's


def test_a_refused_file_says_why_and_changes_nothing(town: Town, reviewer: FlaskClient) -> None:
    content = reviewer.get(f"/reviewing/{LANGUAGE}/file.xlsx").data
    answer = send(reviewer, with_row(content, text_of(NAME).key, translation="بلا"))
    assert answer.status_code == 422 and "is missing" in answer.text and NAME[:30] in answer.text
    assert send(reviewer, b"", content="not base64!", sure="y").status_code == 422
    with town.app.app_context():
        town.inside()
        assert db.session.scalars(select(StringReview)).all() == []


def test_bulk_approval_takes_the_proposals(town: Town, reviewer: FlaskClient) -> None:
    texts = [text_of(source) for source in ("Welcome", "Stop")]
    with town.app.app_context():
        town.inside()
        operations.propose(LANGUAGE, [Proposal(text.key, ("جديد",), "new") for text in texts])
        db.session.commit()
        ticked = [f"{row.text.key}.{row.seen}" for row in queries.rows(LANGUAGE) if row.proposal]
    form = {"csrf_token": token_of(reviewer), "ticked": ticked}
    assert reviewer.post(f"/reviewing/{LANGUAGE}/approve", data=form).status_code == 303
    for text in texts:
        row = row_of(town, text)
        assert (row.held.texts, row.back_translation, row.proposal) == (("جديد",), "new", None)
