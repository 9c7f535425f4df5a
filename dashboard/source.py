"""The one place that reads microdata: from tables to arrays, in bulk.

People are the enrolments of a programme, in one order for every array. Tables are read one by one and put
together here: which way a database joins a million rows depends on statistics it may not have yet, just after
an import. Equal pages of answers are equal text and there are few different ones, so each is decoded and scored
once, whatever the number of people (see `page_texts`).
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import compress, repeat
from typing import Any
from uuid import UUID

import numpy as np
from flask_babel import gettext as _
from numpy.typing import NDArray
from sqlalchemy import Row, String, select, type_coerce

from dashboard.outcomes.change import DomainScores
from dashboard.outcomes.participation import Done
from dashboard.page_texts import NOWHERE, Asked, PageTexts
from instruments import asking, library
from instruments.model import Instrument
from survey import activities, measures, observations
from survey.database import db
from survey.fieldwork import Refused, wave_name
from survey.models import (
    Enrolment,
    Label,
    Note,
    NoteLabel,
    Page,
    Participant,
    Programme,
    Response,
    Visit,
    Wave,
)

#: Rows held at a time while streaming.
CHUNK = 20_000

Flags = NDArray[np.bool_]
Positions = NDArray[np.intp]


@dataclass(frozen=True)
class Microdata:
    """Two waves of a programme; the columns in `domains`, `has_before` and `has_after` are over the same
    people. `instruments` are what was asked, in the versions reported. `has_before` and `has_after` say who
    answered anything at all in that wave, non-answers included.

    `steps` are those on the ladder, before and after, of everyone of whom any was observed. `done` are activities, by
    place in `groups`, which are of all people.
    """

    programme: str
    before: Wave
    after: Wave
    instruments: list[Instrument]
    domains: list[DomainScores]
    enrolled: int
    has_before: Flags
    has_after: Flags
    steps: list[tuple[str | None, str | None]]
    groups: list[str | None]
    done: list[Done]


def read(programme: Programme, before_key: str | None = None, after_key: str | None = None) -> Microdata:
    """What participants themselves answered in two waves, those named or the usual ones; and what was observed of them.

    Raises Refused, with the reason, when there are no such waves. Visits that were refused count
    nowhere. The programme's organisation must have been entered.
    """
    before, after = waves_to_compare(programme, before_key, after_key)
    instruments = administered(programme, before, after)
    with _no_search_for_cycles():
        people = _people(programme)
        responses = _Responses(people, before, after)
        pages = PageTexts(instruments, responses.asked)
        scores = np.full((2, len(pages.places), len(people)), np.nan)
        present = np.zeros((2, len(people)), dtype=bool)
        for ids, texts in _pages():
            counts, whose, asked = responses.find(ids)
            which = pages.count(asked, list(compress(texts, counts.tolist())))
            _put(pages, which, whose, scores, present)
        steps = [(one, other) for _, (one, other) in observations.ladder_at(programme, (before, after))]
        done = [
            Done(people[enrolment], kind, activity, became)
            for enrolment, kind, activity, became in activities.done_in(programme)
        ]
    domains = [_domain(pages, number, scores[:, number]) for number in range(len(pages.places))]
    return Microdata(
        programme.code, before, after, instruments, domains, len(people), present[0], present[1],
        steps, _groups(programme) if done else [], done,
    )  # fmt: skip


def _put(
    pages: PageTexts, which: Positions, whose: Positions, scores: NDArray[np.float64], present: Flags
) -> None:
    """Put the scores of some pages (numbers of `pages`, and the people they are of) in their places."""
    wave, place, score, answered = pages.arrays()
    scored, any_answer = ~np.isnan(score)[which], answered[which]
    scores[wave[which[scored]], place[which[scored]], whose[scored]] = score[which[scored]]
    present[wave[which[any_answer]], whose[any_answer]] = True


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


def _domain(pages: PageTexts, number: int, scores: NDArray[np.float64]) -> DomainScores:
    instrument, domain = pages.places[number]
    low, high = instrument.score_range(domain.code)
    return DomainScores(
        instrument.key, domain.code, float(low), float(high), scores[0], scores[1],
        items_before=pages.complete(0, number), items_after=pages.complete(1, number),
    )  # fmt: skip


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
    whose = {row[0]: row[1:3] for row in _counted(*waves) if row[3] == asked.key}
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


def waves_to_compare(
    programme: Programme, before_key: str | None = None, after_key: str | None = None
) -> tuple[Wave, Wave]:
    """The named waves; without names the first and the last of `before` and `after` that was closed or
    answered. A programme without these two compares, by the same rule, among all its waves.
    """
    usual = _usual_waves(programme)
    before = _named(programme, before_key) if before_key else usual[0]
    after = _named(programme, after_key) if after_key else usual[-1]
    if before is after:
        raise Refused(_("A comparison takes two waves; here is only “%(wave)s”.", wave=wave_name(before.key)))
    if before.weeks > after.weeks:
        raise Refused(
            _("Wave “%(first)s” comes after wave “%(second)s”: exchange them.",
              first=wave_name(before.key), second=wave_name(after.key))
        )  # fmt: skip
    return before, after


def _usual_waves(programme: Programme) -> list[Wave]:
    waves = [wave for wave in programme.waves if wave.key in ("before", "after")]
    if len(waves) < 2:
        waves = list(programme.waves)
    if len(waves) == 2:
        return waves
    used = [wave for wave in waves if wave.state == "closed" or _is_answered(wave)]
    return used if len(used) > 1 else waves


def _named(programme: Programme, key: str) -> Wave:
    wave = programme.wave(key)
    if wave is None:
        known = ", ".join(wave.key for wave in programme.waves)
        raise Refused(
            _("Programme %(code)s has no wave “%(wave)s”. It has: %(known)s.",
              code=programme.code, wave=key, known=known)
        )  # fmt: skip
    return wave


def _is_answered(wave: Wave) -> bool:
    return next(_counted(wave), None) is not None


def _counted(*waves: Wave) -> Iterator[Row[str, str, UUID, str, int]]:
    """What counts of these waves: participants' own responses, unless they refused after all. Rows of id and
    enrolment (as the database gives them), wave, instrument and version. What looks back never counts."""
    chosen = [wave.id for wave in waves]
    refusals = select(type_coerce(Visit.enrolment_id, String), Visit.wave_id).where(
        Visit.wave_id.in_(chosen), Visit.state == "refused"
    )
    refused = {tuple(row) for row in db.session.execute(refusals)}
    ids = (type_coerce(Response.id, String), type_coerce(Response.enrolment_id, String))
    responses = select(*ids, Response.wave_id, Response.instrument, Response.version).where(
        Response.wave_id.in_(chosen),
        Response.respondent == "self",
        Response.instrument.not_in(asking.LOOKING_BACK),
    )
    for row in db.session.execute(responses, execution_options={"yield_per": CHUNK}):
        if (row[1], row[2]) not in refused:
            yield row


def administered(programme: Programme, before: Wave, after: Wave) -> list[Instrument]:
    """What was asked, in the version of the later wave; the newest where no wave was opened yet."""
    versions = {**before.versions, **after.versions}
    return [library.load(key, versions.get(key)) for key in programme.instruments]


def _people(programme: Programme) -> dict[Any, int]:
    """Every enrolment of the programme (its id as the database gives it) and its place in the arrays."""
    enrolments = select(type_coerce(Enrolment.id, String)).where(Enrolment.programme_id == programme.id)
    ordered = db.session.execute(enrolments.order_by(Enrolment.id)).scalars()
    return {enrolment: position for position, enrolment in enumerate(ordered)}


def _groups(programme: Programme) -> list[str | None]:
    """Of everyone, in the order of `_people`."""
    groups = select(Participant.group).join(Enrolment, Enrolment.participant_id == Participant.id)
    ordered = groups.where(Enrolment.programme_id == programme.id).order_by(Enrolment.id)
    return list(db.session.execute(ordered).scalars())


class _Responses:
    """The responses that count. `asked` are the different (wave as 0 or 1, instrument, version) among them."""

    def __init__(self, people: dict[Any, int], before: Wave, after: Wave) -> None:
        waves = {before.id: 0, after.id: 1}
        numbers: dict[Asked, int] = {}
        whose, asked = [], []
        self._places: dict[Any, int] = {}
        for response, enrolment, wave, instrument, version in _counted(before, after):
            self._places[response] = len(self._places)
            whose.append(people[enrolment])
            asked.append(numbers.setdefault((waves[wave], instrument, version), len(numbers)))
        self._whose = np.array(whose, dtype=np.intp)
        self._asked = np.array(asked, dtype=np.intp)
        self.asked = list(numbers)

    def find(self, responses: Sequence[Any]) -> tuple[Flags, Positions, Positions]:
        """For each of these ids whether it counts; for those that do, whose it is and what was asked."""
        known = map(self._places.get, responses, repeat(NOWHERE))
        places = np.fromiter(known, dtype=np.intp, count=len(responses))
        found = places != NOWHERE
        return found, self._whose[places[found]], self._asked[places[found]]


def _pages() -> Iterator[tuple[Sequence[Any], Sequence[str]]]:
    """Every page of the organisation: the id of its response, and domain and answers in one text."""
    page = select(type_coerce(Page.response_id, String), Page.domain + type_coerce(Page.answers, String))
    for rows in db.session.execute(page, execution_options={"yield_per": CHUNK}).partitions():
        responses, texts = zip(*rows, strict=True)
        yield responses, texts
