"""What one cell means: each function gives its value, or raises Unfit with the reason in words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from flask_babel import force_locale, format_date
from flask_babel import gettext as _

from instruments.model import DIRECTION_MARKS
from survey.clock import today
from survey.codes import BIRTH_YEAR_BAND, EARLIEST_YEAR
from survey.languages import STAFF_LANGUAGES

LONGEST_TEXT = 60
#: Typing errors such as 2062 are caught; planned enrolments and rehearsals are not.
FURTHEST_AHEAD = timedelta(days=366)
#: What a spreadsheet makes of a code that looks like a number or a date to it.
MANGLED = re.compile(r"\d+(?:[.,]\d+)?E\+\d+|#+|\d{4}-\d\d?-\d\d?|\d\d?[-/]\d\d?[-/]\d{2,4}", re.IGNORECASE)


class Unfit(ValueError):
    """The cell cannot mean anything here; the message says why, for a person."""


#: As most people here write it, the day first; two figures of a year could be a day.
DAY_FIRST = re.compile(r"([0-9]{1,2})([-/])([0-9]{1,2})\2([0-9]{4})")
ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


Names = Mapping[str, Any]


def code(text: str, offered: Collection[str], names: Names | None = None, others: Names | None = None) -> str:
    """`names`: what the codes are called; to say which may be chosen, and so that these can be written too, or
    `others`, in every language of staff and whatever the capitals.
    """
    if text not in offered:
        called = _called(text, offered, [each for each in (names, others) if each])
        if called:
            return called
        codes = ", ".join(coded(one, names) for one in offered)
        raise Unfit(
            _("“%(value)s” is not offered here. Choose one of: %(codes)s.", value=text[:40], codes=codes)
        )
    return text


def _called(text: str, offered: Collection[str], names: Iterable[Names]) -> str | None:
    """The one code that is called so."""
    wanted, found = text.strip().casefold(), set()
    for language in STAFF_LANGUAGES:
        with force_locale(language):
            found |= {
                one
                for each in names
                for one in offered
                if wanted in (one.casefold(), str(each[one]).casefold())
            }
    return found.pop() if len(found) == 1 else None


def coded(code: str, names: Names | None) -> str:
    """A code as it is written, and what it is called."""
    return f"{code} ({names[code]})" if names and str(names[code]) != code else code


def number(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise Unfit(_("“%(value)s” is not a whole number.", value=text[:40]))
    return int(text)


def day(text: str, ahead: timedelta = FURTHEST_AHEAD) -> date:
    if not text:
        raise Unfit(_("The date is missing."))
    try:
        found = _as_written(text)
    except ValueError:
        reason = _("“%(value)s” is not a date. Write it like 31-3-2026 or 2026-03-31.", value=text[:40])
        raise Unfit(reason) from None
    if found.year < EARLIEST_YEAR:
        reason = _(
            "%(value)s is too long ago. Write a day from the year %(year)s on.",
            value=text,
            year=EARLIEST_YEAR,
        )
        raise Unfit(reason)
    if found > today() + ahead:
        last = format_date(today() + ahead, "long")
        raise Unfit(_("%(value)s is too far ahead. Write a day until %(last)s.", value=text, last=last))
    return found


def _as_written(text: str) -> date:
    if iso := ISO.fullmatch(text):
        year, month, day = iso.groups()
    elif day_first := DAY_FIRST.fullmatch(text):
        day, _between, month, year = day_first.groups()
    else:
        raise ValueError
    return date(int(year), int(month), int(day))


def year(text: str) -> int:
    found = number(text)
    if not EARLIEST_YEAR <= found <= today().year + 1:
        first, last = EARLIEST_YEAR, today().year + 1
        raise Unfit(
            _("“%(value)s” is not a year from %(first)s to %(last)s.", value=text, first=first, last=last)
        )
    return found


def birth_band(text: str) -> int:
    """The first year of a band of five: a year of birth tells too much."""
    found = year(text)
    if found % BIRTH_YEAR_BAND:
        first = found - found % BIRTH_YEAR_BAND
        reason = _(
            "Write the first year of the five-year band: %(first)s for %(year)s.", first=first, year=found
        )
        raise Unfit(reason)
    return found


def new_text(text: str, most: int = LONGEST_TEXT) -> str:
    """A text that may be kept from now on. Texts that are kept already are compared, never judged again."""
    if text != text.strip() or any(_unseen(character) for character in text):
        raise Unfit(_("This holds spaces at an end, or characters that cannot be seen."))
    if len(text) > most:
        raise Unfit(_("This is longer than %(most)s characters.", most=most))
    return text


#: A space, or as many digits as a telephone number has.
NAMED = re.compile(r"\s|(?:\+|00?)[0-9]{8,}")


def new_pseudonym(text: str) -> str:
    """A pseudonym for someone new: no text that a spreadsheet mangled, and never a citizen service number."""
    new_text(text)
    if MANGLED.fullmatch(text):
        raise Unfit(_("A spreadsheet changed this code. Make the column text and type the codes again."))
    if NAMED.search(text):
        raise Unfit(
            _(
                "This looks like a name or a telephone number. Use a code without spaces, such as K-014. The name is "
                "filled in later, and kept sealed."
            )
        )
    if is_bsn(text):
        raise Unfit(
            _("This may be a citizen service number (BSN), which is never kept here. Use another code.")
        )
    return text


def is_bsn(text: str) -> bool:
    """Whether a text passes the eleven test of Dutch citizen service numbers.

    Nine digits weigh 9 down to 2, and -1. Eight digits count too: a spreadsheet drops a leading zero.
    """
    if not re.fullmatch(r"[0-9]{8,9}", text):
        return False
    digits = [int(digit) for digit in text.zfill(9)]
    return (
        sum(weight * digit for weight, digit in zip((9, 8, 7, 6, 5, 4, 3, 2, -1), digits, strict=True)) % 11
        == 0
    )


def _unseen(character: str) -> bool:
    return character in DIRECTION_MARKS or unicodedata.category(character) in (
        "Cc",
        "Cs",
        "Co",
        "Cn",
        "Zl",
        "Zp",
    )
