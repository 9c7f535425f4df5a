"""The permanent code lists of the contracts. Keys are stored and exchanged; what people read is in the catalogs."""

from __future__ import annotations

GROUPS = ("newcomer", "earlier_newcomer", "interim_group", "family_migrant", "displaced")
GENDERS = ("woman", "man", "other", "unknown")
MODES = ("self", "audio", "interpreter", "interviewer", "paper")
RESPONDENTS = ("self", "casemanager")
EXPORT_FORMATS = ("csv", "xlsx")
ROLES = ("casemanager", "coordinator", "councillor", "administrator")

#: Default waves: weeks after a person's enrolment at which it is due, and weeks it then stays open.
WAVE_DEFAULTS = {"before": (0, 4), "after": (10, 4), "follow_up": (26, 6)}

BIRTH_YEAR_BAND = 5
EARLIEST_YEAR = 1900
