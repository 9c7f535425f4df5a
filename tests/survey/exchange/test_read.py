"""Files that are tables of text, and files that are none: a clear reason, and nothing stored."""

from __future__ import annotations

import csv
import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.exchange import read, table
from survey.refusal import NotImported
from tests.fixtures.application import Town
from tests.survey.exchange.conftest import PROFILE
from tests.survey.exchange.files import Folder, bring, places, refused, row
from tests.survey.exchange.files import table as cells_of

PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000")
TEXT = "participant,wave,instrument,date,language,wellbeing_1\nP1,before,wellbeing,2026-03-02,nl,4\n"


def as_csv(**options: str) -> str:
    text = io.StringIO()
    csv.writer(text, **options).writerows(cells_of([row("Zoë"), row("P2", household='two; "three"')]))  # type: ignore[arg-type]  # options of the dialect
    return text.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        as_csv().encode(),
        as_csv().encode("utf-8-sig"),
        as_csv(delimiter=";").encode("utf-8-sig"),
        as_csv(delimiter="\t").encode(),
        as_csv(lineterminator="\n").encode(),
        as_csv(lineterminator="\r").encode(),
        as_csv().replace("\r\n", "\r\n\r\n").encode(),
        (as_csv() + ",,,,,,,\r\n" * 3).encode(),
    ],
)
def test_text_of_every_common_kind_is_read(town: Town, folder: Folder, content: bytes) -> None:
    """With and without a byte order mark, with a Dutch Excel's semicolons, with empty lines."""
    assert bring(town, folder.csv(row("Zoë"), row("P2", household='two; "three"'))).added == 2
    assert bring(town, folder.holding(content)).unchanged == 2


@pytest.mark.parametrize(
    ("content", "line", "word"),
    [
        (b"", None, "empty"),
        (b"\xef\xbb\xbf\r\n\r\n,,,\r\n", None, "empty"),
        (PNG, None, "neither"),
        (b"\xff\xd8\xff\xe1\x04" + b"abc" * 9, None, "neither"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), None, "password"),
        (TEXT.encode("utf-16"), None, "UTF-16"),
        (TEXT.encode("utf-16-le"), None, "UTF-16"),
        (TEXT.encode("utf-16-be"), None, "UTF-16"),
        (TEXT.replace("P1", "Zoë").encode("cp1252"), 2, "Windows-1252"),
        ((TEXT + "P2\n" * 5000).encode() + b"P\0", 5003, "NUL"),
        (TEXT.replace("P1", '"P1').encode(), 2, "quotation"),
        (TEXT.replace("P1", '"P1" x').encode(), 2, "quotation"),
        (TEXT.replace("P1", '"' + "x" * 200_000 + '"').encode(), 2, "quotation"),
        ((TEXT + "P2,before\n").encode(), 3, "cells"),
        ((TEXT + "P2,before,wellbeing,2026-03-02,nl,4,5\n").encode(), 3, "cells"),
        ((TEXT + "P2,before,wellbeing,2026-03-02,nl,4,\n").encode(), 3, "cells"),
        (b"a," * 1001 + b"a\n", 1, "columns"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_with_its_line(
    town: Town, folder: Folder, content: bytes, line: int | None, word: str
) -> None:
    for suffix in ("csv", "xlsx"):
        (refusal,) = refused(town, folder.holding(content, suffix))
        assert (refusal.line, refusal.column) == (line, None)
        assert word in refusal.reason


def test_all_ragged_rows_are_told_at_once(town: Town, folder: Folder) -> None:
    refusals = refused(
        town, folder.holding((TEXT + "P2\n" + "P3,later,wellbeing,2026-03-02,nl,4\n" + "P4,x\n").encode())
    )
    assert places(refusals) == [(3, None), (4, "wave"), (5, None)]


def test_files_that_are_too_large_are_refused(
    town: Town, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder.csv(*[row(f"P{number}") for number in range(11)])
    monkeypatch.setattr(table, "MOST_ROWS", 10)
    assert places(refused(town, path)) == [(12, None)]
    monkeypatch.setattr(read, "LARGEST_FILE", 100)
    assert places(refused(town, path)) == [(None, None)]


def test_a_pipe_is_no_file(town: Town, folder: Folder) -> None:
    path = folder.new()
    os.mkfifo(path)
    assert places(refused(town, path)) == [(None, None)]


def test_content_says_what_a_file_is_and_not_its_name(town: Town, folder: Folder, book: bytes) -> None:
    assert bring(town, folder.holding(book, "csv")).added == 2
    assert bring(town, folder.holding(TEXT.replace(",4", ",").encode(), "xlsx"), replace=True).replaced == 1


@PROFILE
@given(content=st.binary() | st.text(st.sampled_from('a,;"\n\r\t\0é')).map(str.encode))
def test_any_bytes_are_read_or_refused(town: Town, folder: Folder, content: bytes) -> None:
    with town.app.app_context():
        try:
            assert read.table(folder.holding(content)).columns
        except NotImported as refusal:
            assert refusal.refusals
