"""A row of a caseload file becomes values by column, or is refused with every reason. Names stay as they were typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from flask_babel import gettext as _

from survey.code_names import VALUE_NAMES
from survey.codes import OBSERVED
from survey.exchange import cells
from survey.exchange.caseload import names
from survey.exchange.caseload.columns import COLUMNS, FIRST, OF
from survey.exchange.caseload.words import NAMES, ONE_NAMES, WHAT_NAMES
from survey.exchange.cells import Unfit
from survey.exchange.rows import Fault, take
from survey.exchange.table import Table
from survey.progress import progress
from survey.refusal import Refusals
from survey.typed import paragraphs

#: A last day may be planned.
PLANNED_AHEAD = timedelta(days=366 * 5)
AMOUNT = re.compile(r"[0-9]{1,4}(?:[.,][0-9]{1,2})?")
LONGEST_NOTE = 5000
LONGEST_NUMBER = 20
MOST_MINUTES = 24 * 60
MOST_BENEFITS = 20

Read = Callable[[str], Any]
Values = dict[str, Any]


@dataclass(slots=True)
class Row:
    """Of a file, or of what is stored (line 0). `values` has every column of its `what`; None where it says nothing."""

    line: int
    participant: str
    what: str
    values: Values


def _one_of(what: str, *columns: str) -> dict[str, Read]:
    """Columns of codes, each of which has a name."""
    return {
        column: partial(cells.code, offered=tuple(NAMES[what][column]), names=NAMES[what][column])
        for column in columns
    }


def amount(text: str) -> str:
    """A number as it is kept: a point, and no zeros that say nothing."""
    if not AMOUNT.fullmatch(text):
        raise Unfit(_("“%(value)s” is not a number of hours, such as 24 or 12.5.", value=text[:40]))
    return plain(text.replace(",", "."))


def plain(number: str) -> str:
    return f"{Decimal(number).normalize():f}"


def _whole(most: int, least: int = 1) -> Read:
    def read(text: str) -> int:
        found = cells.number(text)
        if not least <= found <= most:
            raise Unfit(_("Write a whole number from %(least)s to %(most)s.", least=least, most=most))
        return found

    return read


def _short(text: str) -> str:
    if len(text) > LONGEST_NUMBER:
        raise Unfit(_("This is longer than %(most)s characters.", most=LONGEST_NUMBER))
    return text


def _prose(text: str) -> str:
    if len(text) > LONGEST_NOTE:
        raise Unfit(_("This is longer than %(most)s characters.", most=LONGEST_NOTE))
    return paragraphs(text)


def _domains(text: str) -> tuple[str, ...]:
    one = _one_of("note", "domains")["domains"]
    return tuple(one(name.text) for name in names.read(text))


def _same(text: str) -> str:
    return unicodedata.normalize("NFC", text)


_dates: dict[str, Read] = {"date": cells.day, "until": partial(cells.day, ahead=PLANNED_AHEAD)}
READERS: dict[str, dict[str, Read]] = {
    "participant": {
        **_dates, **_one_of("participant", "ending", "language", "group", "gender"),
        "birth_year": cells.birth_band, "arrival_year": cells.year, "household": _same, "home": _same,
        "benefit": _whole(MOST_BENEFITS),
    },
    "observation": {**_dates, "value": str, **_one_of("observation", "kind", "source")},
    "activity": {
        **_dates, **_one_of("activity", "kind", "hours_per", "outcome", "ending"), "activity": _same,
        "provider": _same, "hours": amount, "number": _short, "became": _short,
    },
    "note": {
        **_dates, **_one_of("note", "kind", "channel"), "minutes": _whole(MOST_MINUTES),
        "domains": _domains, "labels": names.read, "note": _prose,
    },
}  # fmt: skip
#: What an empty cell means. In other columns it says nothing.
MEANT: dict[str, Values] = {
    "participant": {"benefit": 1},
    "observation": {"source": "other"},
    "activity": {"hours_per": "week"},
    "note": {"kind": "person", "domains": (), "labels": ()},
}
NEEDED = {
    "participant": ("date",),
    "observation": ("kind", "value", "date"),
    "activity": ("kind", "date"),
    "note": ("date",),
}


def read(table: Table, refusals: Refusals) -> tuple[list[Row], dict[str, int]]:
    """The rows that can stand by themselves; and whose own row, on which line, cannot, so that their others need not be
    told too.
    """
    found, doubtful = [], dict[str, int]()
    unreadable = set(refusals.lines)
    for line, row in progress(table.rows, _("Checking")):
        given = dict(zip(table.columns, row, strict=True))
        made, faults = _read(line, given)
        for column, reason in faults:
            refusals.add(line, column, reason)
        if made is not None and not faults and line not in unreadable:
            found.append(made)
        elif made is not None and made.what == "participant":
            doubtful.setdefault(unicodedata.normalize("NFC", given["participant"]), line)
    return found, doubtful


def _read(line: int, given: Mapping[str, str]) -> tuple[Row | None, list[Fault]]:
    faults: list[Fault] = []
    what = take("what", faults, cells.code, given["what"], tuple(OF), WHAT_NAMES, ONE_NAMES)
    if what is None:
        return None, faults
    values: Values = {}
    for column in OF[what]:
        text = given.get(column, "")
        if text:
            values[column] = take(column, faults, READERS[what][column], text)
        else:
            values[column] = MEANT[what].get(column)
    reason = _(
        "This means nothing in a row of “%(what)s”; leave it empty.", what=cells.coded(what, WHAT_NAMES)
    )
    elsewhere = set(COLUMNS) - {*FIRST, *OF[what]}
    faults += [(column, reason) for column, text in given.items() if text and column in elsewhere]
    row = Row(line, unicodedata.normalize("NFC", given["participant"]), what, values)
    wrong = {column for column, _reason in faults}
    faults += [(column, why) for column, why in _impossible(row, wrong) if column not in wrong]
    return row, faults


def _impossible(row: Row, wrong: set[str]) -> Iterator[Fault]:
    """What no row may say, whatever is stored. `wrong`: columns that are refused already; nothing is said that rests on
    them.
    """
    values = row.values
    missing = [column for column in NEEDED[row.what] if values[column] is None]
    for column in missing:
        yield column, _("The date is missing.") if column == "date" else _("This is missing.")
    if not row.participant.strip() and row.what != "note":
        yield "participant", _("The participant is missing.")
    if missing or wrong & {*NEEDED[row.what], "kind", "until", "ending"}:
        return
    if row.what == "note":
        yield from _impossible_note(row)
    if row.what == "observation":
        yield from _impossible_value(values)
    if row.what in ("participant", "activity"):
        yield from _impossible_end(values)


def _impossible_end(values: Values) -> Iterator[Fault]:
    until: date | None = values["until"]
    if until is not None and until < values["date"]:
        yield "until", _("The last day is before the first day.")
    if values["ending"] and until is None:
        yield "until", _("Fill in the last day too.")


def _impossible_value(values: Values) -> Iterator[Fault]:
    codes: Sequence[str] | None = OBSERVED[values["kind"]]
    faults: list[Fault] = []
    if codes is None:
        values["value"] = take("value", faults, amount, values["value"])
    else:
        take("value", faults, cells.code, values["value"], codes, VALUE_NAMES[values["kind"]])
    yield from faults


def _impossible_note(row: Row) -> Iterator[Fault]:
    values, kind = row.values, row.values["kind"]
    if kind == "person" and not row.participant.strip():
        yield "participant", _("The participant is missing.")
    if kind != "person" and row.participant:
        yield "participant", _("This kind of note is of nobody: leave the participant empty.")
    if (kind == "question") != (values["channel"] is not None):
        yield "channel", _("Say of a question how it came; of nothing else.")
    if kind == "question" and values["minutes"]:
        yield "minutes", _("A question takes no minutes.")
    if kind != "question" and not values["note"]:
        yield "note", _("The words of the note are missing.")
