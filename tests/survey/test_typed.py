"""What people type into any form: days that nobody alive can mean, and what is none."""

from __future__ import annotations

import importlib
import pkgutil
from datetime import date

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import DateField, Form
from wtforms.validators import Optional

import survey
from survey.clock import today
from survey.typed import DayField


class Made(Form):
    day = DayField(validators=[Optional()])


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("0002-01-01", "Kijk het jaar na."),
        ("1899-12-31", "Kijk het jaar na."),
        ("1900-01-01", None),
        (f"{today().year + 30}-12-31", None),
        (f"{today().year + 31}-01-01", "Kijk het jaar na."),
        ("9999-12-31", "Kijk het jaar na."),
        ("", None),
        ("?", "Vul een datum in, bijvoorbeeld 31-12-2026."),
        ("2026-02-30", "Vul een datum in, bijvoorbeeld 31-12-2026."),
        ("31 december", "Vul een datum in, bijvoorbeeld 31-12-2026."),
    ],
)
def test_a_day_that_nobody_means_is_told_what_to_do(app: Flask, typed: str, told: str | None) -> None:
    with app.test_request_context():
        form = Made(MultiDict({"day": typed}))
        assert form.validate() is (told is None)
        assert form.errors == ({"day": [told]} if told else {})
        if told is None and typed:
            assert form.day.data == date.fromisoformat(typed)


def test_no_form_takes_a_day_without_that() -> None:
    """Every module of the program names our field, and none that of the library."""
    names = [one.name for one in pkgutil.walk_packages(survey.__path__, "survey.")]
    for name in names:
        if name.endswith("forms") or name == "survey.casework.course":
            assert DateField not in vars(importlib.import_module(name)).values(), name
