"""What rows, lists and columns of a caseload file are called, and what one writes in each column."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from survey import codes
from survey.exchange.caseload.columns import COLUMNS, OF

WHAT_NAMES = {
    "participant": _("Participants"),
    "observation": _("Observations"),
    "activity": _("Activities"),
    "note": _("Notes"),
}
LIST_NAMES = {
    "activity": _("Kinds of activities"),
    "provider": _("Providers"),
    "labels": _("Labels"),
}
MEANINGS: dict[str, Any] = {
    "participant": _("The code of the person. No name, no citizen service number."),
    "what": _("What this row is of."),
    "kind": _("What was observed, what kind of activity or note it is."),
    "activity": _("What you call it, if you have a name of your own for it."),
    "value": _("What was observed: a code, or a number of hours."),
    "date": _("First day, day of the observation or day of the talk, like 2026-03-31."),
    "until": _("Last day."),
    "ending": _("Why it ended."),
    "source": _("How you know."),
    "provider": _("School, employer or club."),
    "hours": _("Number of hours."),
    "hours_per": _("Whether these are hours a week or in total."),
    "outcome": _("What came of it."),
    "number": _("Any number, if another activity of this person became this one."),
    "became": _("The number of the activity that it became."),
    "language": _("The language this person prefers."),
    "group": _("The group this person belongs to."),
    "gender": _("As the person says it."),
    "birth_year": _("First year of the band of five years, like 1985."),
    "arrival_year": _("Year of arrival in the Netherlands."),
    "household": _("With whom the person lives, in general."),
    "home": _("Any word: people with the same word live together. The word is not kept."),
    "benefit": _("People of one home with the same number share a benefit."),
    "channel": _("How a question came."),
    "minutes": _("Minutes spent."),
    "domains": _("Domains, with ; between them."),
    "labels": _("Labels, with ; between them."),
    "note": _("What was said. It is kept sealed."),
}
#: Codes that may be written, by column. `ending` and `kind` differ by what a row is of.
CODES: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "what": (("", tuple(OF)),),
    "kind": (("observation", tuple(codes.OBSERVED)), ("activity", codes.STANDARD_KINDS), ("note", codes.NOTE_KINDS)),
    "value": tuple((what, values) for what, values in codes.OBSERVED.items() if values),
    "ending": (("participant", codes.STOP_REASONS), ("activity", codes.END_REASONS)),
    "source": (("", codes.SOURCES),),
    "hours_per": (("", codes.HOURS_PER),),
    "outcome": (("", codes.OUTCOMES),),
    "group": (("", codes.GROUPS),),
    "gender": (("", codes.GENDERS),),
    "channel": (("", codes.CHANNELS),),
}  # fmt: skip


def columns() -> list[tuple[str, list[str], Any, tuple[tuple[str, tuple[str, ...]], ...]]]:
    """Each column: its name, which rows fill it, what it means, and its codes by what they are for."""
    return [
        (name, [what for what, own in OF.items() if name in own], MEANINGS[name], CODES.get(name, ()))
        for name in COLUMNS
    ]
