"""Each nasty text in each field that anything can be typed in: refused or kept, said in words, and shown as it is."""

from __future__ import annotations

import os

import pytest
from flask import Flask
from wtforms import Form
from wtforms.fields.core import UnboundField
from wtforms.validators import InputRequired

from tests.bad_input.nasty import TEXTS
from tests.bad_input.sending import NOT_KEPT, as_words, check, fields_on_forms, send_form, shown_in
from tests.walk.walk import Walk

# Flask-Security makes choices in a way that WTForms will drop.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples is deprecated")


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_text_in_every_field(walk: Walk, text: str) -> None:
    """No fault of ours, and a form that comes back holds what was typed. Every text meets a third of the fields, and
    every field a third of the texts; all of them by `make torture`'s TELVERTEL_THOROUGH.
    """
    turn, every = list(TEXTS.values()).index(text), bool(os.environ.get("TELVERTEL_THOROUGH"))
    for place, (way, form, viewer, name) in enumerate(fields_on_forms(walk)):
        if not every and (place + turn) % 3:
            continue
        fields = [(field, text if field == name else value) for field, value in form.fields]
        answer = check(walk, lambda form=form, viewer=viewer, fields=fields: send_form(viewer, form, fields))
        # Half a character is no text to a browser either.
        if (
            "\ud800" not in text
            and answer.status_code == 422
            and name in form.typed
            and (way.rule, name) not in NOT_KEPT
        ):
            assert as_words(shown_in(answer.text)[name]) == as_words(text), f"{way} {name}"
        assert "<script>alert" not in answer.text and "<img src=x" not in answer.text, f"{way} {name}"


def test_what_must_be_written_is_more_than_spaces(app: Flask) -> None:
    """`InputRequired` looks at what was sent; where a filter takes spaces off, it is what is left that counts."""
    filtered = [
        (form, name, field.kwargs)
        for form in _all_below(Form)
        for name, field in vars(form).items()
        if isinstance(field, UnboundField) and field.kwargs.get("filters")
    ]
    assert len(filtered) > 10
    for form, name, told in filtered:
        late = [rule for rule in told.get("validators", ()) if isinstance(rule, InputRequired)]
        assert not late, f"{form.__name__}.{name}"


def _all_below(kind: type) -> set[type]:
    own = set(kind.__subclasses__())
    return own.union(*map(_all_below, own))
