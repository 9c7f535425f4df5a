"""What stands on a person's page; that answers were looked at is noted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_security import current_user

from survey import languages
from survey.casework.change import queries
from survey.models import Participant
from survey.privacy import audit


def of_person(person: Participant) -> Mapping[str, Any]:
    found = queries.tables(person.enrolments, current_user.id, languages.current().code)
    for wave in {wave.key for table in found for line in table.lines for wave, _ in line.scores}:
        audit.record("participant.answers_seen", person.id, wave=wave)
    return {"tables": found}
