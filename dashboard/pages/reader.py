"""Who reads: how numbers are written, what domains are called, and the language of the sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent
from flask_babel import get_domain, get_locale

from dashboard.outcomes.language import Language
from instruments import library
from instruments.translation import LANGUAGES, Words, words

MINUS = "\u2212"


@dataclass(frozen=True)
class Reader:
    """A reader of one release, in one of the languages of staff."""

    release: Mapping[str, Any]
    locale: Locale

    @cached_property
    def language(self) -> Language:
        texts = get_domain().get_translations()
        return Language(
            gettext=texts.ugettext,
            ngettext=texts.ungettext,
            points=self.points,
            count=lambda number: format_decimal(number, locale=self.locale),
            listed=self._listed,
        )

    @cached_property
    def words(self) -> dict[str, Words]:
        """Per instrument of the release its words, in the version that was asked."""
        code = next(each.code for each in LANGUAGES.values() if str(self.locale) in (each.locale, each.code))
        return {
            instrument["key"]: words(library.load(instrument["key"], instrument["version"]), code)
            for instrument in self.release["instruments"]
        }

    @cached_property
    def names(self) -> dict[str, str]:
        """Domains by code, as they stand inside a sentence."""
        return {
            domain["code"]: _uncapitalised(self.words[instrument["key"]].domain(domain["code"]))
            for instrument in self.release["instruments"]
            for domain in instrument["domains"]
        }

    def points(self, number: float) -> str:
        """One decimal: 0,6."""
        return str(format_decimal(number, format="0.0", locale=self.locale))

    def signed(self, number: float) -> str:
        """One decimal with its sign: +0,6 or −0,3; nothing before zero."""
        sign = "+" if number > 0 else MINUS if number < 0 else ""
        return sign + self.points(abs(number))

    def day(self, day: str) -> str:
        """A date of a release, as it is said: 21 november 2026."""
        return str(format_date(date.fromisoformat(day), "long", locale=self.locale))

    def percent(self, share: float) -> str:
        return str(format_percent(share, locale=self.locale))

    def count(self, number: int) -> str:
        return self.language.count(number)

    def _listed(self, names: Sequence[str]) -> str:
        return format_list(list(names), locale=self.locale) if names else ""


def reader(release: Mapping[str, Any]) -> Reader:
    """The reader of the current request."""
    return Reader(release, get_locale())


def _uncapitalised(name: str) -> str:
    return name[:1].lower() + name[1:]
