"""What a file says in codes, told as the pages say it: a cell, a column, and which row of a person is meant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from babel.lists import format_list
from flask_babel import format_date, get_locale
from flask_babel import gettext as _

from survey import code_names
from survey.codes import BIRTH_YEAR_BAND
from survey.exchange.caseload import words
from survey.exchange.caseload.rows import Row


def value(row: Row, column: str, given: Any) -> str:
    """A value of this row's column in words; nothing where it says nothing."""
    if given is None:
        return ""
    if isinstance(given, date):
        return format_date(given, "medium")
    if column == "value":
        return str(code_names.value_name(row.values["kind"], given))
    if column == "hours":
        return code_names.number(float(given))
    if column == "birth_year":
        return f"{given}\N{EN DASH}{given + BIRTH_YEAR_BAND - 1}"
    names = words.HOUSEHOLDS.get(column) or words.NAMES[row.what].get(column, {})
    return str(names.get(given, given))


def column(name: str | None) -> Any:
    """What a column is called; nothing of one that is not ours."""
    return words.COLUMN_NAMES.get(name or "", "")


def several(numbers: Mapping[str, int]) -> str:
    """Names with a number each, as one reads them."""
    named = [_("%(name)s (%(number)s)", name=name, number=number) for name, number in numbers.items()]
    return str(format_list(named, locale=get_locale()))


def heading(code: str) -> Any:
    """What these codes are of: a kind of row, or something that is observed."""
    return words.WHAT_NAMES.get(code) or code_names.OBSERVED_NAMES[code]


def about(row: Row, column_name: str) -> str:
    """What of this person a cell tells: of whom there is only one, the column says it all."""
    called, values = str(words.COLUMN_NAMES[column_name]), row.values
    if row.what == "participant":
        return called
    day = format_date(values["date"], "medium")
    if row.what == "observation":
        what = str(code_names.OBSERVED_NAMES[values["kind"]])
        if column_name == "value":
            return _("%(what)s, %(day)s", what=what, day=day)
        return _("%(what)s, %(day)s: %(column)s", what=what, day=day, column=called)
    what = values["activity"] or str(code_names.STANDARD_KIND_NAMES[values["kind"]])
    if values["provider"]:
        what = _("%(activity)s at %(provider)s", activity=what, provider=values["provider"])
    return _("%(what)s, from %(day)s: %(column)s", what=what, day=day, column=called)
