"""One row of a file becomes a checked record, or is refused with every reason.

A file repeats itself: the same few dates, codes and answers to a domain, over and over. Each combination is
checked once and shared by all rows that hold it, which keeps a large file quick and small.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from operator import itemgetter
from typing import Generic, NamedTuple, TypeVar

from flask_babel import gettext as _

from instruments import library
from instruments.model import Domain, Instrument
from instruments.scoring import NON_ANSWERS, Answer, check_answer, score
from survey.codes import GENDERS, GROUPS, MODES, RESPONDENTS
from survey.exchange import cells
from survey.exchange.cells import Unfit
from survey.exchange.columns import FACTS, Layout, WaveLayout
from survey.exchange.table import Table
from survey.languages import LANGUAGES
from survey.progress import progress
from survey.refusal import Refusals

Cells = tuple[str, ...]
#: A column and what is wrong in it.
Fault = tuple[str, str]
Value = TypeVar("Value")


class Asked(NamedTuple):
    """What was asked; the instrument in the version of the wave."""

    wave: WaveLayout
    instrument: Instrument


class Manner(NamedTuple):
    """Who answered, when and how."""

    respondent: str
    day: date
    language: str
    mode: str


class Facts(NamedTuple):
    """What a row says of its person; None is what it leaves out."""

    group: str | None
    gender: str | None
    birth_year: int | None
    arrival_year: int | None
    household: str | None
    enrolled_on: date | None


class PageAnswers(NamedTuple):
    """What was answered in one domain, at least one item of it, and its score."""

    domain: str
    answers: dict[str, Answer]
    score: float | None


class Record(NamedTuple):
    """A row that can stand by itself. `pages` holds only domains with an answer."""

    line: int
    participant: str
    asked: Asked
    manner: Manner
    pages: tuple[PageAnswers, ...]
    facts: Facts

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.participant, self.asked.wave.key, self.asked.instrument.key, self.manner.respondent

    @property
    def answers(self) -> dict[str, Answer]:
        return {item: answer for page in self.pages for item, answer in page.answers.items()}


def check(layout: Layout, table: Table, refusals: Refusals) -> list[Record]:
    """The rows that can stand by themselves; what is wrong with the others goes to `refusals`."""
    reader = RowReader(layout, table.columns)
    records = []
    lines: dict[tuple[str, str, str, str], int] = {}
    for line, row in progress(table.rows, _("Checking")):
        record, faults = reader.read(line, row)
        for column, reason in faults:
            refusals.add(line, column, reason)
        if record is None:
            continue
        first = lines.setdefault(record.key, line)
        if first != line:
            refusals.add(line, None, _("This is the same response as in line %(line)s.", line=first))
        records.append(record)
    return records


class Combination(Generic[Value]):
    """What some columns say together, worked out once for each combination of their cells."""

    def __init__(
        self, heading: Cells, names: Sequence[str], read: Callable[[Cells], tuple[Value, list[Fault]]]
    ):
        # A column that is not there reads like an empty one: the last cell of a row, added by RowReader.
        places = [heading.index(name) if name in heading else len(heading) for name in names]
        self._pick: Callable[[Cells], Cells] = itemgetter(*places, len(heading))
        self._read = read
        self._known: dict[Cells, tuple[Value, list[Fault]]] = {}

    def __call__(self, row: Cells) -> tuple[Value, list[Fault]]:
        picked = self._pick(row)
        if picked not in self._known:
            self._known[picked] = self._read(picked[:-1])
        return self._known[picked]


class RowReader:
    """Reads the rows under one heading."""

    def __init__(self, layout: Layout, heading: Cells) -> None:
        self.layout = layout
        self._heading = heading
        self._participant = heading.index("participant")
        self._language = heading.index("language")
        self._asked = Combination(heading, ("wave", "instrument", "version"), self._read_asked)
        self._manner = Combination(heading, ("respondent", "date", "language", "mode"), read_manner)
        self._facts = Combination(heading, FACTS, read_facts)
        self._pages: dict[Instrument, list[Combination[PageAnswers | None]]] = {}

    def read(self, line: int, row: Cells) -> tuple[Record | None, list[Fault]]:
        row = (*row, "")
        participant = unicodedata.normalize("NFC", row[self._participant])
        (wave, instrument), faults = self._asked(row)
        manner, manner_faults = self._manner(row)
        facts, fact_faults = self._facts(row)
        pages, page_faults = self._read_pages(instrument, row)
        faults = [*_nameless(participant), *faults, *manner_faults, *fact_faults, *page_faults]
        if faults or wave is None or instrument is None or manner is None:
            return None, [*faults, *shut_gates(self.layout, wave, row[self._language])]
        return Record(line, participant, Asked(wave, instrument), manner, pages, facts), []

    def _read_asked(self, picked: Cells) -> tuple[tuple[WaveLayout | None, Instrument | None], list[Fault]]:
        wave_key, instrument_key, version = picked
        faults: list[Fault] = []
        wave = self.layout.waves.get(take("wave", faults, cells.code, wave_key, self.layout.waves) or "")
        if not instrument_key and len(self.layout.instruments) == 1:
            instrument_key = self.layout.instruments[0]
        offered = wave.instruments if wave else self.layout.instruments
        if take("instrument", faults, cells.code, instrument_key, offered) is None:
            return (wave, None), faults
        instrument = wave.instruments[instrument_key] if wave else library.load(instrument_key)
        number = take("version", faults, cells.number, version) if version and wave else None
        if number not in (None, instrument.version):
            faults.append(("version", _("This wave asks version %(version)s.", version=instrument.version)))
        return (wave, instrument), faults

    def _read_pages(
        self, instrument: Instrument | None, row: Cells
    ) -> tuple[tuple[PageAnswers, ...], list[Fault]]:
        """The answers to this instrument; those to another one are faults."""
        if instrument is None:
            return (), []
        if instrument not in self._pages:
            self._pages[instrument] = list(self._domain_readers(instrument))
        pages, faults = [], []
        for read in self._pages[instrument]:
            page, page_faults = read(row)
            faults += page_faults
            if page is not None:
                pages.append(page)
        return tuple(pages), faults

    def _domain_readers(self, instrument: Instrument) -> Iterator[Combination[PageAnswers | None]]:
        for domain in instrument.domains:
            names = tuple(item.id for item in domain.items)
            yield Combination(self._heading, names, _domain_reader(instrument, domain))
        own = {item.id for item in instrument.items}
        others = tuple(item for item in self.layout.items if item not in own)
        yield Combination(self._heading, others, _stranger_reader(others, instrument.key))


def shut_gates(layout: Layout, wave: WaveLayout | None, language: str) -> Iterator[Fault]:
    """Why nothing may be added or changed now in this wave, or in this language."""
    if wave is not None and wave.state == "planned":
        yield "wave", _("Wave %(wave)s is not open yet.", wave=wave.key)
    if wave is not None and wave.state == "closed":
        yield "wave", _("Wave %(wave)s was closed; nothing is added or changed in it.", wave=wave.key)
    if language in LANGUAGES and language not in layout.languages:
        yield "language", _("The texts in this language are not approved, and the programme did not open it.")


def read_manner(picked: Cells) -> tuple[Manner | None, list[Fault]]:
    faults: list[Fault] = []
    respondent = take("respondent", faults, cells.code, picked[0] or "self", RESPONDENTS)
    day = take("date", faults, cells.day, picked[1])
    language = take("language", faults, cells.code, picked[2], LANGUAGES)
    mode = take("mode", faults, cells.code, picked[3] or "self", MODES)
    if respondent is None or day is None or language is None or mode is None:
        return None, faults
    return Manner(respondent, day, language, mode), faults


def read_facts(picked: Cells) -> tuple[Facts, list[Fault]]:
    faults: list[Fault] = []
    group, gender, birth_year, arrival_year, household, enrolled_on = picked
    facts = Facts(
        take("group", faults, cells.code, group, GROUPS) if group else None,
        take("gender", faults, cells.code, gender, GENDERS) if gender else None,
        take("birth_year", faults, cells.birth_band, birth_year) if birth_year else None,
        take("arrival_year", faults, cells.year, arrival_year) if arrival_year else None,
        unicodedata.normalize("NFC", household) or None,
        take("enrolled_on", faults, cells.day, enrolled_on) if enrolled_on else None,
    )
    return facts, faults


def take(column: str, faults: list[Fault], read: Callable[..., Value], *given: object) -> Value | None:
    """What a cell means; when it is unfit, None, and the reason among the faults."""
    try:
        return read(*given)
    except Unfit as reason:
        faults.append((column, str(reason)))
        return None


def _nameless(participant: str) -> Iterator[Fault]:
    if not participant.strip():
        yield "participant", _("The participant is missing.")


def _domain_reader(
    instrument: Instrument, domain: Domain
) -> Callable[[Cells], tuple[PageAnswers | None, list[Fault]]]:
    def read(picked: Cells) -> tuple[PageAnswers | None, list[Fault]]:
        answers: dict[str, Answer] = {}
        faults: list[Fault] = []
        for item, text in zip(domain.items, picked, strict=True):
            if not text:
                continue
            try:
                answers[item.id] = check_answer(instrument, item.id, text)
            except ValueError:
                take(item.id, faults, cells.code, text, _offered(instrument, item.id))
        if faults or not answers:
            return None, faults
        return PageAnswers(domain.code, answers, score(instrument, domain.code, answers)), []

    return read


def _offered(instrument: Instrument, item: str) -> list[str]:
    def is_offered(value: str) -> bool:
        try:
            check_answer(instrument, item, value)
        except ValueError:
            return False
        return True

    codes = map(str, instrument.scale_of(item).codes)
    return [value for value in (*codes, *NON_ANSWERS) if is_offered(value)]


def _stranger_reader(
    names: Iterable[str], instrument: str
) -> Callable[[Cells], tuple[PageAnswers | None, list[Fault]]]:
    def read(picked: Cells) -> tuple[PageAnswers | None, list[Fault]]:
        reason = _("This is no question of %(key)s; leave it empty in this row.", key=instrument)
        return None, [(name, reason) for name, text in zip(names, picked, strict=True) if text]

    return read
