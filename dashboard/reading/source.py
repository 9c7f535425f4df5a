"""The one place that reads microdata: from tables to arrays, in bulk.

People are the enrolments of a programme, in one order for every array. Tables are read one by one and put
together here: which way a database joins a million rows depends on statistics it may not have yet, just after
an import. Equal pages of answers are equal text and there are few different ones, so each is decoded and scored
once, whatever the number of people (see `page_texts`).
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import compress
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import String, select, type_coerce

from dashboard.outcomes.change import DomainScores
from dashboard.outcomes.participation import Done
from dashboard.reading.page_texts import COMMON_SCALE, NOWHERE, PageTexts, Place, Texts
from dashboard.reading.people import Profiles, profiles
from dashboard.reading.responses import CHUNK, Facts, Flags, Positions, Responses, counted, pages, slot_of
from dashboard.reading.waves import administered, waves_to_compare
from instruments import asking, library
from instruments.model import Domain, Instrument
from survey import activities, measures, observations
from survey.codes import RESPONDENTS
from survey.database import db
from survey.models import Label, Note, NoteLabel, Page, Programme, Wave

Scores = NDArray[np.float64]
#: As `Positions`, in half the room.
Numbers = NDArray[np.int32]


@dataclass(frozen=True)
class Lens:
    """What was answered through the eyes of one respondent: people themselves, or their casemanager.

    `scores` are of (waves, places, people), NaN for none; `whole` says of each whether it is of all items. `present`,
    of (waves, people), says who answered anything at all, non-answers included. `common`, of (3, waves, people), is how
    many answers there are on the scale of most items, and the lowest and the highest of them. `items`: by wave,
    instrument, version and domain, the answers of everyone who answered all items, (respondents, items).
    """

    scores: Scores
    whole: Flags
    present: Flags
    facts: Facts
    common: NDArray[np.int8]
    items: Mapping[tuple[int, str, int, str], NDArray[np.int16]]


@dataclass(frozen=True)
class Microdata:
    """All that was answered in some waves of a programme, in their order; the last axis of each array is people, in
    the order of `enrolments` (ids as the database gives them). `places` are the domains, as (instrument, domain).

    `lenses` are by respondent: "self" always, "casemanager" where casemanagers answered. `looked_back` are answers,
    (waves, people) with 0 for none, by id of item of those instruments that look back.
    """

    programme: Programme
    waves: list[Wave]
    instruments: list[Instrument]
    places: list[Place]
    enrolments: list[Any]
    profiles: Profiles
    lenses: dict[str, Lens]
    looked_back: dict[str, NDArray[np.int8]]

    def domains(self, before: Wave, after: Wave, lens: str = "self") -> list[DomainScores]:
        """Each domain in two of the waves, in the version of the later one."""
        one, other = self.waves.index(before), self.waves.index(after)
        answered = self.lenses[lens]
        return [
            _domain(
                instrument, domain, self.places.index((instrument.key, domain.code)), answered, (one, other)
            )
            for instrument in administered(self.programme, (before, after))
            for domain in instrument.domains
        ]


def _domain(
    instrument: Instrument, domain: Domain, place: int, lens: Lens, waves: tuple[int, int]
) -> DomainScores:
    low, high = instrument.score_range(domain.code)
    (before, after), scores = waves, lens.scores[:, place]
    return DomainScores(
        instrument.key, domain.code, float(low), float(high), scores[before], scores[after],
        _items(lens, before, instrument, domain.code), _items(lens, after, instrument, domain.code),
        lens.whole[before, place] & lens.whole[after, place], domain.heading,
    )  # fmt: skip


def _items(answered: Lens, wave: int, instrument: Instrument, domain: str) -> NDArray[np.int16]:
    none = np.empty((0, len(instrument.domain(domain).items)), dtype=np.int16)
    return answered.items.get((wave, instrument.key, instrument.version, domain), none)


@dataclass(frozen=True)
class Comparison:
    """Two waves of a programme: what people answered about themselves, and what was observed of them.

    The columns in `domains`, `has_before` and `has_after` are over the same people. `instruments` are what was asked,
    in the versions reported. `steps` are those on the ladder, before and after, of everyone of whom any was observed.
    `done` are activities, by place in `groups`, which are of all people.
    """

    microdata: Microdata
    before: Wave
    after: Wave
    instruments: list[Instrument]
    domains: list[DomainScores]
    has_before: Flags
    has_after: Flags
    steps: list[tuple[str | None, str | None]]
    groups: list[str | None]
    done: list[Done]

    @property
    def programme(self) -> str:
        return self.microdata.programme.code

    @property
    def enrolled(self) -> int:
        return len(self.microdata.enrolments)


def compare(programme: Programme, before_key: str | None = None, after_key: str | None = None) -> Comparison:
    """Two waves, those named or the usual ones. Raises Refused, with the reason, when there are no such waves."""
    before, after = waves_to_compare(programme, before_key, after_key)
    return compared(read(programme, (before, after)), before, after)


def compared(microdata: Microdata, before: Wave, after: Wave) -> Comparison:
    """Two of the waves that were read."""
    programme, mine = microdata.programme, microdata.lenses["self"]
    with _no_search_for_cycles():
        steps = [(one, other) for _, (one, other) in observations.ladder_at(programme, (before, after))]
        places = {enrolment: place for place, enrolment in enumerate(microdata.enrolments)}
        done = [
            Done(places[enrolment], kind, activity, became)
            for enrolment, kind, activity, became in activities.done_in(programme)
        ]
    groups = microdata.profiles.group
    named = [*groups.values, None]  # -1 is the last
    return Comparison(
        microdata, before, after, administered(programme, (before, after)), microdata.domains(before, after),
        mine.present[microdata.waves.index(before)], mine.present[microdata.waves.index(after)],
        steps, [named[number] for number in groups.numbers.tolist()] if done else [], done,
    )  # fmt: skip


def read(programme: Programme, waves: Sequence[Wave] | None = None) -> Microdata:
    """What was answered in these waves (all of the programme without any), in their order in time.

    Who refused a wave counts nowhere in it. The programme's organisation must have been entered.
    """
    chosen = sorted(programme.waves if waves is None else waves, key=lambda wave: wave.weeks)
    instruments = administered(programme, chosen)
    with _no_search_for_cycles():
        enrolments, facts = profiles(programme)
        responses = Responses({one: place for place, one in enumerate(enrolments)}, chosen)
        places = _places(responses, instruments)
        asides = _looking_back(responses)
        texts = PageTexts(places, asides, responses.asked)
        arrays = _Arrays(responses.lenses * len(chosen), len(places), len(enrolments), len(asides))
        told = []
        for ids, found in pages(responses.width):
            counts, whose, asked = responses.find(ids)
            which = texts.count(asked, list(compress(found, counts.tolist())))
            told.append((which.astype(np.int32), whose.astype(np.int32)))
        by_number, items = texts.arrays(), texts.complete()
        for these, theirs in told:
            arrays.put(by_number, these, theirs)
    keys = [instrument.key for instrument in instruments]
    lenses = {
        lens: arrays.lens(slot_of(lens, 0, len(chosen)), len(chosen), responses.facts(lens, keys), items)
        for lens in RESPONDENTS[: responses.lenses]
    }
    looked_back = {item: arrays.looked_back[number][: len(chosen)] for number, item in enumerate(asides)}
    return Microdata(programme, chosen, instruments, places, enrolments, facts, lenses, looked_back)


def _places(responses: Responses, instruments: Sequence[Instrument]) -> list[Place]:
    """Every domain that is reported, and after those what earlier versions asked."""
    asked = [library.load(key, version) for _, key, version in responses.asked]
    keys = {instrument.key for instrument in instruments}
    earlier = [one for one in asked if one.key in keys]
    return list(
        dict.fromkeys((one.key, domain.code) for one in (*instruments, *earlier) for domain in one.domains)
    )


def _looking_back(responses: Responses) -> list[str]:
    found = sorted({(key, version) for _, key, version in responses.asked if key in asking.LOOKING_BACK})
    return list(dict.fromkeys(item.id for one in found for item in library.load(*one).items))


class _Arrays:
    """What is filled while pages are read: by slot and person."""

    def __init__(self, slots: int, places: int, people: int, asides: int) -> None:
        self._people = people
        self._scores = np.full((slots, places, people), np.nan)
        self._whole = np.zeros((slots, places, people), dtype=bool)
        self._present = np.zeros((slots, people), dtype=bool)
        self._common = np.zeros((3, slots, people), dtype=np.int8)
        self._common[1] = COMMON_SCALE[-1] + 1
        self.looked_back = np.zeros((asides, slots, people), dtype=np.int8)

    def put(self, texts: Texts, which: Numbers, whose: Numbers) -> None:
        """Put what some pages say (numbers in `texts`, and the people they are of) in its places."""
        slot, place = texts.slot[which], texts.place[which]
        scored, answered = ~np.isnan(texts.score)[which], texts.answered[which]
        self._scores[slot[scored], place[scored], whose[scored]] = texts.score[which[scored]]
        whole = texts.whole[which] & scored
        self._whole[slot[whole], place[whole], whose[whole]] = True
        self._present[slot[answered], whose[answered]] = True
        cell = slot * self._people + whose
        np.add.at(self._common[0].reshape(-1), cell, texts.common[which])
        np.minimum.at(self._common[1].reshape(-1), cell, texts.lowest[which])
        np.maximum.at(self._common[2].reshape(-1), cell, texts.highest[which])
        if len(self.looked_back):
            self._look_back(texts, which, slot, whose)

    def _look_back(self, texts: Texts, which: Numbers, slot: Positions, whose: Numbers) -> None:
        for column in range(texts.item.shape[1]):
            item = texts.item[which, column]
            told = item != NOWHERE
            self.looked_back[item[told], slot[told], whose[told]] = texts.answer[which[told], column]

    def lens(
        self, first: int, waves: int, facts: Facts, items: Mapping[tuple[int, str, int, str], Any]
    ) -> Lens:
        """The slots from `first` on, which are of one respondent."""
        slots = slice(first, first + waves)
        return Lens(
            self._scores[slots], self._whole[slots], self._present[slots], facts, self._common[:, slots],
            {(where[0] - first, *where[1:]): of for where, of in items.items() if 0 <= where[0] - first < waves},
        )  # fmt: skip


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Rows hold no cycles; looking for them all the same would take twice as long as reading."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def labelled(programme: Programme) -> tuple[dict[str, int], int]:
    """How often each label stands with a note or question of this programme, and how many have one at all.

    A label is called what the organisation calls it, or by its standard name.
    """
    of = select(NoteLabel.label_id, NoteLabel.note_id).join(Note, Note.id == NoteLabel.note_id)
    found = db.session.execute(of.where(Note.programme_id == programme.id)).all()
    names = {one.id: one.name or one.standard or "" for one in db.session.scalars(select(Label))}
    times = Counter(names[label_id] for label_id, _note in found)
    return dict(times), len({note_id for _label, note_id in found})


def high_answers(
    programme: Programme, waves: tuple[Wave, Wave], item: str
) -> tuple[dict[Any, bool], dict[Any, bool]] | None:
    """Per wave, who answered this question and whether with one of its two highest answers; by enrolment. None where
    the programme does not ask it. What is no answer counts nowhere."""
    asked = next((one for one in map(library.load, programme.instruments) if item in _item_ids(one)), None)
    if asked is None:
        return None
    domain = next(one.code for one in asked.domains if item in [each.id for each in one.items])
    whose = {row[0]: row[1:3] for row in counted(waves) if row[3] == asked.key}
    page = select(type_coerce(Page.response_id, String), Page.answers).where(Page.domain == domain)
    found: dict[UUID, dict[Any, bool]] = {wave.id: {} for wave in waves}
    highest = asked.scale_of(item).codes[-measures.HIGH :]
    for response, answers in db.session.execute(page, execution_options={"yield_per": CHUNK}):
        if response in whose and isinstance(answers.get(item), int):
            enrolment, wave = whose[response]
            found[wave][enrolment] = answers[item] in highest
    return found[waves[0].id], found[waves[1].id]


def _item_ids(instrument: Instrument) -> set[str]:
    return {item.id for item in instrument.items}
