"""Adding somebody: what may be chosen, and how what is wrong is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from re import findall
from unittest.mock import patch

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from wtforms import DecimalField, FloatField, Form, IntegerField
from wtforms.fields.core import UnboundField

from survey import fieldwork
from survey.casework import forms
from survey.codes import BIRTH_YEAR_BAND
from survey.languages import LANGUAGES
from tests.fixtures.application import Town
from tests.survey.casework.conftest import inside
from tests.survey.casework.filling import document, submit

ADDRESS = "/casework/participants/new"


def test_the_summary_of_what_is_wrong_follows_the_page(town: Town, casemanager: FlaskClient) -> None:
    wrong = {
        "programme": "",
        "started_on": "1999-01-01",
        "name": "a" * 201,
        "language": "",
        "arrival_year": "1066",
    }
    answer = submit(casemanager, ADDRESS, **wrong)
    assert answer.status_code == 422
    told = findall(r'<li><a href="#([^"]+)">', answer.text)
    assert set(told) == set(wrong)
    fields = findall(r'<(?:input|select)[^>]* id="([^"]+)"', answer.text)
    assert told == [name for name in fields if name in told]


@pytest.mark.parametrize("typed", ["12,5", "veel", "2_0", "9" * 5000])
def test_what_is_no_number_is_said_in_our_words_and_stands_there_still(
    town: Town, casemanager: FlaskClient, typed: str
) -> None:
    """A browser sends nothing of it from a field of numbers, and says so in its own language."""
    answer = submit(casemanager, ADDRESS, arrival_year=typed)
    (field,) = [one for one in document(answer).iter("input") if one.get("name") == "arrival_year"]
    assert field.get("value") == typed and field.get("type") == "text"
    assert "Write a year between" in answer.text


def test_no_field_of_staff_takes_away_what_it_takes_for_no_number() -> None:
    forms_ = [kind for kind in kinds_of(Form) if kind.__module__.startswith("survey.")]
    fields = [field for form in forms_ for field in vars(form).values() if isinstance(field, UnboundField)]
    assert not [field for field in fields if field.field_class in (IntegerField, DecimalField, FloatField)]


def kinds_of(form: type[Form]) -> Iterator[type[Form]]:
    for kind in form.__subclasses__():
        yield kind
        yield from kinds_of(kind)


def test_what_becomes_of_a_language_is_said_where_it_is_chosen(town: Town, casemanager: FlaskClient) -> None:
    """Each language once: those in which everybody can answer first, those in which nobody can last."""
    with inside(town):
        other = fieldwork.add_programme("other", "Other", ["wellbeing"], [fieldwork.parse_wave("before")])
        fieldwork.override_language(other, "ti", None)
    (select,) = [
        one for one in document(casemanager.get(ADDRESS)).iter("select") if one.get("name") == "language"
    ]
    groups = {
        group.get("label") or "": {option.get("value") for option in group}
        for group in select.iter("optgroup")
    }
    every, some, more, none = groups
    assert every == "Questions can be answered in" and {"nl", "en"} <= groups[every]
    assert {some: groups[some], more: groups[more]} == {
        "Only in Pilot aalten": {"uk", "ar"},
        "Only in Other": {"ti"},
    }
    assert none.startswith("Not yet") and "so" in groups[none]
    codes = [option.get("value") for option in select.iter("option") if option.get("value")]
    assert sorted(codes) == sorted(LANGUAGES)


@given(st.dates())
def test_nobody_is_added_who_is_too_young_to_answer_about_themselves(day: date) -> None:
    """A band is offered as soon as somebody in it is sixteen, and never before."""
    with patch.object(forms, "today", lambda: day):
        bands = forms.birth_year_bands()
    if bands:
        youngest = bands[0][0]
        assert day.year - youngest >= forms.YOUNGEST > day.year - (youngest + BIRTH_YEAR_BAND)
