"""What was erased is not in the bytes of SQLite's files either: table, free pages and write-ahead log."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from survey import participation
from survey.database import db
from survey.models import OpenAnswer, Participant, Story, Visit
from survey.privacy import erasure, scrubbing
from tests.fixtures.application import Town

PEOPLE = 40


def fill(town: Town) -> None:
    """So many people that tables take several pages, which were split on the way."""
    with town.app.app_context():
        wave = town.inside().waves[0]
        for number in range(PEOPLE):
            person, enrolment, _ = town.join(pseudonym=f"CANARY{number:03}", household=f"HOME{number:03}")
            participation.set_identity(person, f"Name {number}", f"{number}@example.nl")
            visit = Visit(enrolment=enrolment, wave_id=wave.id, state="agreed", language="uk")
            answer = OpenAnswer(
                organisation_id=town.organisation_id, visit=visit, participant=person, language="uk"
            )
            answer.text = "words " * 40
            story = Story(
                programme_id=wave.programme_id, wave_id=wave.id, open_answer=answer, domain="work",
                text=f"STORY{number:03} " * 30, language="nl", stance="typical",
            )  # fmt: skip
            db.session.add_all([visit, answer, story])
            db.session.commit()


def secrets_of(person: Participant) -> list[bytes]:
    number = person.pseudonym[-3:]
    answer = db.session.scalars(select(OpenAnswer).where(OpenAnswer.participant_id == person.id)).one()
    identity = person.identity
    assert identity and identity.name_sealed and identity.contact_sealed and answer.text_sealed and person.key
    sealed = [identity.name_sealed, identity.contact_sealed, answer.text_sealed[:100], person.key.wrapped]
    readable = [
        person.pseudonym,
        person.household or "",
        f"STORY{number}",
        person.enrolments[0].codes[0].secret_hash,
    ]
    return [*sealed, *(word.encode() for word in readable)]


def found(folder: Path, secrets: list[bytes]) -> list[tuple[str, bytes]]:
    files = [file for file in folder.iterdir() if file.name.startswith("telvertel.sqlite")]
    return [(file.name, secret) for file in files for secret in secrets if secret in file.read_bytes()]


@pytest.fixture
def erased(town: Town, data: Path) -> Iterator[tuple[Path, list[bytes]]]:
    """A town of which every other person was erased; the folder, and what must not be in it."""
    fill(town)
    shutil.copytree(data, data.with_name("backup"))
    secrets: list[bytes] = []
    for number in range(0, PEOPLE, 2):
        with town.app.app_context():
            town.inside()
            person = db.session.scalars(
                select(Participant).where(Participant.pseudonym == f"CANARY{number:03}")
            ).one()
            secrets += secrets_of(person)
            assert found(data, secrets_of(person))
            erasure.forget(person)
            db.session.commit()
    yield data, secrets


def test_not_after_an_erasure(erased: tuple[Path, list[bytes]]) -> None:
    folder, secrets = erased
    assert found(folder, secrets) == []


def test_not_after_a_backup_was_put_back(erased: tuple[Path, list[bytes]], app: Flask) -> None:
    folder, secrets = erased
    with app.app_context():
        db.engine.dispose()
    for file in folder.glob("telvertel.sqlite*"):
        file.unlink()
    for file in folder.with_name("backup").glob("telvertel.sqlite*"):
        shutil.copy(file, folder)
    with app.app_context():
        assert found(folder, secrets)
        assert erasure.replay() == PEOPLE // 2
        assert found(folder, secrets) == []
        assert erasure.replay() == 0


def test_without_precautions_it_would_be_there(
    town: Town, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The measure of this measure: what is deleted the usual way can be read in the files."""
    monkeypatch.setattr(scrubbing, "after_commit", lambda session: None)
    fill(town)
    with town.app.app_context():
        town.inside()
        person = db.session.scalars(select(Participant).limit(1)).one()
        secrets = secrets_of(person)
        erasure.forget(person)
        db.session.commit()
    assert found(data, secrets)
