"""What cells of breakdowns are called: every value of the declared lists, alone and taken together."""

from __future__ import annotations

import pytest
from babel import Locale
from flask import Flask

from dashboard.outcomes.release.cells import DIMENSIONS
from dashboard.pages import labels
from dashboard.pages.reader import Reader
from survey import languages


def said(app: Flask, dimension: str, *values: str, language: str = "en") -> str:
    with app.test_request_context(), languages.speaking(language):
        return labels.cell(Reader({}, Locale.parse(language)), dimension, values)


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_every_run_of_values_has_a_name_of_its_own(app: Flask, dimension: str, language: str) -> None:
    order = DIMENSIONS[dimension]
    alone = [said(app, dimension, value, language=language) for value in order]
    assert len(set(alone)) == len(order)
    for start in range(len(order)):
        for end in range(start + 1, len(order) + 1):
            name = said(app, dimension, *order[start:end], language=language)
            assert name and name[0] == name[0].upper() and "%" not in name and "_" not in name


@pytest.mark.parametrize(
    ("dimension", "values", "name"),
    [
        ("age_band", ["under_25", "25_34"], "Under 35"),
        ("age_band", ["25_34", "35_44"], "25 to 44"),
        ("age_band", ["45_54", "55_and_over", "unknown"], "45 and over, or not known"),
        ("arrival_period", ["2022_2023", "2024_on"], "From 2022 on"),
        ("arrival_period", ["until_2014", "2015_2019"], "Until 2019"),
        ("gender", ["man", "other", "unknown"], "Man, other, or not known"),
        ("route", ["education", "self_reliance"], "Education route or self-reliance route (Z-route)"),
        ("language", ["ru", "en"], "Russian or English"),
        ("language", ["ru", "en", "nl", "ar", "unknown"], "Russian, English, or others"),
        ("gender", ["unknown"], "Not known"),
    ],
)
def test_what_was_taken_together_is_said_in_one(
    app: Flask, dimension: str, values: list[str], name: str
) -> None:
    assert said(app, dimension, *values) == name
