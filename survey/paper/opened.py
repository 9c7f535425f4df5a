"""Which paper lies on the desk. Its own page carries it, so that what is typed from one never goes to another."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple
from uuid import UUID

from survey.forgery import sign, signed

#: So long a paper may lie open, in seconds: a working day.
OPEN = 12 * 60 * 60
SALT = "paper on the desk"


class Paper(NamedTuple):
    """Opened by the code on it; the code itself is nowhere kept."""

    code_id: UUID
    wave_id: UUID
    answered_on: date


def write(paper: Paper) -> str:
    """The paper as its page carries it: who has no code of it cannot make one up."""
    return sign([str(paper.code_id), str(paper.wave_id), paper.answered_on.isoformat()], salt=SALT)


def read(told: str) -> Paper | None:
    """None for what we did not write, or too long ago."""
    found = signed(told, salt=SALT, seconds=OPEN)
    if found is None:
        return None
    code_id, wave_id, answered_on = found
    return Paper(UUID(code_id), UUID(wave_id), date.fromisoformat(answered_on))
