"""What a yes is: of a person, for one wave and one purpose, and not withdrawn. Whoever needs one asks here."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, select

from survey.models import Consent

#: The yes to letting one's own casemanager see one's answers.
SHOWING = "show_to_casemanager"


def stands(*purposes: str) -> ColumnElement[bool]:
    """Of a row of consents: still a yes to one of these."""
    return and_(Consent.purpose.in_(purposes), Consent.withdrawn_at.is_(None))


def shows(participant: Any, wave: Any) -> ColumnElement[bool]:
    """Whether this person lets their casemanager see their answers of this wave; ids, or columns of ids."""
    given = select(Consent.id).where(Consent.participant_id == participant, Consent.wave_id == wave)
    return given.where(stands(SHOWING)).exists()
