"""The one place that reads microdata: from tables to arrays, in bulk.

People are the enrolments of a programme, in one order for every array. The database sends each page of
answers as one short text; equal pages are equal text and there are few different ones, so each is decoded and
scored once, whatever the number of people (see `page_texts`).
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from flask_babel import gettext as _
from numpy.typing import NDArray
from sqlalchemy import Select, String, case, cast, exists, select, type_coerce

from dashboard.outcomes.change import DomainScores
from dashboard.page_texts import PageTexts
from instruments import library
from instruments.model import Instrument
from survey.database import db
from survey.fieldwork import Refused, wave_name
from survey.models import Enrolment, Page, Programme, Response, Visit, Wave

#: Pages held at a time while streaming.
CHUNK = 20_000

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Microdata:
    """Two waves of a programme; the columns in `domains`, `has_before` and `has_after` are over the same
    people. `instruments` are what was asked, in the versions reported. `has_before` and `has_after` say who
    answered anything at all in that wave, non-answers included.
    """

    programme: str
    before: Wave
    after: Wave
    instruments: list[Instrument]
    domains: list[DomainScores]
    enrolled: int
    has_before: Flags
    has_after: Flags


def read(programme: Programme, before_key: str | None = None, after_key: str | None = None) -> Microdata:
    """What participants themselves answered in two waves, those named or the usual ones.

    Raises Refused, with the reason, when there are no such waves. Visits that were refused count
    nowhere. The programme's organisation must have been entered.
    """
    before, after = waves_to_compare(programme, before_key, after_key)
    instruments = administered(programme, before, after)
    people = _people(programme)
    pages = PageTexts(instruments)
    scores = np.full((2, len(pages.places), len(people)), np.nan)
    present = np.zeros((2, len(people)), dtype=bool)
    with _no_search_for_cycles():
        for enrolments, texts in _pages(before, after):
            whose = np.fromiter(map(people.__getitem__, enrolments), dtype=np.intp, count=len(enrolments))
            _put(pages, pages.count(texts), whose, scores, present)
    domains = [_domain(pages, number, scores[:, number]) for number in range(len(pages.places))]
    return Microdata(programme.code, before, after, instruments, domains, len(people), present[0], present[1])


def _put(
    pages: PageTexts,
    which: NDArray[np.intp],
    whose: NDArray[np.intp],
    scores: NDArray[np.float64],
    present: Flags,
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
    return db.session.execute(_responses(wave).limit(1)).first() is not None


def _responses(*waves: Wave) -> Select[UUID]:
    """What counts of these waves: the participants' own responses, unless they refused after all."""
    refused = exists().where(
        Visit.enrolment_id == Response.enrolment_id,
        Visit.wave_id == Response.wave_id,
        Visit.state == "refused",
    )
    return select(Response.id).where(
        Response.wave_id.in_([wave.id for wave in waves]), Response.respondent == "self", ~refused
    )


def administered(programme: Programme, before: Wave, after: Wave) -> list[Instrument]:
    """What was asked, in the version of the later wave; the newest where no wave was opened yet."""
    versions = {**before.versions, **after.versions}
    return [library.load(key, versions.get(key)) for key in programme.instruments]


def _people(programme: Programme) -> dict[Any, int]:
    """Every enrolment of the programme (its id as the database gives it) and its place in the arrays."""
    enrolments = select(type_coerce(Enrolment.id, String)).where(Enrolment.programme_id == programme.id)
    ordered = db.session.execute(enrolments.order_by(Enrolment.id)).scalars()
    return {enrolment: position for position, enrolment in enumerate(ordered)}


def _pages(before: Wave, after: Wave) -> Iterator[tuple[Sequence[Any], Sequence[str]]]:
    """Whose, and which page: the texts that PageTexts reads. Both waves at once, for that takes one walk over
    the organisation's pages."""
    wave = case((Response.wave_id == before.id, "0 "), else_="1 ")
    asked = wave + Response.instrument + " " + cast(Response.version, String) + " " + Page.domain
    pages = (
        _responses(before, after)
        .join(Page, Page.response_id == Response.id)
        .with_only_columns(
            type_coerce(Response.enrolment_id, String), asked + type_coerce(Page.answers, String)
        )
    )
    for rows in db.session.execute(pages, execution_options={"yield_per": CHUNK}).partitions():
        enrolments, texts = zip(*rows, strict=True)
        yield enrolments, texts
