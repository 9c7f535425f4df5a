"""What somebody else wrote beside what was typed, where a row changed meanwhile: question by question, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import format_date, format_decimal, gettext
from wtforms import Field, Form

from survey import typed
from survey.opened import Lines, asked


@dataclass(frozen=True)
class Row:
    """One question with both answers as they read; empty where there is none."""

    what: Any
    theirs: str
    yours: str
    #: You left it as it was, and somebody else did not: that answer stands in the form.
    followed: bool = False

    @property
    def differs(self) -> bool:
        return self.theirs != self.yours

    @property
    def is_told(self) -> bool:
        return self.differs or self.followed


def rows(fields: list[Field], followed: Collection[str] = ()) -> list[Row]:
    """Of questions that were filled from the row as it is now, and then from what was sent."""
    return [row for field in fields for row in _of(field, followed)]


def _of(field: Field, followed: Collection[str]) -> Iterator[Row]:
    if isinstance(field, Lines):
        yield from _lines(field, followed)
    else:
        theirs, yours = in_words(field, field.object_data), in_words(field, _typed(field))
        yield Row(field.label.text, theirs, yours, field.name in followed)


def _lines(field: Lines, followed: Collection[str]) -> Iterator[Row]:
    """A row for each line that holds something, on either side, or that somebody else took out."""
    for entry in field.entries:
        line = entry.form
        theirs = _line(line, entry.object_data or {})
        yours = _line(line, {one.short_name: _typed(one) for one in asked(line)})
        is_followed = not {entry.name, *(one.name for one in asked(line))}.isdisjoint(followed)
        if theirs or yours or is_followed:
            yield Row(entry.label.text, theirs, yours, is_followed)


def _line(line: Form, values: dict[str, Any]) -> str:
    """Nothing where only a choice stands there, for that came by itself."""
    said = {one: in_words(one, values.get(one.short_name)) for one in asked(line)}
    if not any(words for one, words in said.items() if not hasattr(one, "choices")):
        return ""
    return "\n".join(
        gettext("%(question)s: %(answer)s", question=one.label.text, answer=words)
        for one, words in said.items()
        if words
    )


def _typed(field: Field) -> Any:
    """What could not be read stands there as it was typed."""
    if field.data is None and field.raw_data:
        return typed.words(str(field.raw_data[0]))
    return field.data


def in_words(field: Field, value: Any) -> str:
    if hasattr(field, "iter_choices"):
        chosen = value if isinstance(value, list | tuple) else [value]
        wanted = {"" if one is None else str(one) for one in chosen}
        named = [str(label) for code, label, *_ in field.iter_choices() if str(code or "") in wanted]
        return ", ".join(named) or ", ".join(sorted(wanted))
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, date):
        return str(format_date(value, "long"))
    if isinstance(value, float | Decimal):
        return str(format_decimal(value))
    return "" if value is None else str(value)
