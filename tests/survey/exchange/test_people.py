"""The people of a file: made when they are new, enrolled, and never changed unasked."""

from __future__ import annotations

from datetime import date

from flask import Flask
from sqlalchemy import select

from survey import fieldwork, participation
from survey.database import db
from survey.exchange.load import Summary
from survey.models import Enrolment, Identity, Participant
from tests.fixtures.application import MakeTown, Town
from tests.survey.exchange.files import (
    FACTS,
    Folder,
    bring,
    inside,
    number_of,
    only,
    places,
    refused,
    row,
    stored,
    take,
)


def test_someone_new_has_the_facts_of_their_row(any_town: Town, folder: Folder) -> None:
    bring(any_town, folder.csv(row(**FACTS)))
    person = only(any_town, Participant)
    assert (person.pseudonym, person.group, person.gender, person.birth_year) == (
        "P1",
        "displaced",
        "woman",
        1985,
    )
    assert (person.arrival_year, person.household, person.language) == (2022, "two adults", None)
    assert only(any_town, Enrolment).started_on == date(2026, 2, 20)


def test_someone_imported_can_be_given_a_name_and_a_code(any_town: Town, folder: Folder) -> None:
    """Their key is like that of someone added by hand."""
    bring(any_town, folder.csv(row()))
    with inside(any_town):
        person = db.session.scalars(select(Participant)).one()
        participation.set_identity(person, "Sofiia", "")
        participation.new_access_code(person.enrolments[0])
        db.session.commit()
        db.session.expunge_all()
        assert db.session.scalars(select(Identity)).one().name == "Sofiia"


def test_facts_change_only_when_they_may_be_replaced(any_town: Town, folder: Folder) -> None:
    bring(any_town, folder.csv(row(**FACTS)))
    other = {
        "group": "newcomer", "gender": "other", "birth_year": "1990", "arrival_year": "2023",
        "household": "alone", "enrolled_on": "2026-02-21",
    }  # fmt: skip
    path = folder.csv(row(**other))
    assert places(refused(any_town, path)) == [(2, column) for column in FACTS]
    assert bring(any_town, path, replace=True) == Summary(1, 0, 0, 1, 0, 0, changed_people=1)
    person = only(any_town, Participant)
    assert (person.group, person.gender, person.birth_year, person.arrival_year, person.household) == (
        "newcomer", "other", 1990, 2023, "alone",
    )  # fmt: skip
    assert only(any_town, Enrolment).started_on == date(2026, 2, 21)
    assert bring(any_town, path) == Summary(1, 0, 0, 1, 0, 0, 0)


def test_what_a_row_leaves_out_stays_as_it_is(town: Town, folder: Folder) -> None:
    bring(town, folder.csv(row(**FACTS)))
    before = stored(town)
    nothing_said = dict.fromkeys(FACTS, "")
    assert bring(town, folder.csv(row(**nothing_said)), replace=True) == Summary(1, 0, 0, 1, 0, 0, 0)
    assert bring(town, folder.csv(row()), replace=True) == Summary(1, 0, 0, 1, 0, 0, 0)
    assert stored(town) == before


def test_a_fact_that_was_not_known_is_a_change_too(town: Town, folder: Folder) -> None:
    bring(town, folder.csv(row()))
    path = folder.csv(row(gender="man"))
    assert places(refused(town, path)) == [(2, "gender")]
    bring(town, path, replace=True)
    assert only(town, Participant).gender == "man"


def test_facts_said_in_one_row_hold_for_all_rows_of_a_person(town: Town, folder: Folder) -> None:
    by_staff = row(respondent="casemanager", group="displaced")
    bring(town, folder.csv(row(), row(wave="after", gender="man"), by_staff))
    person = only(town, Participant)
    assert (person.gender, person.group) == ("man", "displaced")


def test_rows_of_one_person_may_not_contradict_each_other(town: Town, folder: Folder) -> None:
    path = folder.csv(
        row(**FACTS), row(wave="after", **{**FACTS, "gender": "man", "enrolled_on": "2026-02-21"})
    )
    assert places(refused(town, path)) == [(3, "gender"), (3, "enrolled_on")]
    assert places(refused(town, path, replace=True)) == [(3, "gender"), (3, "enrolled_on")]


def test_someone_of_another_programme_joins_this_one(app: Flask, make_town: MakeTown, folder: Folder) -> None:
    """The same person, by pseudonym, enrolled once more; not a second person."""
    town = make_town(app)
    bring(town, folder.csv(row(**FACTS)))
    with inside(town):
        plans = [fieldwork.parse_wave("before")]
        other = fieldwork.add_programme("other", "Other", ["wellbeing"], plans)
        fieldwork.open_wave(other.waves[0])
        db.session.commit()
    summary = bring(Town(app, town.organisation_id, "other"), folder.csv(row(enrolled_on="2026-03-01")))
    assert summary == Summary(1, 1, 0, 0, 0, new_enrolments=1, changed_people=0)
    assert number_of(town, Participant) == 1
    assert number_of(town, Enrolment) == 2


def test_equal_pseudonyms_of_two_municipalities_are_two_people(
    any_app: Flask, make_town: MakeTown, folder: Folder
) -> None:
    first, second = make_town(any_app, "first"), make_town(any_app, "second")
    path = folder.csv(row(**FACTS))
    bring(first, path)
    before = stored(first)
    assert bring(second, path).new_participants == 1
    assert stored(first) == before
    assert take(second, folder.new()) == take(first, folder.new())
