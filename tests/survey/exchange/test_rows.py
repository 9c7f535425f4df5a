"""Every reason to refuse a row is told at once, with its line and column."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from survey.exchange.cells import is_bsn
from tests.fixtures.application import MakeTown, Town
from tests.survey.exchange.files import Folder, bring, places, refused, row

#: Column -> cells that mean nothing there.
UNFIT = {
    "participant": [
        "", " ", "x" * 61, " P1", "P1\u202e", "P\u00071", "2026-03-02", "1-3-2026", "1,2E+05", "##",
        "111222333",
    ],
    "wave": ["", "Before", "later", "=before"],
    "instrument": ["", "integration-short", "unknown"],
    "version": ["2", "0", "1.0", "x", "9" * 5000, "\u0661"],
    "respondent": ["me", "Self"],
    "date": [
        "", "2026-02-30", "31-02-2026", "03/13/2026", "02-03-26",
        "2-3/2026", "2026-3-2", "20260302", "2026-03-02T10:00", "\u0662026-03-02",
        "1850-01-01", "2126-03-02",
    ],
    "language": ["", "xx", "NL", "../nl"],
    "mode": ["phone"],
    "wellbeing_1": ["0", "6", "05", "5.0", "1E5", " 4", "-1", "\uff14", "NA", "na", "4;5", "x" * 9000],
    "life_satisfaction": ["11", "-1", "none"],
    "work_1": ["3", "dk", " "],
    "group": ["refugee", "Displaced"],
    "gender": ["f"],
    "birth_year": ["1987", "85", "1985.0", "1885", "2085", "\u0661\u0669\u0668\u0665"],
    "arrival_year": ["22", "1885", "2085"],
    "household": ["x" * 61, "two\nadults", " two", "\u200e2"],
    "enrolled_on": ["2026-02-30", "3-2026"],
}  # fmt: skip


@pytest.mark.parametrize("column", UNFIT)
def test_an_unfit_cell_is_refused_at_its_place(town: Town, folder: Folder, column: str) -> None:
    rows = [
        row(**{"participant": f"P{at}", "work_1": "", column: text})
        for at, text in enumerate(UNFIT[column], start=2)
    ]
    lines, line = [], 2
    for one in rows:
        lines.append((line, column))
        line += 1 + one[column].count("\n")
    assert places(refused(town, folder.csv(*rows))) == lines


def test_all_reasons_are_told_at_once(app: Flask, make_town: MakeTown, folder: Folder) -> None:
    """Wrong cells, a shut gate and a repeated row, in one go and in the order of the file."""
    town = make_town(app, languages=())
    rows = [
        row("P1", gender="woman", work_1=""),
        row("", wave="x", wellbeing_1="9", date="x"),
        row("P1", gender="man", wellbeing_2="na", work_1="1"),
        row("P1", mode="paper"),
        row("P4", language="ar"),
        row("P5", birth_year="1999", mode="x", language="ar"),
    ]
    found = places(refused(town, folder.csv(*rows)))
    assert [line for line, _ in found] == sorted(line for line, _ in found if line)
    assert set(found) == {
        (3, "participant"), (3, "wave"), (3, "date"), (3, "wellbeing_1"), (4, "wellbeing_2"), (4, "work_1"),
        (5, None), (6, "language"), (7, "birth_year"), (7, "mode"), (7, "language"),
    }  # fmt: skip


def test_the_same_response_twice_is_refused_though_it_is_equal(town: Town, folder: Folder) -> None:
    refusals = refused(town, folder.csv(row(), row("P2"), row()))
    assert places(refusals) == [(4, None)]
    assert "2" in refusals[0].reason


@pytest.mark.parametrize(
    ("heading", "columns"),
    [
        ("participant,wave,date,language,instrument,wellbeing_1,colour", ["colour"]),
        ("participant,wave,date,language,instrument,wellbeing_1,work_short", ["work_short"]),
        ("participant,wave,date,language,instrument,wellbeing_1,Gender", ["Gender"]),
        ("participant,wave,date,language,instrument,wellbeing_1,wellbeing_1", ["wellbeing_1"]),
        ("participant,wave,date,language,instrument,,wellbeing_1", ["6"]),
        ("participant,date,language,instrument,wellbeing_1", ["wave"]),
        ("wellbeing_1", ["participant", "wave", "date", "language", "instrument"]),
        ("participant,wave,date,language,instrument", [None]),
        ("participant,wave,date,language,wellbeing_1", ["instrument"]),
    ],
)
def test_a_wrong_heading_is_refused_by_the_name_of_its_columns(
    town: Town, folder: Folder, heading: str, columns: list[str | None]
) -> None:
    refusals = refused(town, folder.holding(f"\n{heading}\n".encode()))
    assert places(refusals) == [(2, column) for column in columns]


def test_the_version_is_that_of_the_wave(app: Flask, make_town: MakeTown, folder: Folder) -> None:
    town = make_town(app)
    assert bring(town, folder.csv(row(version=""), row("P2", version="1"))).added == 2
    refusals = refused(town, folder.csv(row("P3", version="2")))
    assert places(refusals) == [(2, "version")]
    assert "1" in refusals[0].reason


def test_an_answer_that_is_not_offered_is_told_with_those_that_are(town: Town, folder: Folder) -> None:
    (reason,) = [refusal.reason for refusal in refused(town, folder.csv(row(wellbeing_1="na")))]
    assert reason.endswith("1, 2, 3, 4, 5, dk, pna.")


@pytest.mark.parametrize("number", ["111222333", "123456782", "999990019", "012345672", "12345672"])
def test_citizen_service_numbers_are_known(number: str) -> None:
    """Numbers widely used as valid examples; of the last a spreadsheet dropped the zero."""
    assert is_bsn(number)


@given(st.integers(0, 999_999_999), st.integers(0, 8), st.integers(1, 9))
def test_a_citizen_service_number_with_one_wrong_digit_is_none(number: int, place: int, more: int) -> None:
    """What the eleven test is for."""
    digits = f"{number:09}"
    wrong = digits[:place] + str((int(digits[place]) + more) % 10) + digits[place + 1 :]
    assert not (is_bsn(digits) and is_bsn(wrong))
