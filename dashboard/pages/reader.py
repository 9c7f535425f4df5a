"""Who reads: how numbers are written, what domains are called, and the language of the sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent
from flask_babel import get_domain, get_locale

from dashboard.outcomes.release.aims import verdict_of
from dashboard.outcomes.wording.language import Language
from instruments import library
from instruments.translation import LANGUAGES, Words, words

MINUS = "\u2212"
_HIDDEN = dict.fromkeys(
    ("pairs", "before_mean", "after_mean", "difference", "low", "high", "improved", "maintained", "declined")
)


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

    def domain(self, entry: Mapping[str, Any]) -> str:
        """What the domain of an entry is called."""
        return self.words[entry["instrument"]].domain(entry["domain"])

    def of_domain(self, code: str) -> str:
        """The same by its code alone; the code itself when no instrument of this release has it."""
        for words_ in self.words.values():
            if any(domain.code == code for domain in words_.instrument.domains):
                return words_.domain(code)
        return code

    @cached_property
    def names(self) -> dict[str, str]:
        """Domains by code, as they stand inside a sentence."""
        return {
            domain["code"]: self.inside(self.words[instrument["key"]].domain(domain["code"]))
            for instrument in self.release["instruments"]
            for domain in instrument["domains"]
        }

    def points(self, number: float) -> str:
        """One decimal: 0,6."""
        return _points(number, self.locale)

    def signed(self, number: float) -> str:
        """One decimal with its sign: +0,6 or −0,3; nothing before zero."""
        sign = "+" if number > 0 else MINUS if number < 0 else ""
        return sign + self.points(abs(number))

    def signed_whole(self, number: int) -> str:
        sign = "+" if number > 0 else MINUS if number < 0 else ""
        return sign + str(abs(number))

    def number(self, number: float) -> str:
        """As few decimals as it has."""
        return str(format_decimal(number, locale=self.locale))

    def day(self, day: str) -> str:
        """A date of a release, as it is said: 21 november 2026."""
        return str(format_date(date.fromisoformat(day), "long", locale=self.locale))

    def month(self, day: str) -> str:
        """Of a date of a release: november 2026."""
        return str(format_date(date.fromisoformat(day), "MMMM y", locale=self.locale))

    def percent(self, share: float) -> str:
        return str(format_percent(share, locale=self.locale))

    def count(self, number: int) -> str:
        return self.language.count(number)

    def inside(self, name: str) -> str:
        """A name as it stands inside a sentence; "B1 route" keeps its capital."""
        return name if name[1:2].isdigit() else name[:1].lower() + name[1:]

    def any_of(self, names: Sequence[str]) -> str:
        """Names of things that were taken together: "man, other or not known"."""
        return format_list(list(names), style="or", locale=self.locale) if names else ""

    def _listed(self, names: Sequence[str]) -> str:
        return format_list(list(names), locale=self.locale) if names else ""


@lru_cache(maxsize=2000)
def _points(number: float, locale: Locale) -> str:
    """There are few different ones, and each is written often."""
    return str(format_decimal(number, format="0.0", locale=locale))


def reader(release: Mapping[str, Any]) -> Reader:
    """The reader of the current request."""
    return Reader(whole(release), get_locale())


def whole(release: Mapping[str, Any]) -> Mapping[str, Any]:
    """A release with every part of today's format: those made before had no later wave, no links and no ladder, showed
    figures of people who had all changed alike, and called what had no number reached."""
    waves, people = release["waves"], release["population"]["people"]
    return {
        "follow_up": [],
        "links": [],
        **release,
        "change": [
            {**entry, **_HIDDEN} if entry["verdict"] == "no_spread" else entry for entry in release["change"]
        ],
        "targets": [{**entry, "verdict": verdict_of(entry)} for entry in release["targets"]],
        "ladder": release["ladder"] or None,
        "waves": {"follow_up": None, **waves},
        "population": {"cohorts": [], **release["population"], "people": {"follow_up": None, **people}},
    }
