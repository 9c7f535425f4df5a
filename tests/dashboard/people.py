"""People who answered before and after, made row by row, with what each of them answered."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import select

from instruments import library, scoring
from instruments.model import Domain, Instrument
from survey import participation
from survey.clock import now, today
from survey.database import db
from survey.models import Enrolment, OpenAnswer, Page, Programme, Response, Story, Visit, Wave

Answers = dict[str, int | str]
#: Domains in which people move, in points of the scale.
MOVES = {"language": 1.2, "work": 0.9, "safety": -0.9}


def answer_at_random(random_: random.Random, instrument: Instrument, domain: Domain, moved: bool) -> Answers:
    """Around the middle of the scale, later on moved by what MOVES says; now and then a non-answer or nothing."""
    low, high = instrument.score_range(domain.code)
    shift = MOVES.get(domain.code, 0) if moved else 0
    answers: Answers = {}
    for item in domain.items:
        chance = random_.random()
        if chance < 0.06:
            answers[item.id] = random_.choice(("dk", "pna", *(("na",) if item.not_applicable else ())))
        elif chance < 0.94:
            point = (low + high) / 2 + random_.gauss(0, (high - low) / 6) + shift
            answers[item.id] = min(high, max(low, round(point)))
    return answers


def enrol(programme: Programme, people: int) -> list[Enrolment]:
    """People who have not answered anything yet."""
    names = (f"CANARY-{programme.code}-{number}" for number in range(people))
    return [participation.enrol(participation.new_participant(name), programme, today()) for name in names]


def fill(programme: Programme, people: int, seed: int = 1, drop_out: float = 0.1) -> list[Enrolment]:
    """Enrol this many people; all answer before, most after."""
    random_ = random.Random(seed)
    enrolments = enrol(programme, people)
    for enrolment in enrolments:
        for wave in programme.waves:
            moved = wave.key != "before"
            if not moved or random_.random() >= drop_out:
                respond(enrolment, wave, partial(answer_at_random, random_, moved=moved))
    db.session.flush()
    return enrolments


def respond(
    enrolment: Enrolment,
    wave: Wave,
    answer: Callable[[Instrument, Domain], Answers],
    state: str = "finished",
    respondent: str = "self",
    **how: Any,
) -> Visit:
    """Everything one person answers in one wave, or a casemanager about them; `how` are facts of the responses."""
    visit = Visit(enrolment=enrolment, wave=wave, state=state, language="nl")
    visit.finished_on = today() if state == "finished" else None
    if respondent == "self":
        db.session.add(visit)
    for key in enrolment.programme.instruments:
        instrument = library.load(key)
        facts = {"language": "nl", "answered_on": today(), **how}
        response = Response(
            enrolment=enrolment,
            wave=wave,
            instrument=key,
            version=instrument.version,
            respondent=respondent,
            **facts,
        )
        db.session.add(response)
        for domain in instrument.domains:
            answers = answer(instrument, domain)
            score = scoring.score(instrument, domain.code, answers)
            db.session.add(
                Page(response=response, domain=domain.code, answers=answers, score=score, language="nl")
            )
    db.session.flush()
    return visit


def visits_of(programme: Programme) -> list[Visit]:
    return list(
        db.session.scalars(select(Visit).where(Visit.wave_id.in_([wave.id for wave in programme.waves])))
    )


def tell(visit: Visit, original: str, domain: str, rewritten: str, state: str = "approved") -> Story:
    """An open answer that may be quoted, and the story a coordinator made of it."""
    with db.session.no_autoflush:
        answer = OpenAnswer(
            organisation_id=visit.enrolment.organisation_id, visit=visit, language="nl", may_quote=True,
            participant=visit.enrolment.participant, state="handled",
        )  # fmt: skip
        answer.text = original
        story = Story(
            programme=visit.wave.programme, wave=visit.wave, open_answer=answer, domain=domain, text=rewritten,
            language="nl", stance="typical", state=state, decided_at=now(),
        )  # fmt: skip
    db.session.add_all([answer, story])
    db.session.flush()
    return story


#: Of other people: two of each domain, so that one of each is there whichever of all is left out by lot.
OTHERS = (
    ("bridges", "De buurvrouw groet mij."),
    ("bridges", "Ik ken nu mensen in de straat."),
    ("health", "Ik slaap weer."),
    ("health", "Ik wacht op de dokter."),
)


def tell_too(visits: list[Visit]) -> None:
    """Four other people tell something."""
    for visit, (domain, text) in zip(visits, OTHERS, strict=True):
        tell(visit, "CANARY", domain, text)
