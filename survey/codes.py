"""The permanent code lists of the contracts. Keys are stored and exchanged; what people read is in the catalogs."""

from __future__ import annotations

GROUPS = ("newcomer", "earlier_newcomer", "interim_group", "family_migrant", "displaced")
GENDERS = ("woman", "man", "other", "unknown")
MODES = ("self", "audio", "interpreter", "interviewer", "paper")
RESPONDENTS = ("self", "casemanager")
EXPORT_FORMATS = ("csv", "xlsx")
ROLES = ("casemanager", "coordinator", "councillor", "administrator", "reviewer")

#: Default waves: weeks after a person's enrolment at which it is due, and weeks it then stays open.
WAVE_DEFAULTS = {"before": (0, 4), "after": (10, 4), "follow_up": (26, 6)}

#: Why personal data may be used for a purpose: the person said yes, or the municipality's task.
BASES = ("consent", "public_task")
#: What is kept for a time, in the order in which it goes.
KEPT_KINDS = ("codes", "identity", "open_answers", "answers")

BIRTH_YEAR_BAND = 5
EARLIEST_YEAR = 1900

#: Of these somebody chooses four, in an order, to open their own answers with; as they stand on the screen.
PICTURES = (
    "sun", "cloud", "tree", "flower", "leaf", "apple", "fish", "bird",
    "cat", "butterfly", "boat", "bicycle", "key", "cup", "umbrella", "clock",
)  # fmt: skip
PICTURES_CHOSEN = 4
