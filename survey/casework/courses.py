"""One person's way through each of their programmes, for their page, and what is to be done next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from survey import languages, subjects
from survey.casework.participants import Standing, handled_waves, open_wishes, standings, working_codes
from survey.casework.sections import NextStep
from survey.clock import today
from survey.fieldwork import wave_name
from survey.languages import open_languages
from survey.models import AccessCode, Enrolment, Participant, TalkWish


@dataclass(frozen=True)
class Course:
    """A person's way through one programme."""

    enrolment: Enrolment
    standings: list[Standing]
    #: The code that works now, if there is one.
    code: AccessCode | None
    #: What the person wants to talk about.
    wishes: list[TalkWish]

    @property
    def can_sit_down(self) -> bool:
        """Whether there is anything to answer today, as far as who works with this person may know."""
        ended_on = self.enrolment.ended_on
        if ended_on is not None and ended_on < today():
            return False
        is_due = any(standing.state == "due" for standing in self.standings)
        return is_due and bool(open_languages(self.enrolment.programme))


def courses(person: Participant) -> list[Course]:
    ids = [enrolment.id for enrolment in person.enrolments]
    handled, codes, wishes = handled_waves(ids), working_codes(ids), open_wishes(ids)
    return [
        Course(one, standings(one, handled.get(one.id, set())), codes.get(one.id), wishes.get(one.id, []))
        for one in sorted(person.enrolments, key=lambda one: one.started_on)
    ]


def next_steps(found: Sequence[Course]) -> Iterator[NextStep]:
    """Waves to be answered now, and what somebody wants to talk about."""
    for course in found:
        programme = course.enrolment.programme
        here = url_for("casework.participant", participant_id=course.enrolment.participant_id)
        for standing in course.standings:
            if standing.state == "due":
                words = _("Questionnaire: %(wave)s", wave=wave_name(standing.wave.key))
                yield NextStep(words, f"{here}#programmes", standing.last)
        for wish in course.wishes:
            subject = subjects.name(programme, wish.domain, languages.current().code)
            yield NextStep(_("Wants to talk about: %(subject)s", subject=subject), f"{here}#programmes")
