"""Data folders to measure on: a programme, and people in it with codes that work or with answers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import cycle, islice, product
from pathlib import Path

from instruments.translation import LANGUAGES
from survey import create_survey, fieldwork, schema
from survey.clock import now, today
from survey.database import db
from survey.models import AccessCode, Enrolment, Model, Participant, PersonKey, Programme
from survey.privacy import codes, keys
from survey.privacy.fields import make_person_key
from survey.settings import Settings

CODE = "bench"
INSTRUMENTS = ["integration", "wellbeing"]


@contextmanager
def programme_in(
    data: Path, languages: Iterable[str] = LANGUAGES, waves: Iterable[str] = ("before", "after")
) -> Iterator[Programme]:
    """A new data folder with one programme whose waves are open in these languages; committed at the end.

    A programme is always open in the languages whose texts are approved.
    """
    data.mkdir(parents=True)
    keys.create_file(data / "keys")
    with create_survey(Settings(data=data, plain_http=True)).app_context():
        schema.upgrade(db.engine)
        organisation = fieldwork.add_organisation(CODE, "Municipality", "000 000", True)
        db.session.enter(organisation.id)
        parsed = [fieldwork.parse_wave(wave) for wave in waves]
        programme = fieldwork.add_programme(CODE, "Programme", INSTRUMENTS, parsed)
        for wave in programme.waves:
            fieldwork.open_wave(wave)
        for language in languages:
            if not fieldwork.is_approved(programme, language):
                fieldwork.override_language(programme, language, None)
        yield programme
        db.session.commit()
        db.engine.dispose()


def with_codes(data: Path, people: int, languages: Collection[str] = LANGUAGES) -> list[str]:
    """A new data folder with so many people, each with a code, their languages in turn; their codes as printed."""
    with programme_in(data, languages) as programme:
        letters = product(codes.ALPHABET, repeat=codes.SELECTOR_LENGTH)
        secret = codes.new_code().secret
        made = [codes.Code("".join(selector), secret) for selector in islice(letters, people)]
        hashed = codes.hash_secret(made[0])  # one for all: hashing is dear on purpose
        for code, language in zip(made, cycle(languages), strict=False):
            db.session.add_all(_someone(programme, code, hashed, language))
    return [code.grouped for code in made]


def _someone(programme: Programme, code: codes.Code, hashed: str, language: str) -> list[Model]:
    owner = programme.organisation_id
    person = Participant(
        organisation_id=owner, organisation=programme.organisation, pseudonym=code.selector, language=language
    )
    key = PersonKey(organisation_id=owner, participant_id=person.id)
    make_person_key(person, key)
    enrolment = Enrolment(
        organisation_id=owner, programme_id=programme.id, participant_id=person.id, started_on=today()
    )
    access = AccessCode(
        organisation_id=owner, enrolment_id=enrolment.id, selector=code.selector, secret_hash=hashed,
        made_at=now(),
    )  # fmt: skip
    return [person, key, enrolment, access]
