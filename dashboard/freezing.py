"""Which people a release can freeze in a cohort, and what is read of them to do so.

A cohort is of people who answered both waves and were in no cohort before. People who were forgotten are in no new one,
also where they let their answers count on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from sqlalchemy import String, select, type_coerce

from dashboard import targets
from dashboard.outcomes.participation import Done
from dashboard.outcomes.release import Later, People, freeze, freeze_later, only
from dashboard.outcomes.release.cells import age_band, arrival_period, known
from dashboard.outcomes.release.cohort import Statistics
from dashboard.reading.people import Coded
from dashboard.reading.responses import Flags
from dashboard.reading.source import Comparison
from survey import activities, observations
from survey.clock import today
from survey.database import db
from survey.models import (
    Cohort,
    CohortMember,
    DomainLink,
    Enrolment,
    Label,
    Note,
    NoteLabel,
    Participant,
    Programme,
    Release,
    Wave,
)

#: Sums and counts of fewer people are never kept.
K = 10


@dataclass(frozen=True)
class Frozen:
    """A cohort that a release would freeze. `waiting`: so many people are there, but too few, and nothing is kept."""

    statistics: Statistics | None
    enrolments: Sequence[Any]

    @property
    def waiting(self) -> int:
        return 0 if self.statistics else len(self.enrolments)


def cohorts(programme: Programme, kind: str) -> list[Cohort]:
    """The cohorts that count, the oldest first: those of a release that nobody saw are made anew for the next."""
    statement = (
        select(Cohort)
        .join(Release, Release.id == Cohort.release_id)
        .where(Release.programme_id == programme.id, Release.published_at.is_not(None), Cohort.kind == kind)
    )
    return list(db.session.scalars(statement.order_by(Release.number)))


def change(comparison: Comparison, earlier: Sequence[Cohort]) -> Frozen:
    """Everyone new who answered before and after."""
    both = comparison.has_before & comparison.has_after
    chosen = _new(comparison.microdata.programme, comparison.microdata.enrolments, both, earlier)
    enrolments = [comparison.microdata.enrolments[place] for place in chosen]
    if len(chosen) < K:
        return Frozen(None, enrolments)
    before = [cohort.statistics for cohort in earlier]
    people = _Reading(comparison, chosen, before[-1]["until"] if before else "").people
    return Frozen(freeze(people, K, before) | {"until": today().isoformat()}, enrolments)


def follow_up(comparison: Comparison, later: Wave, earlier: Sequence[Cohort]) -> Frozen:
    """Everyone new who answered before and at the later wave."""
    microdata = comparison.microdata
    present = microdata.lenses["self"].present
    both = comparison.has_before & present[microdata.waves.index(later)]
    chosen = _new(microdata.programme, microdata.enrolments, both, earlier)
    enrolments = [microdata.enrolments[place] for place in chosen]
    if len(chosen) < K:
        return Frozen(None, enrolments)
    at_later = {
        (one.instrument, one.domain): one.after for one in microdata.domains(comparison.before, later)
    }
    domains = [
        Later(
            one.instrument, one.domain, one.low, one.high, one.before[chosen], one.after[chosen],
            at_later[one.instrument, one.domain][chosen],
        )
        for one in comparison.domains if (one.instrument, one.domain) in at_later
    ]  # fmt: skip
    return Frozen(freeze_later(domains, K, comparison.enrolled), enrolments)


def _new(
    programme: Programme, enrolments: Sequence[Any], there: Flags, earlier: Sequence[Cohort]
) -> list[int]:
    """The places of those who are there, in no cohort yet, and not forgotten."""
    enrolment = type_coerce(CohortMember.enrolment_id, String)
    statement = select(enrolment).where(CohortMember.cohort_id.in_([cohort.id for cohort in earlier]))
    gone = (
        select(type_coerce(Enrolment.id, String))
        .join(Participant, Participant.id == Enrolment.participant_id)
        .where(Enrolment.programme_id == programme.id, Participant.erased_on.is_not(None))
    )
    left_out = {*db.session.scalars(statement), *db.session.scalars(gone)}
    return [place for place in np.flatnonzero(there).tolist() if enrolments[place] not in left_out]


@dataclass(frozen=True)
class _Reading:
    """Reads what a cohort needs of its people; `chosen` are their places among everyone. Notes of nobody count if they
    are of after `since`."""

    comparison: Comparison
    chosen: Sequence[int]
    since: str

    @cached_property
    def people(self) -> People:
        comparison, menu = self.comparison, self.programme.breakdowns
        everyone = {dimension: self._values(dimension) for dimension in menu}
        return People(
            domains=only(comparison.domains, list(self.chosen)),
            profiles={dimension: [values[place] for place in self.chosen] for dimension, values in everyone.items()},
            enrolled={dimension: Counter(values) for dimension, values in everyone.items()},
            steps=self._steps(), done=list(self._done()), links=self._links(), notes=self._notes(),
            aims=targets.aims(self.programme, comparison, frozenset(self.places)),
            answered={
                "enrolled": comparison.enrolled, "before": int(comparison.has_before.sum()),
                "after": int(comparison.has_after.sum()),
            },
        )  # fmt: skip

    @property
    def programme(self) -> Programme:
        return self.comparison.microdata.programme

    @cached_property
    def places(self) -> Mapping[Any, int]:
        """Of each enrolment in the cohort its place there."""
        enrolments = self.comparison.microdata.enrolments
        return {enrolments[place]: number for number, place in enumerate(self.chosen)}

    def _values(self, dimension: str) -> list[str]:
        """Of everyone, in the words of a release."""
        profiles = self.comparison.microdata.profiles
        if dimension == "age_band":
            return [age_band(year, today().year) for year in _told(profiles.birth_year)]
        if dimension == "arrival_period":
            return [arrival_period(year) for year in _told(profiles.arrival_year)]
        return [known(dimension, value) for value in _told(getattr(profiles, dimension))]

    def _steps(self) -> list[tuple[str | None, str | None]]:
        waves = (self.comparison.before, self.comparison.after)
        observed = observations.ladder_at(self.programme, waves)
        return [(one, other) for enrolment, (one, other) in observed if enrolment in self.places]

    def _done(self) -> Iterable[Done]:
        for enrolment, kind, activity, became in activities.done_in(self.programme):
            if enrolment in self.places:
                yield Done(self.places[enrolment], kind, activity, became)

    def _links(self) -> list[tuple[int, str, str, str]]:
        enrolment = type_coerce(DomainLink.enrolment_id, String)
        columns = (enrolment, DomainLink.kind, DomainLink.from_domain, DomainLink.to_domain)
        statement = select(*columns).join(Enrolment, Enrolment.id == DomainLink.enrolment_id)
        rows = db.session.execute(statement.where(Enrolment.programme_id == self.programme.id))
        return [(self.places[row[0]], row[1], row[2], row[3]) for row in rows if row[0] in self.places]

    def _notes(self) -> list[tuple[int | None, frozenset[str]]]:
        """Of the people of the cohort, and of nobody since the cohort before."""
        names = {one.id: one.name or one.standard or "" for one in db.session.scalars(select(Label))}
        whose = type_coerce(Note.enrolment_id, String)
        statement = select(NoteLabel.note_id, NoteLabel.label_id, whose, Note.happened_on)
        labels: dict[Any, set[str]] = {}
        of: dict[Any, tuple[Any, date]] = {}
        joined = statement.join(Note, Note.id == NoteLabel.note_id).where(
            Note.programme_id == self.programme.id
        )
        for note, label, enrolment, day in db.session.execute(joined):
            labels.setdefault(note, set()).add(names[label])
            of[note] = (enrolment, day)
        return [
            (None if enrolment is None else self.places[enrolment], frozenset(labels[note]))
            for note, (enrolment, day) in of.items()
            if enrolment in self.places or (enrolment is None and day.isoformat() > self.since)
        ]


def _told(fact: Coded) -> list[Any]:
    values = [*fact.values, None]  # -1 is the last
    return [values[number] for number in fact.numbers.tolist()]
