"""The labels by which an organisation finds and counts notes and questions, by name."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from survey.models import Label

#: Of the list that every organisation begins with (survey.codes.LABELS).
NAMES: dict[str, Any] = {
    "work": _("Work"),
    "durable_work": _("Work that lasts"),
    "job_fit": _("Work that fits level and field"),
    "employer_flexibility": _("Flexibility of employers"),
    "exploitation": _("Exploitation"),
    "diploma": _("Diploma"),
    "education": _("Education"),
    "language": _("Language"),
    "english_or_dutch": _("English or Dutch"),
    "routes": _("Routes that differ"),
    "health_care": _("Health care"),
    "mental_wellbeing": _("Mental well-being"),
    "stability": _("Stability"),
    "perspective": _("Perspective"),
    "relatives": _("Relatives elsewhere"),
    "parenting": _("Parenting"),
    "childcare": _("Childcare"),
    "housing": _("Housing"),
    "reception": _("Reception"),
    "forced_moves": _("Forced moves"),
    "residence_date": _("Date on which residence ends"),
    "social": _("Social contacts"),
    "network": _("Network"),
    "other": _("Other"),
}


def name(label: Label) -> Any:
    """What the organisation calls it; else what it is called in the list it began with."""
    return label.name or NAMES.get(label.standard or "", label.standard)
