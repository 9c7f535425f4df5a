"""What rows, lists, columns and codes of a caseload file are called, and what one writes in each column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from instruments import library
from instruments.model import Instrument
from instruments.translation import words
from survey.code_names import (
    CHANNEL_NAMES,
    END_REASON_NAMES,
    GENDER_NAMES,
    GROUP_NAMES,
    HOURS_PER_NAMES,
    HOUSEHOLD_NAMES,
    NOTE_KIND_NAMES,
    OBSERVED_NAMES,
    OUTCOME_NAMES,
    SOURCE_NAMES,
    STANDARD_KIND_NAMES,
    VALUE_NAMES,
)
from survey.exchange.caseload.columns import COLUMNS, OF
from survey.languages import LANGUAGES, current
from survey.participation import STOP_REASON_NAMES

Names = Mapping[str, Any]
WHAT_NAMES = {
    "participant": _("Participants"),
    "observation": _("Observations"),
    "activity": _("Activities"),
    "note": _("Notes"),
}
#: As one says it of a row.
ONE_NAMES = {
    "participant": _("Participant"),
    "observation": _("Observation"),
    "activity": _("Activity"),
    "note": _("Note"),
}
LIST_NAMES = {
    "activity": _("Kinds of activities"),
    "provider": _("Providers"),
    "labels": _("Labels"),
}
COLUMN_NAMES: dict[str, Any] = {
    "participant": _("Participant"),
    "what": _("What the row is of"),
    "kind": _("Kind"),
    "activity": _("Own name of the activity"),
    "value": _("What was observed"),
    "date": _("Date"),
    "until": _("Last day"),
    "ending": _("Why it ended"),
    "source": _("How you know this"),
    "provider": _("Provider"),
    "hours": _("Hours"),
    "hours_per": _("A week or in total"),
    "outcome": _("Outcome"),
    "number": _("Number"),
    "became": _("Became"),
    "language": _("Language"),
    "group": _("Group"),
    "gender": _("Gender"),
    "birth_year": _("Year of birth"),
    "arrival_year": _("Year of arrival in the Netherlands"),
    "household": _("Household"),
    "home": _("Lives together with"),
    "benefit": _("Shared benefit"),
    "channel": _("How it came"),
    "minutes": _("Minutes spent"),
    "domains": _("Domains"),
    "labels": _("Labels"),
    "note": _("What was said"),
}
MEANINGS: dict[str, Any] = {
    "participant": _("The code of the person. No name, no citizen service number."),
    "what": _("What this row is of."),
    "kind": _("What was observed, what kind of activity or note it is."),
    "activity": _("What you call it, if you have a name of your own for it."),
    "value": _("What was observed: a code, or a number of hours."),
    "date": _(
        "First day, day of the observation or day of the talk. Day first, like 31-3-2026; or like 2026-03-31."
    ),
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


def _domain(code: str) -> str:
    return words(DOMAINS[code], current().code).domain(code)


def _asked() -> dict[str, Instrument]:
    """Each domain of every questionnaire once, with the first that asks it."""
    found: dict[str, Instrument] = {}
    for one in library.instruments():
        for domain in one.domains if one.is_questionnaire else ():
            found.setdefault(domain.code, one)
    return found


DOMAINS = _asked()
DOMAIN_NAMES = {code: LazyString(_domain, code) for code in DOMAINS}
LANGUAGE_NAMES = {code: language.name for code, language in LANGUAGES.items()}
#: What the codes that may be written are called, by what a row is of and column; of `value` by what was observed.
NAMES: dict[str, dict[str, Names]] = {
    "participant": {
        "ending": STOP_REASON_NAMES, "language": LANGUAGE_NAMES, "group": GROUP_NAMES, "gender": GENDER_NAMES,
    },
    "observation": {"kind": OBSERVED_NAMES, "source": SOURCE_NAMES},
    "activity": {
        "kind": STANDARD_KIND_NAMES, "ending": END_REASON_NAMES, "hours_per": HOURS_PER_NAMES,
        "outcome": OUTCOME_NAMES,
    },
    "note": {"kind": NOTE_KIND_NAMES, "channel": CHANNEL_NAMES, "domains": DOMAIN_NAMES},
}  # fmt: skip
#: Of `household` these are understood; any other word is kept as it is.
HOUSEHOLDS = {"household": HOUSEHOLD_NAMES}


def columns() -> list[tuple[str, list[str], Any, list[tuple[str, Names]]]]:
    """Each column: its name, which rows fill it, what it means, and its codes by what they are for."""
    return [
        (name, [what for what, own in OF.items() if name in own], MEANINGS[name], list(codes_of(name)))
        for name in COLUMNS
    ]


def codes_of(column: str) -> list[tuple[str, Names]]:
    """The codes of a column with their names; what they are for only where that differs."""
    if column == "what":
        return [("", WHAT_NAMES)]
    if column == "value":
        return list(VALUE_NAMES.items())
    if column in HOUSEHOLDS:
        return [("", HOUSEHOLDS[column])]
    of = [(what, named[column]) for what, named in NAMES.items() if column in named]
    return of if len(of) > 1 else [("", names) for _what, names in of]
