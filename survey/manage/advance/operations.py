"""Writing down what is named in advance, while nobody can know the outcome yet."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from survey.database import db
from survey.fieldwork import Refused
from survey.models import Programme, Response
from survey.privacy import audit

#: More would be fishing: each domain that is named makes the test of the others stricter.
MOST_DOMAINS = 3


@dataclass(frozen=True)
class InAdvance:
    """Domains that are named; and for people chosen on a low score the domain, the mean of all, and the agreement."""

    domains: list[str]
    chosen_on: str | None = None
    chosen_from_mean: float | None = None
    retest_r: float | None = None


def is_open(programme: Programme) -> bool:
    """Until a later wave was answered or closed: from then on somebody may have seen where change is."""
    later = [wave for wave in programme.waves if wave.is_later]
    if any(wave.state == "closed" for wave in later):
        return False
    answered = select(Response.id).where(Response.wave_id.in_([wave.id for wave in later]))
    return db.session.scalar(answered.limit(1)) is None


def name_in_advance(programme: Programme, named: InAdvance) -> None:
    """Refused once a later wave was answered or closed, and with more than three domains."""
    if not is_open(programme):
        raise Refused(
            _("Somebody answered a later wave already. What was named in advance does not change any more.")
        )
    if len(named.domains) > MOST_DOMAINS:
        raise Refused(_("Name at most three domains."))
    programme.primary_domains = named.domains
    programme.chosen_on, programme.chosen_from_mean = named.chosen_on, named.chosen_from_mean
    programme.retest_r = named.retest_r
    db.session.flush()
    audit.record("programme.changed", programme=programme.code, in_advance=len(named.domains))
