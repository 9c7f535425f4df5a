"""Which texts an organisation has as a recording, as pages need it: by the hash of the text, the hash of the sound.

The list of a language is read once for each state of the recordings. `Organisation.sounds` counts those states, and
comes along with what a page asks anyway, so that recordings cost a page turn nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, cast
from uuid import UUID

from flask import g
from sqlalchemy import bindparam, select

from survey.database import db
from survey.models import Recording
from survey.tenancy import Prepared

#: Lists of sounds that are kept, of a few kilobytes each.
MOST = 200
_kept: dict[tuple[State, str], Mapping[str, str]] = {}


class State(NamedTuple):
    """The recordings of an organisation, as they were after so many changes."""

    organisation_id: UUID
    changes: int


def state(changes: int) -> State | None:
    """That of the organisation that was entered; none where nothing was ever recorded."""
    return State(g.get("organisation_id") or db.session.organisation_id, changes) if changes else None


def text_hash(text: str) -> str:
    """The same for texts that sound the same: white space is not heard."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()


def sounds(recorded: State | None, language: str) -> Mapping[str, str]:
    """By the hash of a text, the hash of its sound."""
    if recorded is None:
        return {}
    found = _kept.get((recorded, language))
    if found is None:
        found = dict(cast(Sequence[tuple[str, str]], db.rows(_listing(), {"language": language})))
        while len(_kept) >= MOST:
            _kept.pop(next(iter(_kept)), None)
        _kept[recorded, language] = found
    return found


@cache
def _listing() -> Prepared:
    columns: list[Any] = [Recording.text_hash, Recording.sound_hash]
    return Prepared(select(*columns).where(Recording.language == bindparam("language")))
