"""Someone's own answers given back: per subject what they said now and before, in pictures and words, unjudged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from instruments import asking, library
from instruments.model import Domain, Instrument
from survey.clock import today
from survey.database import db
from survey.models import Enrolment, Page, Response, TalkWish, Visit, Wave
from survey.wording.kept import Spoken, words_in


class Kept(NamedTuple):
    """A page as it is in the database, and where it belongs."""

    page: Page
    instrument: str
    version: int
    answered_on: date
    weeks: int


@dataclass(frozen=True)
class Level:
    """Where on its scale a subject stands: 1 is the lowest of `steps`; `shown` of `most` is how people count it."""

    step: int
    steps: int
    shown: int
    most: int


@dataclass(frozen=True)
class Moment:
    """A subject as it was answered once; `day` is None for the latest wave of all."""

    day: date | None
    level: Level | None


@dataclass(frozen=True)
class Said:
    """What was answered to a question once: the words for it, or the non-answer."""

    day: date | None
    answer: int | str | None
    label: str | None


@dataclass(frozen=True)
class Asked:
    question: str
    said: list[Said]


@dataclass(frozen=True)
class Subject:
    """A domain with its moments, the latest first."""

    code: str
    name: str
    #: Whether its scales have faces; see templates/participant/answers.html.
    scales: frozenset[str]
    moments: list[Moment]
    questions: list[Asked]


class Mirror(NamedTuple):
    subjects: list[Subject]
    #: Whether there are answers of this programme that are not opened.
    some_closed: bool


def of(enrolment: Enrolment, spoken: Spoken, is_open: Callable[[Page | Visit], bool]) -> Mirror:
    """Everything of this person's that is open, in the order in which it is asked."""
    kept = _kept(enrolment.id)
    opened = [one for one in kept if is_open(one.page)]
    latest = max((one.weeks for one in opened), default=0)
    order = {key: number for number, key in enumerate(enrolment.programme.instruments)}
    opened.sort(key=lambda one: (order.get(one.instrument, len(order)), one.instrument, -one.weeks))
    subjects = [
        _subject(instrument, domain, list(moments), latest, spoken)
        for instrument, of_instrument in _by_instrument(opened)
        for domain, moments in _by_domain(instrument, of_instrument)
    ]
    return Mirror(subjects, len(opened) < len(kept))


def _kept(enrolment_id: UUID) -> list[Kept]:
    """What looks back is left out: here stands what was said now beside what was said then."""
    statement = (
        select(Page, Response.instrument, Response.version, Response.answered_on, Wave.weeks)
        .join(Response, Response.id == Page.response_id)
        .join(Wave, Wave.id == Response.wave_id)
        .where(Response.enrolment_id == enrolment_id, Response.respondent == "self")
        .where(Response.instrument.not_in(asking.LOOKING_BACK))
        .order_by(Wave.weeks.desc())
    )
    return [Kept(*row) for row in db.session.execute(statement)]


def _by_instrument(kept: Iterable[Kept]) -> Iterator[tuple[Instrument, list[Kept]]]:
    """With the newest version that was answered: its domains are shown, in its order."""
    for key, group in groupby(kept, lambda one: one.instrument):
        moments = list(group)
        yield library.load(key, max(one.version for one in moments)), moments


def _by_domain(instrument: Instrument, kept: list[Kept]) -> Iterator[tuple[Domain, list[Kept]]]:
    for domain in instrument.domains:
        moments = [one for one in kept if one.page.domain == domain.code]
        if moments:
            yield domain, moments


def _subject(
    instrument: Instrument, domain: Domain, moments: list[Kept], latest: int, spoken: Spoken
) -> Subject:
    words = words_in(instrument, spoken.language, spoken.wording)
    day_of = {one.weeks: None if one.weeks == latest else one.answered_on for one in moments}
    return Subject(
        code=domain.code,
        name=words.domain(domain.code),
        scales=frozenset(item.scale for item in domain.items),
        moments=[Moment(day_of[one.weeks], _level(instrument, domain, one.page.score)) for one in moments],
        questions=[
            Asked(
                words.question(item.id), [_said(one, item.id, day_of[one.weeks], spoken) for one in moments]
            )
            for item in domain.items
        ],
    )


def _level(instrument: Instrument, domain: Domain, score: float | None) -> Level | None:
    """The step of the scale nearest to the score, a half counting upwards."""
    if score is None:
        return None
    low, high = instrument.score_range(domain.code)
    nearest = int(score - low + 0.5)
    return Level(nearest + 1, high - low + 1, low + nearest, high)


def _said(one: Kept, item: str, day: date | None, spoken: Spoken) -> Said:
    """In the words of the version that was answered."""
    answer = one.page.answers.get(item)
    instrument = library.load(one.instrument, one.version)
    label = None
    if isinstance(answer, int) and any(known.id == item for known in instrument.items):
        label = dict(words_in(instrument, spoken.language, spoken.wording).options(item)).get(answer)
    return Said(day, answer, label or None)


def wishes(enrolment_id: UUID) -> set[str]:
    """The subjects this person wants to talk about and has not talked about yet."""
    open_ones = select(TalkWish.domain).where(
        TalkWish.enrolment_id == enrolment_id, TalkWish.talked_on.is_(None)
    )
    return set(db.session.scalars(open_ones))


def wish(enrolment: Enrolment, wanted: set[str], offered: set[str]) -> None:
    """What was ticked of what was offered; what was unticked is as if it had never been ticked."""
    known = {
        one.domain: one
        for one in db.session.scalars(select(TalkWish).where(TalkWish.enrolment_id == enrolment.id))
    }
    for domain in offered:
        there = known.get(domain)
        if domain in wanted and there is None:
            db.session.add(TalkWish(enrolment_id=enrolment.id, domain=domain, asked_on=today()))
        elif domain in wanted and there is not None and there.talked_on is not None:
            there.asked_on, there.talked_on = today(), None
        elif domain not in wanted and there is not None and there.talked_on is None:
            db.session.delete(there)
    db.session.flush()
