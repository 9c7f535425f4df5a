"""No cell of an export is ever evaluated by whoever opens it."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import openpyxl
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from survey import formulas
from survey.models import Participant
from tests.fixtures.application import MakeTown, Town
from tests.survey.exchange.conftest import PROFILE
from tests.survey.exchange.files import Folder, bring, only, places, refused, row, take
from tests.survey.exchange.test_round_trip import Answered, Someone, fill, new_town

DAY = date(2026, 3, 2)
#: As many dangerous characters as ordinary ones.
hostile = st.text(
    st.sampled_from("=+-@＝＋－＠'\"\t\r\n,;| ab1(") | st.characters(codec="utf-8"), max_size=30
)


def is_evaluated(cell: str) -> bool:
    """Whether a spreadsheet would take a cell for a formula: by its first character that is not a space."""
    return cell.lstrip()[:1] in tuple("=+-@＝＋－＠")


@given(hostile)
def test_escaping_has_an_exact_inverse(text: str) -> None:
    escaped = formulas.escape(text)
    assert not formulas.is_formula(escaped)
    assert formulas.unescape(escaped) == text


@given(hostile, st.sampled_from(",;|\t"))
def test_no_piece_of_an_escaped_text_is_evaluated(text: str, separator: str) -> None:
    """However the spreadsheet cuts the line into cells."""
    pieces = re.split(rf"[\r\n{separator}]", formulas.escape(text))
    assert not any(is_evaluated(piece) for piece in pieces)


@given(st.text(st.characters(exclude_characters="=+-@＝＋－＠")))
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert formulas.escape(text) == text == formulas.unescape(text)


@PROFILE
@given(pseudonym=hostile.filter(bool), household=hostile)
def test_nothing_in_an_export_is_evaluated(
    app: Flask, make_town: MakeTown, folder: Folder, pseudonym: str, household: str
) -> None:
    """Even if text that import refuses is stored already."""
    town = new_town(app, make_town)
    answers = Answered("before", "wellbeing", "self", DAY, "nl", "self", {"wellbeing": {"wellbeing_1": "dk"}})
    fill(town, [Someone(pseudonym, DAY, {"household": household}, [answers])])
    text = take(town, folder.new("csv")).decode()
    for delimiter in ",;\t|":
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            assert not any(is_evaluated(cell) for cell in cells)
    path = folder.new("xlsx")
    take(town, path)
    sheet = openpyxl.load_workbook(path)["responses"]
    kinds = {cell.data_type for cells in sheet.iter_rows() for cell in cells}
    assert kinds <= {"s", "n"}


@pytest.mark.parametrize("text", ["=1+1", "+31", "-x", "@SUM(A1)", "＝1", " =1", "a;=1", 'a"=1', "x,@y"])
def test_text_that_would_be_evaluated_is_refused_in_csv(town: Town, folder: Folder, text: str) -> None:
    path = folder.csv(row(text, household="two"), row("P2", household=text))
    assert places(refused(town, path)) == [(2, "participant"), (3, "household")]


def test_text_marked_as_text_is_taken(town: Town, folder: Folder) -> None:
    bring(town, folder.csv(row("'+31", household="'-")))
    person = only(town, Participant)
    assert (person.pseudonym, person.household) == ("+31", "-")
