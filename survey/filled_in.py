"""What somebody typed into a form that found no place any more: words, days, numbers. Not what was chosen in it, nor
what the page itself sent along.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from os.path import commonprefix

from flask import current_app, request
from flask_babel import format_date
from wtforms import (
    DateField,
    DecimalField,
    Field,
    Form,
    HiddenField,
    IntegerField,
    PasswordField,
    StringField,
)
from wtforms.fields.core import UnboundField

from instruments import library

#: By how a question of an intake is answered: the field it would be.
OF_ANSWERS: dict[str, type[Field]] = {"words": StringField, "date": DateField, "number": IntegerField}

Asked = dict[str, type[Field]]


def words(sent: Iterable[tuple[str, str]]) -> list[str]:
    """Each text once, in the order of the form."""
    asked = _asked_for()
    # Of a line in a list of lines the name is the last part: steps-0-words.
    typed = ((asked.get(name.rpartition("-")[2]), value) for name, value in sent if value.strip())
    return list(dict.fromkeys(_as_read(kind, value) for kind, value in typed if kind and _is_typed(kind)))


def _is_typed(kind: type[Field]) -> bool:
    typed = (StringField, DateField, IntegerField, DecimalField)
    return issubclass(kind, typed) and not issubclass(kind, HiddenField | PasswordField)


def _as_read(kind: type[Field], value: str) -> str:
    if not issubclass(kind, DateField):
        return value
    try:
        return str(format_date(date.fromisoformat(value), "long"))
    except ValueError:
        return value


def _asked_for() -> Asked:
    """What each name stands for. Several forms can have one: then in the form nearest to the page this was sent to."""
    asked: Asked = {
        item.id: OF_ANSWERS.get(item.answer, Field) for one in library.instruments() for item in one.items
    }
    for form in sorted(_kinds_of(Form), key=_nearness):
        fields = vars(form).items()
        asked |= {name: field.field_class for name, field in fields if isinstance(field, UnboundField)}
    return asked


def _nearness(form: type[Form]) -> int:
    """How many packages its module shares with that of the page."""
    page = current_app.view_functions.get(request.endpoint or "")
    return len(commonprefix([form.__module__.split("."), (page.__module__ if page else "").split(".")]))


def _kinds_of(form: type[Form]) -> Iterator[type[Form]]:
    for kind in form.__subclasses__():
        yield kind
        yield from _kinds_of(kind)
