"""What people type: brought into one form, and refused in a name where it could mislead whoever reads that."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import DateField, Field, IntegerField, ValidationError
from wtforms.form import BaseForm
from wtforms.widgets import TextInput

from survey.clock import today
from survey.codes import EARLIEST_YEAR

A_DATE = _("Write a date, for example 31-12-2026.")
#: A day further ahead than this, in years, is a slip of the keyboard.
FURTHEST = 30
WHOLE = re.compile(r"-?[0-9]{1,9}")

#: Categories of characters that nobody sees: controls, formats (zero-width ones among them), spaces.
UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
#: What turns the direction of the text behind it, so that a name can read as another.
OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def words(text: str | None) -> str:
    """In one Unicode form (NFC), without NUL, which is no text; nothing if nothing of it can be seen."""
    typed = unicodedata.normalize("NFC", (text or "").replace("\x00", ""))
    return typed if any(unicodedata.category(character) not in UNSEEN for character in typed) else ""


def one_line(text: str | None) -> str:
    return " ".join(words(text).split())


def paragraphs(text: str | None) -> str:
    return "\n".join(words(text).splitlines()).strip()


class WholeField(IntegerField):
    """A whole number. Typed as text, for a browser sends nothing of what it takes for no number."""

    widget = TextInput()

    def __init__(
        self, label: Any = None, *arguments: Any, wanted: Callable[[], str] | None = None, **keywords: Any
    ) -> None:
        """`wanted`: what to write instead of what is no number."""
        super().__init__(label, *arguments, render_kw={"inputmode": "numeric"}, **keywords)
        self.wanted = wanted or (lambda: gettext("Write a whole number, for example 12."))

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        typed = one_line(valuelist[0]) if valuelist else ""
        if typed and not WHOLE.fullmatch(typed):
            raise ValueError(self.wanted())
        if typed:
            self.data = int(typed)

    def _value(self) -> str:
        return one_line(self.raw_data[0]) if self.raw_data else super()._value()


class DayField(DateField):
    """A day. Whatever else is asked of it, one that nobody alive can mean is a slip of the keyboard."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(str(A_DATE)) from None

    def post_validate(self, form: BaseForm, validation_stopped: bool) -> None:
        if self.data and not self.errors and not EARLIEST_YEAR <= self.data.year <= today().year + FURTHEST:
            raise ValidationError(gettext("Check the year."))


class InPageOrder:
    """For a form whose page does not ask in the order in which its fields were made: the summary of what is wrong, and
    two versions side by side, follow the page."""

    #: Names of fields that come before the others.
    first: tuple[str, ...] = ()
    _fields: dict[str, Field]

    def __iter__(self) -> Iterator[Field]:
        places = {name: place for place, name in enumerate(self.first)}
        names = sorted(self._fields, key=lambda name: places.get(name, len(places)))
        return (self._fields[name] for name in names)


def no_overrides(form: Any, field: Any) -> None:
    """A validator for names."""
    if OVERRIDES & set(field.data or ""):
        raise ValidationError(str(_("This holds characters that turn the direction of text. Type it again.")))
