"""The words that somebody typed into a form that found no place any more, told apart from what they chose in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from wtforms import Form, HiddenField, StringField
from wtforms.fields.core import UnboundField

from instruments import library

#: What a form sends for a choice, a row or a day. It was typed all the same if a form asks for words under that name.
CHOSEN = re.compile(r"[a-z0-9_.:+-]*")


def words(sent: Iterable[tuple[str, str]]) -> list[str]:
    """Each text once, in the order of the form."""
    names = _asked_for()
    found = (value for name, value in sent if _is_typed(name, value, names))
    return list(dict.fromkeys(found))


def _is_typed(name: str, value: str, names: frozenset[str]) -> bool:
    if name == "csrf_token" or not value.strip():
        return False
    # Of a line in a list of lines the name is the last part: steps-0-words.
    return name.rpartition("-")[2] in names or not CHOSEN.fullmatch(value)


def _asked_for() -> frozenset[str]:
    """The names under which a form, or a question of an intake, asks for words."""
    of_forms = {
        name
        for form in _kinds_of(Form)
        for name, field in vars(form).items()
        if isinstance(field, UnboundField)
        and issubclass(field.field_class, StringField)
        and not issubclass(field.field_class, HiddenField)
    }
    of_questions = {item.id for one in library.instruments() for item in one.items if item.answer == "words"}
    return frozenset(of_forms | of_questions)


def _kinds_of(form: type[Form]) -> Iterator[type[Form]]:
    for kind in form.__subclasses__():
        yield kind
        yield from _kinds_of(kind)
