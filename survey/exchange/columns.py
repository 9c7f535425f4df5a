"""The columns of an exchange file, as data: what it may hold is decided by the programme it belongs to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from flask_babel import gettext as _

from instruments import asking, library
from instruments.model import Instrument
from survey.languages import open_languages
from survey.models import Programme, Wave
from survey.refusal import Refusal

#: What says whose response it is, to what, when and how. Between these and FACTS stands one column per item.
RESPONSE = ("participant", "wave", "instrument", "version", "respondent", "date", "language", "mode")
#: What is known of a person and their enrolment, the same in each of their rows. Any of them may be left out.
FACTS = ("group", "gender", "birth_year", "arrival_year", "household", "enrolled_on")
REQUIRED = ("participant", "wave", "date", "language")
#: Columns of dates and of free text, in this file and in that of a caseload: all else is a code or a number.
DATES = frozenset({"date", "enrolled_on", "until"})
TEXTS = frozenset({"participant", "household", "home", "activity", "provider", "labels", "note"})
#: Text of several lines, in which a line may begin with a dash: taken as it is, marked or not.
PROSE = frozenset({"note"})


@dataclass(frozen=True)
class WaveLayout:
    """A wave and the instruments it asks: in the version fixed when it opened, until then the latest."""

    id: UUID
    key: str
    state: str
    instruments: dict[str, Instrument]


@dataclass(frozen=True)
class Layout:
    """What the exchange file of a programme may hold."""

    #: By key, in order of time.
    waves: dict[str, WaveLayout]
    #: Keys of all instruments asked in any wave, in order.
    instruments: tuple[str, ...]
    #: Languages in which may be asked now.
    languages: frozenset[str]

    @cached_property
    def items(self) -> tuple[str, ...]:
        """The ids of all items of all versions, in the order asked."""
        asked = (
            item.id
            for key in self.instruments
            for wave in self.waves.values()
            if key in wave.instruments
            for item in wave.instruments[key].items
        )
        return tuple(dict.fromkeys(asked))

    @property
    def columns(self) -> tuple[str, ...]:
        return (*RESPONSE, *self.items, *FACTS)


def layout(programme: Programme) -> Layout:
    in_time = sorted(programme.waves, key=lambda wave: (wave.weeks, wave.key))
    waves = {wave.key: _wave_layout(wave) for wave in in_time}
    asked = [*programme.instruments, *(key for wave in waves.values() for key in wave.instruments)]
    languages = frozenset(language.code for language in open_languages(programme))
    return Layout(waves, tuple(dict.fromkeys(asked)), languages)


def _wave_layout(wave: Wave) -> WaveLayout:
    asked = {instrument.key: instrument for instrument in asking.instruments(wave.asked)}
    return WaveLayout(wave.id, wave.key, wave.state, asked)


def header_refusals(layout: Layout, names: Sequence[str], line: int) -> Iterator[Refusal]:
    """Everything that is wrong with a heading: columns that are unknown, repeated, nameless or lacking."""
    yield from heading_refusals(names, line, layout.columns, REQUIRED, _unknown)
    if "instrument" not in names and len(layout.instruments) > 1:
        yield Refusal(
            line, "instrument", _("This programme has several instruments, so this column is needed.")
        )
    if not set(names) & set(layout.items):
        yield Refusal(
            line, None, _("There is no column with answers. Columns of answers are named like work_1.")
        )


def heading_refusals(
    names: Sequence[str], line: int, known: Sequence[str], needed: Sequence[str],
    why_unknown: Callable[[str], str],
) -> Iterator[Refusal]:  # fmt: skip
    """What is wrong with a heading of any kind of file."""
    for place, name in enumerate(names, start=1):
        if not name:
            yield Refusal(line, str(place), _("Column %(place)s has no name.", place=place))
        elif name not in known:
            yield Refusal(line, name, why_unknown(name))
    for name, times in Counter(names).items():
        if times > 1 and name:
            yield Refusal(line, name, _("This column is there %(times)s times.", times=times))
    for name in needed:
        if name not in names:
            yield Refusal(line, name, _("This column is needed and is not there."))


def unknown_column() -> str:
    return _("There is no such column. Correct its name or take it out.")


def _unknown(name: str) -> str:
    for instrument in library.instruments():
        if any(item.id == name for item in instrument.items):
            return _(
                "This belongs to %(instrument)s, which this programme does not ask.",
                instrument=instrument.key,
            )
    return unknown_column()
