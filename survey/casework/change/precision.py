"""How large a difference must be to mean something, from everybody's answers in one wave of a programme."""

from __future__ import annotations

import math
from collections import Counter

from sqlalchemy import func, select

from instruments import library, scoring
from instruments.precision import reliable_change_from, sem_of_counted
from survey.database import db
from survey.models import Page, Response, Visit, Wave

#: People behind a margin at least: one that rests on fewer would tell something about them.
FEWEST = 10


def margins(wave: Wave, instrument_key: str, version: int) -> dict[str, float]:
    """By domain the smallest change of one person beyond error of measurement, rounded up to one decimal.

    Not of domains with fewer than two items, with too few people who answered all of them, or where it is not defined.
    """
    instrument = library.load(instrument_key, version)
    counted: dict[str, Counter[tuple[int, ...]]] = {}
    statement = (
        select(Page.domain, Page.answers, func.count())
        .join(Response, Response.id == Page.response_id)
        .join(Visit, (Visit.enrolment_id == Response.enrolment_id) & (Visit.wave_id == Response.wave_id))
        .where(Response.wave_id == wave.id, Response.respondent == "self", Visit.state == "finished")
        .where(Response.instrument == instrument_key, Response.version == version)
        .group_by(Page.domain, Page.answers)
    )
    for domain, answers, people in db.session.execute(statement):
        points = scoring.complete(instrument, domain, answers)  # type: ignore[arg-type]  # the column holds answers
        if points is not None:
            counted.setdefault(domain, Counter())[points] += people
    found = {domain: _margin(answers) for domain, answers in counted.items()}
    return {domain: margin for domain, margin in found.items() if margin}


def _margin(answers: Counter[tuple[int, ...]]) -> float | None:
    if answers.total() < FEWEST:
        return None
    change = reliable_change_from(sem_of_counted(answers))
    return None if change is None else math.ceil(round(change * 10, 6)) / 10
