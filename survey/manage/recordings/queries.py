"""What participants of this organisation can hear, and what was recorded of it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, undefer

from instruments.translation import LANGUAGES, Language
from survey import aloud
from survey.database import db
from survey.models import Organisation, Programme, Recording
from survey.recordings import text_hash
from survey.wording.rule import Words


@dataclass(frozen=True)
class Spoken:
    """A text as it stands now, and its recording if there is one."""

    number: int
    text: str
    hash: str
    recording: Recording | None


@dataclass(frozen=True)
class Progress:
    language: Language
    texts: int
    recorded: int
    #: Recordings of wording that is no longer used: not played.
    stale: int


def organisation() -> Organisation:
    return db.session.scalars(select(Organisation)).one()


def texts(language: str) -> list[str]:
    """All that participants of any programme read in this language, from agreeing to the end."""
    asker = aloud.asker_of(organisation())
    programmes = db.session.scalars(select(Programme).order_by(Programme.code)).all()
    found: list[str] = []
    for programme in programmes:
        if aloud.versions_of(programme) and Words(programme).is_complete(language):
            found += aloud.texts(asker, programme, language)
    return list(dict.fromkeys(found))


def spoken(language: str) -> list[Spoken]:
    recorded = {one.text_hash: one for one in _recordings(language)}
    return [
        Spoken(number, text, text_hash(text), recorded.get(text_hash(text)))
        for number, text in enumerate(texts(language), start=1)
    ]


def stale(language: str) -> list[Recording]:
    current = {text_hash(text) for text in texts(language)}
    return [one for one in _recordings(language) if one.text_hash not in current]


def progress() -> list[Progress]:
    counts = dict(
        db.session.execute(select(Recording.language, func.count()).group_by(Recording.language)).all()
    )
    found = []
    for code, language in LANGUAGES.items():
        listed = spoken(code)
        recorded = sum(one.recording is not None for one in listed)
        found.append(Progress(language, len(listed), recorded, counts.get(code, 0) - recorded))
    return found


def text(language: str, hash_: str) -> str | None:
    """A text of participants' pages, or of an older recording."""
    wanted = next((one for one in texts(language) if text_hash(one) == hash_), None)
    if wanted is not None:
        return wanted
    older = recording(language, hash_)
    return older.text if older else None


def recording(language: str, hash_: str, with_sound: bool = False) -> Recording | None:
    statement = select(Recording).where(Recording.language == language, Recording.text_hash == hash_)
    return db.session.scalar(statement.options(undefer(Recording.sound)) if with_sound else statement)


def _recordings(language: str) -> list[Recording]:
    statement = select(Recording).where(Recording.language == language).order_by(Recording.added_at)
    return list(db.session.scalars(statement.options(joinedload(Recording.added_by))))
