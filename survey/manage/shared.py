"""What may stand beside somebody's own words: only what so many people share that it tells nobody apart.

A coordinator reads answers and never names. But whoever knows that one person in the programme speaks a language, or
that two came to a wave, reads a name in the label.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import distinct, func, select

from survey.database import db
from survey.models import Enrolment, OpenAnswer, Participant, Visit

#: So many people of the programme have it in common.
FEWEST = 5


@dataclass(frozen=True)
class Shared:
    #: (programme, language) that enough people speak.
    languages: frozenset[tuple[UUID, str]]
    #: Waves in which enough people answered.
    waves: frozenset[UUID]

    def language_of(self, answer: OpenAnswer) -> str | None:
        return (
            answer.language if (answer.visit.wave.programme_id, answer.language) in self.languages else None
        )

    def tells_wave(self, answer: OpenAnswer) -> bool:
        return answer.visit.wave_id in self.waves


def shared(answers: Iterable[OpenAnswer]) -> Shared:
    waves = {answer.visit.wave for answer in answers}
    return Shared(_languages({wave.programme_id for wave in waves}), _waves({wave.id for wave in waves}))


def _languages(programmes: set[UUID]) -> frozenset[tuple[UUID, str]]:
    people = func.count(distinct(Enrolment.participant_id))
    spoken = (
        select(Enrolment.programme_id, Participant.language)
        .join(Enrolment.participant)
        .where(Enrolment.programme_id.in_(programmes), Participant.erased_on.is_(None))
        .where(Participant.language.is_not(None))
        .group_by(Enrolment.programme_id, Participant.language)
        .having(people >= FEWEST)
    )
    return frozenset((row.programme_id, row.language or "") for row in db.session.execute(spoken))


def _waves(waves: set[UUID]) -> frozenset[UUID]:
    answered = (
        select(Visit.wave_id)
        .where(Visit.wave_id.in_(waves), Visit.state == "finished")
        .group_by(Visit.wave_id)
        .having(func.count(Visit.id) >= FEWEST)
    )
    return frozenset(db.session.scalars(answered))
