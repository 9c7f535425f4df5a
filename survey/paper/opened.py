"""Which paper lies on the desk. Its own page carries it, so that what is typed from one never goes to another."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

#: So long a paper may lie open, in seconds: a working day.
OPEN = 12 * 60 * 60


class Paper(NamedTuple):
    """Opened by the code on it; the code itself is nowhere kept."""

    code_id: UUID
    wave_id: UUID
    answered_on: date


def write(paper: Paper) -> str:
    """The paper as its page carries it: who has no code of it cannot make one up."""
    return _serializer().dumps([str(paper.code_id), str(paper.wave_id), paper.answered_on.isoformat()])


def read(told: str) -> Paper | None:
    """None for what we did not write, or too long ago."""
    try:
        code_id, wave_id, answered_on = _serializer().loads(told, max_age=OPEN)
    except BadData:
        return None
    return Paper(UUID(code_id), UUID(wave_id), date.fromisoformat(answered_on))


def _serializer() -> Any:
    keys = [*(current_app.config.get("SECRET_KEY_FALLBACKS") or ()), str(current_app.secret_key)]
    return URLSafeTimedSerializer(keys, salt="paper on the desk")
