"""What export writes of a caseload, import reads: the same people, observations, activities, homes and notes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from unicodedata import normalize
from uuid import uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from survey import activities, notes, observations, participation
from survey.activities import Facts
from survey.clock import now
from survey.codes import (
    CHANNELS,
    END_REASONS,
    GENDERS,
    GROUPS,
    HOURS_PER,
    NOTE_KINDS,
    OBSERVED,
    OUTCOMES,
    SOURCES,
    STANDARD_KINDS,
    STOP_REASONS,
)
from survey.database import db
from survey.exchange.caseload import names
from survey.exchange.caseload.names import Name
from survey.models import (
    Activity,
    ActivityKind,
    Household,
    HouseholdMember,
    Label,
    Note,
    NoteLabel,
    Observation,
    Participant,
    Provider,
)
from survey.observations import Seen
from survey.typed import paragraphs
from tests.fixtures.application import MakeTown, Town
from tests.survey.exchange.files import Folder, inside, stored, take_caseload
from tests.survey.exchange.files import bring_caseload as bring
from tests.survey.exchange.test_round_trip import may_be_new, new_town, texts

#: Each example makes municipalities of its own, and fills them.
FEW = settings(deadline=None, max_examples=7, suppress_health_check=[HealthCheck.function_scoped_fixture])
days = st.dates(date(2023, 1, 1), date(2026, 6, 1))
#: With lines, dashes at their beginning, what a spreadsheet takes for a formula, and what it writes letters as.
prose = (
    st.text(
        st.sampled_from("=+-@'\",;| \n\t＝_x0041")
        | st.characters(exclude_categories=("C", "Z"), codec="utf-8")
    )
    .map(paragraphs)
    .filter(bool)
)
own_names = texts.map(lambda text: normalize("NFC", text)).filter(may_be_new)
OWN = {"Taalcafé": "language_buddy", "-Werk; plaats": "activation"}
LABELS = ("Bus; na zes", 'De "bus"', "work")


@dataclass(frozen=True)
class Someone:
    pseudonym: str
    started_on: date
    ended: tuple[int, str] | None
    home: tuple[int, int] | None
    facts: dict[str, Any] = field(default_factory=dict)
    seen: list[tuple[str, str, date, str]] = field(default_factory=list)
    done: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)


def one_of(codes: Any) -> Any:
    return st.sampled_from(tuple(codes))


@st.composite
def observed(draw: st.DrawFn) -> tuple[str, str, date, str]:
    what = draw(one_of(OBSERVED))
    value = draw(one_of(OBSERVED[what] or ("0", "12.5", "40")))
    return what, value, draw(days), draw(one_of(SOURCES))


done = st.fixed_dictionaries(
    {
        "kind": one_of((*STANDARD_KINDS, *OWN)), "provider": st.none() | one_of(("School", "=Mill")), "on": days,
        "lasted": st.none() | st.integers(0, 400), "hours": st.none() | one_of((0.0, 12.25, 40.0)),
        "hours_per": one_of(HOURS_PER), "outcome": st.none() | one_of(OUTCOMES), "end_reason": one_of(END_REASONS),
        "became": st.booleans(),
    }
)  # fmt: skip
noted = st.fixed_dictionaries(
    {
        "on": days, "minutes": st.none() | st.integers(1, 1440), 
        "domains": st.lists(one_of(("work", "housing")), unique=True),
        "labels": st.lists(one_of((*LABELS, "housing", "language")), unique=True), "text": prose,
    }
)  # fmt: skip
people = st.lists(
    st.builds(
        Someone,
        own_names,
        days,
        st.none() | st.tuples(st.integers(0, 400), one_of(STOP_REASONS)),
        st.none() | st.tuples(st.integers(1, 2), st.integers(1, 3)),
        st.fixed_dictionaries(
            {},
            optional={
                "language": one_of(("nl", "uk", "fa_AF")),
                "group": one_of(GROUPS),
                "gender": one_of(GENDERS),
                "birth_year": one_of((1950, 1985)),
                "household": own_names,
            },
        ),
        st.lists(observed(), max_size=3, unique_by=lambda one: (one[0], one[2])),
        st.lists(done, max_size=3),
        st.lists(noted, max_size=2),
    ),
    max_size=4,
    unique_by=lambda person: person.pseudonym,
)
of_nobody = st.lists(st.tuples(one_of(NOTE_KINDS[1:]), noted), max_size=2)


def fill(town: Town, everyone: list[Someone], general: list[tuple[str, dict[str, Any]]]) -> None:
    """Store it as casework does."""
    with inside(town):
        programme = town.inside()
        kinds = {name: ActivityKind(name=name, standard=standard) for name, standard in OWN.items()}
        providers = {name: Provider(name=name) for name in ("School", "=Mill")}
        labels = [Label(name=name) for name in LABELS]
        db.session.add_all([*kinds.values(), *providers.values(), *labels])
        db.session.flush()
        homes: dict[int, Household] = {}
        for someone in everyone:
            person = participation.new_participant(someone.pseudonym, **someone.facts)
            enrolment = participation.enrol(person, programme, someone.started_on)
            if someone.ended:
                enrolment.ended_on = someone.started_on + timedelta(days=someone.ended[0])
                enrolment.end_reason = someone.ended[1]
            if someone.home:
                home = homes.setdefault(someone.home[0], Household())
                db.session.add(home)
                db.session.flush()
                db.session.add(
                    HouseholdMember(household=home, participant=person, benefit_unit=someone.home[1])
                )
            for what, value, on, source in someone.seen:
                observations.observe(person, {what: value}, Seen(on, source), None)
            person.group = someone.facts.get("group", person.group)
            live(person, someone.done, kinds, providers)
            for one in someone.notes:
                note(programme, "person", one, enrolment)
        for kind, one in general:
            note(programme, kind, one, None)
        db.session.commit()


def live(person: Participant, every: list[dict[str, Any]], kinds: Any, providers: Any) -> None:
    made: list[Activity] = []
    for one in every:
        ended = None if one["lasted"] is None else one["on"] + timedelta(days=one["lasted"])
        facts = Facts(
            str(kinds[one["kind"]].id) if one["kind"] in kinds else one["kind"],
            providers[one["provider"]].id if one["provider"] else None, one["on"], ended, one["hours"],
            one["hours_per"], one["outcome"], one["end_reason"] if ended else None,
        )  # fmt: skip
        activity = activities.add(person, facts, None)
        later = [other for other in made if other.started_on >= activity.started_on and other is not activity]
        if one["became"] and later:
            activity.became_id = later[0].id
        made.append(activity)


def note(programme: Any, kind: str, one: dict[str, Any], enrolment: Any) -> None:
    begun = notes.begin(uuid4(), kind, programme, enrolment, None)
    begun.happened_on, begun.changed_at, begun.version = one["on"], now(), 1
    begun.domains = one["domains"]
    begun.channel = CHANNELS[0] if kind == "question" else None
    begun.minutes = None if kind == "question" else one["minutes"]
    begun.text = None if kind == "question" else one["text"]
    db.session.add(begun)
    db.session.flush()
    for label in db.session.scalars(select(Label)):
        if (label.name or label.standard) in one["labels"]:
            db.session.add(NoteLabel(note_id=begun.id, label_id=label.id))
    db.session.flush()


def told(town: Town) -> list[str]:
    """What is stored, read past the exchange, without ids."""
    with inside(town):
        found: list[Any] = []
        for person in db.session.scalars(select(Participant)):
            (enrolment,) = person.enrolments
            found.append((
                person.pseudonym, person.language, person.group, person.gender, person.birth_year, person.household,
                enrolment.started_on, enrolment.ended_on, enrolment.end_reason,
            ))  # fmt: skip
        for seen in db.session.scalars(select(Observation)):
            found.append((seen.participant.pseudonym, seen.what, seen.value, seen.observed_on, seen.source))
        for one in db.session.scalars(select(Activity)):
            found.append((
                one.participant.pseudonym, one.counts_as, one.kind and one.kind.name,
                one.provider and one.provider.name, one.started_on, one.ended_on, one.hours, one.hours_per,
                one.outcome, one.end_reason, one.became and (one.became.counts_as, one.became.started_on),
            ))  # fmt: skip
        for written in db.session.scalars(select(Note)):
            labels = sorted((label.standard or "", label.name or "") for label in written.labels)
            whose = written.participant.pseudonym if written.participant else ""
            found.append((
                whose, written.kind, written.happened_on, written.channel, written.minutes, written.domains, labels,
                written.text,
            ))  # fmt: skip
        for home in db.session.scalars(select(Household)):
            members = [(member.participant.pseudonym, member.benefit_unit) for member in home.members]
            if members:
                found.append(sorted(members))
        return sorted(map(repr, found))


@FEW
@given(everyone=people, general=of_nobody)
def test_importing_an_export_changes_nothing(
    any_app: Flask, make_town: MakeTown, folder: Folder, everyone: list[Someone], general: Any
) -> None:
    town = new_town(any_app, make_town)
    fill(town, everyone, general)
    before = stored(town)
    for path in (folder.new("csv"), folder.new("xlsx")):
        take_caseload(town, path)
        plan = bring(town, path)
        assert plan.changes_nothing and not plan.new_names
        assert stored(town) == before


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@FEW
@given(everyone=people, general=of_nobody)
def test_an_export_brings_the_same_elsewhere(
    app: Flask, make_town: MakeTown, folder: Folder, suffix: str, everyone: list[Someone], general: Any
) -> None:
    """In an empty municipality: the same is stored, and the same export byte for byte; once more changes nothing."""
    town, elsewhere = new_town(app, make_town), new_town(app, make_town)
    fill(town, everyone, general)
    path = folder.new(suffix)
    content = take_caseload(town, path)
    bring(elsewhere, path)
    assert told(elsewhere) == told(town)
    assert take_caseload(elsewhere, folder.new(suffix)) == content
    assert bring(elsewhere, path).changes_nothing


@given(st.lists(st.builds(Name, st.text(min_size=1), st.just(True)), unique=True))
def test_names_in_a_cell_come_back(several: list[Name]) -> None:
    assert names.read(names.write(several)) == tuple(several)
