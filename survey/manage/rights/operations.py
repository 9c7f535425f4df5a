"""On what ground people are asked to take part: what the privacy officer decided."""

from __future__ import annotations

from survey.database import db
from survey.models import Organisation
from survey.privacy import audit


def decide_basis(organisation: Organisation, basis: str) -> None:
    """Holds for whoever says yes from now on; earlier consents keep theirs."""
    if organisation.taking_part_basis != basis:
        organisation.taking_part_basis = basis
        audit.record("organisation.changed", what="taking_part_basis", to=basis)
        db.session.flush()
