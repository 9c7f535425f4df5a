"""From what was told at an intake to a fact of the person or a dated observation: proposed, chosen, written down.

An answer is no observation yet: somebody looks at it and ticks it. What stands there of the same day is never written
over here, and what stands there already is not written twice, on whichever day one presses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from instruments.model import Instrument, Item
from survey import code_names, intakes, observations
from survey.casework.forms import FIRST_ARRIVAL_YEAR
from survey.clock import today
from survey.codes import OBSERVED
from survey.database import db
from survey.intakes import Answer, Answers
from survey.models import Intake, Observation
from survey.observations import Seen
from survey.participation import seen
from survey.privacy import audit

#: What the answer to another question says of these: how somebody knows it.
SOURCE = "source"
TALK = "conversation"
FACTS = ("arrival_year", "household")
FACT_NAMES = {
    "arrival_year": _("Year of arrival in the Netherlands"),
    "household": _("Lives with"),
}
#: How it stands: nothing is there; an older observation, which this one follows on; a fact that is otherwise; something
#: else observed on a later day, or on the same day, which is put right in the history; or it is there already.
STATES = ("new", "follows", "differs", "newer", "same_day", "same")
CHOSEN = ("new", "follows")


@dataclass(frozen=True)
class Proposal:
    """What one answer would become."""

    item: str
    #: A fact of the person, or what is observed.
    what: str
    value: str
    source: str
    state: str
    #: What stands there now, if anything, and of which day.
    there: str | None = None
    there_on: date | None = None

    @property
    def is_fact(self) -> bool:
        return self.what in FACTS

    @property
    def can_be_chosen(self) -> bool:
        return self.state not in ("same", "same_day")

    @property
    def is_proposed(self) -> bool:
        """Ticked before anybody looked: it replaces no fact, and nothing newer was observed."""
        return self.state in CHOSEN


def day(intake: Intake) -> date:
    """Of what was told: the day on which the intake was finished."""
    return intake.finished_on or today()


def proposals(intake: Intake) -> list[Proposal]:
    """In the order of the questions. Nothing is proposed from answers that are no longer asked for."""
    instrument, answers = intakes.asked(intake), _answers(intake)
    known = _observed(intake.participant_id)
    found = []
    for item in instrument.items:
        if item.records in (None, SOURCE) or item.id not in answers or not intakes.is_asked(item, answers):
            continue
        value = _value(instrument, item, answers[item.id])
        if value is not None:
            found.append(_proposal(intake, item, value, _source(instrument, item, answers), known))
    return _without_unpaid_hours(found)


def _without_unpaid_hours(found: list[Proposal]) -> list[Proposal]:
    """An intake asks for the hours of any work; what is observed are those of paid work."""
    told = {one.what: one.value for one in found}
    return [one for one in found if one.what != "work_hours" or told.get("work_status") == "paid_work"]


def fingerprint(shown: Iterable[Proposal]) -> str:
    """Of what a page showed: what stands otherwise by now is not written without being seen."""
    return sha256(repr(list(shown)).encode()).hexdigest()[:32]


def carry(intake: Intake, chosen: Sequence[Proposal], staff_id: UUID) -> None:
    """Write these down; observations.Taken when a colleague was just before, and then nothing is written."""
    person = intake.participant
    observed = [one for one in chosen if not one.is_fact]
    for source in dict.fromkeys(one.source for one in observed):
        values = {one.what: one.value for one in observed if one.source == source}
        observations.observe(person, values, Seen(day(intake), source), staff_id)
    facts = {one.what: one.value for one in chosen if one.is_fact}
    for what, value in facts.items():
        setattr(person, what, int(value) if what == "arrival_year" else value)
    if facts:
        audit.record("participant.changed", person.id)
    if chosen:
        seen(person, day(intake))
    db.session.flush()


def _answers(intake: Intake) -> Answers:
    found: Answers = {}
    for section in intake.sections:
        found |= section.answers
    return found


def _value(instrument: Instrument, item: Item, answer: Answer) -> str | None:
    """As it is kept elsewhere; None for what does not fit there."""
    if item.answer == "date":
        year = date.fromisoformat(str(answer)).year
        return str(year) if FIRST_ARRIVAL_YEAR <= year <= today().year else None
    if not item.scale:
        return str(answer)
    scale = instrument.scale_of(item.id)
    return dict(zip(scale.codes, scale.values, strict=True)).get(answer)  # type: ignore[arg-type]  # one code, no list


def _source(instrument: Instrument, item: Item, answers: Answers) -> str:
    """A question of the same section may ask how it is known; else because it was told."""
    section = next(domain for domain in instrument.domains if item in domain.items)
    for asks in section.items:
        if asks.records == SOURCE and asks.id in answers:
            return _value(instrument, asks, answers[asks.id]) or TALK
    return TALK


def _observed(participant_id: UUID) -> dict[str, list[Observation]]:
    """By what it is of, the newest last."""
    statement = select(Observation).where(Observation.participant_id == participant_id)
    found: dict[str, list[Observation]] = {}
    for one in db.session.scalars(statement.order_by(Observation.observed_on)):
        found.setdefault(one.what, []).append(one)
    return found


def _proposal(
    intake: Intake, item: Item, value: str, source: str, known: dict[str, list[Observation]]
) -> Proposal:
    what = item.records or ""
    if what not in OBSERVED:
        return _fact(item.id, what, value, getattr(intake.participant, what))
    if what not in known:
        return Proposal(item.id, what, value, source, "new")
    that_day = [one for one in known[what] if one.observed_on == day(intake)]
    there = (that_day or known[what])[-1]
    state = "same_day" if that_day else "newer" if there.observed_on > day(intake) else "follows"
    if _alike(there.value, value):
        state = "same"
    return Proposal(item.id, what, value, source, state, there.value, there.observed_on)


def _fact(item: str, what: str, value: str, there: Any) -> Proposal:
    state = "new" if there is None else "same" if str(there) == value else "differs"
    return Proposal(item, what, value, TALK, state, None if there is None else str(there))


def _alike(one: str, other: str) -> bool:
    """Also as numbers: 12 hours are 12.0."""
    return one == other or (
        one.replace(".", "", 1).isdigit() and other.isdigit() and float(one) == float(other)
    )


def recorded_name(what: str) -> Any:
    return FACT_NAMES[what] if what in FACT_NAMES else code_names.OBSERVED_NAMES[what]


def recorded_value(what: str, value: str) -> Any:
    if what in OBSERVED:
        return code_names.value_name(what, value)
    return code_names.HOUSEHOLD_NAMES.get(value, value) if what == "household" else value
