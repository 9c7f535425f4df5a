"""Whoever is erased is gone: from every table, from the files' bytes, and from a backup that is put back."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, text

from dashboard.reading import source
from survey.clock import today
from survey.database import db
from survey.models import (
    AccessCode,
    Activity,
    Consent,
    DomainLink,
    Goal,
    GoalStep,
    Identity,
    IntakeSection,
    Model,
    Note,
    Observation,
    OpenAnswer,
    Page,
    Participant,
    PersonKey,
    PictureLock,
    PlanVersion,
    Response,
    Story,
    Visit,
)
from survey.privacy import erasure, ledger
from tests.fixtures.application import Town, new_town
from tests.fixtures.rows import Filled, fill
from tests.fixtures.visitor import Visitor

#: Tables that say something of a person, directly or through another; each is dealt with in survey.privacy.erasure.
KNOWN = {
    "access_code", "activity", "cohort_member", "consent", "deadline", "deadline_extension", "domain_link", "enrolment",
    "erasure_request", "goal", "goal_step", "home_member", "identity", "intake", "intake_section",
    "note", "note_label", "observation",
    "open_answer", "page", "participant", "person_key", "picture_lock", "plan_version", "response",
    "retention_mark", "story", "talk_wish", "visit",
}  # fmt: skip
SEALED = (
    (Identity, "name_sealed"),
    (Identity, "contact_sealed"),
    (IntakeSection, "words_sealed"),
    (OpenAnswer, "text_sealed"),
    (PictureLock, "pictures_sealed"),
    (Goal, "words_sealed"),
    (GoalStep, "other_sealed"),
    (DomainLink, "words_sealed"),
    (PlanVersion, "document_sealed"),
    (Note, "text_sealed"),
)


def test_no_table_about_a_person_is_forgotten_by_erasure() -> None:
    found = {"participant"}
    while True:
        more = {
            table.name
            for table in Model.metadata.tables.values()
            if any(key.column.table.name in found for key in table.foreign_keys)
        } - found
        if not more:
            break
        found |= more
    assert found == KNOWN, "add it to survey.privacy.erasure, then here"


def canaries(town: Town) -> list[bytes]:
    """All that tells who someone is, as it stands in the database."""
    person = db.session.scalars(select(Participant)).one()
    code = db.session.scalars(select(AccessCode)).one()
    story = db.session.scalars(select(Story)).one()
    sealed = [getattr(db.session.scalars(select(model)).one(), column) for model, column in SEALED]
    assert person.household and person.key
    words = [person.pseudonym, person.household, code.secret_hash, story.text]
    return [*(word.encode() for word in words), *sealed, person.key.wrapped]


def everything() -> dict[str, list[Any]]:
    """Every row of every table."""
    db.session.rollback()
    with db.engine.connect() as connection:
        if db.engine.dialect.name == "postgresql":
            connection.execute(text("SELECT set_config('telvertel.exemption', 'operator', true)"))
        return {table.name: list(connection.execute(select(table))) for table in Model.metadata.sorted_tables}


def in_rows(canary: bytes, rows: dict[str, list[Any]]) -> list[str]:
    values = [(table, value) for table, found in rows.items() for row in found for value in row]
    as_text = canary.decode("utf-8", "replace")
    return [
        table
        for table, value in values
        if (isinstance(value, str) and as_text in value) or (isinstance(value, bytes) and canary in value)
    ]


@pytest.fixture
def filled(any_app: Flask) -> Filled:
    town = new_town(any_app)
    with any_app.app_context():
        return fill(town)


def erase(town: Town, keep_answers: bool = False) -> None:
    with town.app.app_context():
        town.inside()
        erasure.forget(db.session.scalars(select(Participant)).one(), keep_answers)
        db.session.commit()


def test_nothing_of_a_person_is_left(filled: Filled) -> None:
    town = filled.town
    with town.app.app_context():
        town.inside()
        marks = canaries(town)
        assert all(in_rows(mark, everything()) for mark in marks)
    erase(town)
    with town.app.app_context():
        assert [in_rows(mark, everything()) for mark in marks] == [[]] * len(marks)
        town.inside()
        person = db.session.scalars(select(Participant)).one()
        assert (person.erased_on, person.key, person.identity) == (today(), None, None)
        enrolment = person.enrolments[0]
        assert (enrolment.casemanager_id, enrolment.started_on.day) == (None, 1)
        assert enrolment.ended_on is not None and enrolment.ended_on < today()
        gone = (
            Response,
            Page,
            Visit,
            OpenAnswer,
            Consent,
            AccessCode,
            Story,
            Identity,
            PersonKey,
            Observation,
            Activity,
        )
        for model in gone:
            assert db.session.scalars(select(model)).all() == []


def test_answers_may_stay_without_a_person(filled: Filled) -> None:
    town = filled.town
    with town.app.app_context():
        town.inside()
        marks = canaries(town)
    erase(town, keep_answers=True)
    with town.app.app_context():
        assert [in_rows(mark, everything()) for mark in marks] == [[]] * len(marks)
        assert int(source.compare(town.inside()).has_before.sum()) == 1
        assert {response.answered_on.day for response in db.session.scalars(select(Response))} == {1}


def test_who_works_with_people_does_not_meet_them_any_more(filled: Filled) -> None:
    town = filled.town
    client = town.sign_in("casemanager")
    assert client.get("/casework/").text.count("/casework/participants/") > 1
    person = f"/casework/participants/{filled.keys['participant'][0]}"
    enrolment = f"/casework/enrolments/{filled.keys['enrolment'][0]}"
    erase(town)
    assert str(filled.keys["participant"][0]) not in client.get("/casework/").text
    assert client.get(person).status_code == client.get(f"{person}/facts").status_code == 404
    town.app.config["WTF_CSRF_ENABLED"] = False
    assert client.post(f"{enrolment}/invitation").status_code == 404


def test_a_code_of_someone_erased_is_any_wrong_code(filled: Filled) -> None:
    erase(filled.town)
    assert Visitor(filled.town, filled.access_code).enter().page.status_code == 422


def put_back(rows: dict[str, list[Any]]) -> None:
    """The database as it was, as from a backup; only the audit log stays, for it only grows."""
    kept = {"audit_event", "audit_head", "organisation"}  # the log, and what it hangs on
    tables = [table for table in Model.metadata.sorted_tables if table.name not in kept]
    with db.engine.begin() as connection:
        if db.engine.dialect.name == "postgresql":
            connection.execute(text("SELECT set_config('telvertel.exemption', 'operator', true)"))
        for table in reversed(tables):
            connection.execute(table.delete())
        for table in tables:
            for row in rows[table.name]:
                connection.execute(insert(table).values(row._asdict()))


@pytest.mark.parametrize("keep_answers", [False, True])
def test_a_backup_does_not_bring_anyone_back(filled: Filled, keep_answers: bool) -> None:
    town = filled.town
    with town.app.app_context():
        town.inside()
        marks, before = canaries(town), everything()
        db.session.rollback()
    erase(town, keep_answers)
    with town.app.app_context():
        put_back(before)
        assert all(in_rows(mark, everything()) for mark in marks)
        assert erasure.replay() == 1
        assert [in_rows(mark, everything()) for mark in marks] == [[]] * len(marks)
        assert len(everything()["response"]) == keep_answers
        after = everything()
        assert erasure.replay() == 0
        assert everything() == after, "and nothing new in the log either"


def test_what_was_written_down_and_not_done_is_done_later(filled: Filled) -> None:
    """A crash, or a database that refused, between the ledger and the commit."""
    town = filled.town
    with town.app.app_context():
        town.inside()
        erasure.forget(db.session.scalars(select(Participant)).one())
        db.session.rollback()
    with town.app.app_context():
        assert erasure.replay() == 1
        town.inside()
        assert db.session.scalars(select(Participant)).one().erased_on == today()


def test_nothing_is_forgotten_before_it_is_written_down(
    filled: Filled, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ledger, "append", full)
    with filled.town.app.app_context():
        filled.town.inside()
        person = db.session.scalars(select(Participant)).one()
        with pytest.raises(OSError, match="No space"):
            erasure.forget(person)
        assert not db.session.dirty and person.key is not None


def test_of_another_town_nothing_goes(any_app: Flask) -> None:
    own, other = new_town(any_app, "aalten"), new_town(any_app, "borne")
    with any_app.app_context():
        fill(own)
    with any_app.app_context():
        fill(other)
        before = everything()
    erase(own)
    with any_app.app_context():
        after = everything()
        for name, table in Model.metadata.tables.items():
            if "organisation_id" in table.c:
                place = list(table.c.keys()).index("organisation_id")
                assert [row for row in before[name] if row[place] == other.organisation_id] == [
                    row for row in after[name] if row[place] == other.organisation_id
                ]
