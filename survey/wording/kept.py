"""Words under their own hash: kept when people are first asked in them, never changed, read by any worker."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import bindparam, select

from instruments.model import Instrument
from instruments.translation import String, Words, words
from survey.clock import now
from survey.database import db, insert
from survey.models import Wording
from survey.tenancy import Prepared
from survey.wording.texts import INTERFACE, Forms, all_texts, digest, question_keys

Kept = Mapping[str, Forms]
NOTHING: Kept = MappingProxyType({})


class Spoken(NamedTuple):
    """What a sitting is held in: a language, the words of the questions, and the interface's own words here."""

    language: str
    wording: str = ""
    interface: str = ""


def keep(language: str, texts: Kept) -> str:
    """Keep these texts of a language; the hash under which they can be read again, empty for no texts."""
    if not texts:
        return ""
    wording = hash_of(language, texts)
    row = Wording(
        hash=wording,
        language=language,
        texts={key: list(forms) for key, forms in texts.items()},
        kept_at=now(),
    )
    columns = {column.key: getattr(row, column.key) for column in Wording.__table__.columns}
    columns["organisation_id"] = db.session.organisation_id
    once = insert(Wording).on_conflict_do_nothing(index_elements=["organisation_id", "hash"])
    db.session.execute(once, [columns])
    return wording


def hash_of(language: str, texts: Kept) -> str:
    return digest([language, {key: list(forms) for key, forms in texts.items()}])


def texts_of(wording: str) -> Kept:
    """The texts kept under a hash; none where nothing is kept under it here."""
    try:
        return _texts_of(wording) if wording else NOTHING
    except LookupError:
        return NOTHING


@lru_cache(maxsize=500)
def _texts_of(wording: str) -> Kept:
    """The hash says what the texts are, whoever asks. It is read once a worker, in whatever transaction has begun."""
    row = db.run(_kept_statement(), {"hash": wording})
    if row is None:
        raise LookupError(wording)
    return MappingProxyType({key: tuple(forms) for key, forms in row[0].items()})


@cache
def _kept_statement() -> Prepared:
    return Prepared(select(Wording.texts).where(Wording.hash == bindparam("hash")))


def words_in(instrument: Instrument, language: str, wording: str | None) -> Words:
    """An instrument in the words kept under a hash; in those of the program where none is given."""
    return (
        _words_in(instrument, language, wording)
        if wording and texts_of(wording)
        else words(instrument, language)
    )


@lru_cache(maxsize=500)
def _words_in(instrument: Instrument, language: str, wording: str) -> Words:
    return words_of(instrument, language, texts_of(wording))


def words_of(instrument: Instrument, language: str, texts: Kept) -> Words:
    """An instrument in these texts; in those of the program where there is none."""
    own = {}
    for key in question_keys(instrument):
        if key in texts:
            own[all_texts(language).by_key[key].string] = texts[key][0]
    return Words(instrument, language, own)


def interface_in(language: str, *wordings: str) -> Mapping[String, Forms]:
    """The interface's texts that are kept under these hashes, for the pages that show them."""
    found = {key: forms for each in wordings for key, forms in texts_of(each).items()}
    return interface_of(language, found) if found else {}


def interface_of(language: str, texts: Kept) -> Mapping[String, Forms]:
    """By context and source, those of these texts that belong to the interface."""
    by_key = all_texts(language).by_key
    return {
        by_key[key].string: forms
        for key, forms in texts.items()
        if key in by_key and by_key[key].catalog == INTERFACE
    }
