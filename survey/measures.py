"""The measures a target can be about: what staff call them, how each comes about, and what can be chosen with it.

The list is closed (survey.codes.MEASURES), for the analysis of a programme works them out: see dashboard.targets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from instruments import library
from instruments.translation import words
from survey import subjects
from survey.code_names import LADDER_NAMES, OBSERVED_NAMES, STANDARD_KIND_NAMES, VALUE_NAMES
from survey.codes import COMPARATORS, SKILLS, STANDARD_KINDS, UNITS
from survey.models import Programme

PEOPLE = ("person", "household", "benefit_unit")
UNIT_NAMES = {
    "person": _("People"),
    "household": _("Households"),
    "benefit_unit": _("Benefits"),
    "employer": _("Employers"),
    "municipality": _("Municipalities"),
    "meeting": _("Meetings"),
}
COMPARATOR_NAMES = {
    "at_least": _("At least"),
    "at_most": _("At most"),
    "more": _("More than before"),
    "less": _("Less than before"),
}
FIGURE_KIND_NAMES = {
    "registered": _("Counted in a register"),
    "self_rating": _("People said so themselves"),
    "estimate": _("Estimate"),
}
#: Whoever knows well, or very well: the two highest of five answers.
HIGH = 2
FIVE = 5
#: Codes of CEFR levels that can be aimed at, of each skill.
LEVELS = ("a1", "a2", "b1", "b2")
MONTHS = ("3", "6", "12")


@dataclass(frozen=True)
class Measure:
    name: Any
    #: How the figure comes about, in words.
    meaning: Any
    #: A share from 0 to 1, points of a scale, or a number.
    kind: str = "share"
    #: Which choice belongs to it: a key of ABOUT.
    about: str | None = None
    #: Whether there is a figure of before to compare with.
    has_before: bool = False
    units: tuple[str, ...] = PEOPLE

    @property
    def comparators(self) -> tuple[str, ...]:
        return COMPARATORS if self.has_before else COMPARATORS[:2]

    @property
    def is_told(self) -> bool:
        return self.units == UNITS


MEASURES: dict[str, Measure] = {
    "ladder_at_least": Measure(
        _("A step on the ladder of participation, or higher"),
        _("The share of people on this step or higher, going by what casemanagers observed."),
        about="step", has_before=True,
    ),
    "ladder_up": Measure(
        _("Higher on the ladder of participation than before"),
        _("The share of people who stand on a higher step than before, among those whose step is known both times."),
    ),
    "paid_work": Measure(
        _("In paid work"),
        _("The share of people with paid work or a business of their own, going by what casemanagers observed."),
        has_before=True,
    ),
    "sustained_work": Measure(
        _("In paid work that lasts"),
        _("The share of people with paid work that began at least so long ago: on their first day, and today."),
        about="months", has_before=True,
    ),
    "activity": Measure(
        _("In an activity of a kind"),
        _("The share of people who took part in such an activity while they were in the programme."),
        about="kind",
    ),
    "cefr": Measure(
        _("A level of Dutch reached"),
        _("The share of people with this level or a higher one, going by what casemanagers observed."),
        about="level", has_before=True,
    ),
    "exam_passed": Measure(
        _("Passed the civic integration exam"),
        _("The share of people who passed, among those of whom it is known how the exam stands."),
    ),
    "plan_made": Measure(
        _("Has a plan"),
        _("The share of people whose plan was signed and settled."),
    ),
    "plan_in_time": Measure(
        _("Has a plan in time"),
        _("The share of people whose plan was ready within its legal term, among those whose term ended or was met."),
    ),
    "own_goals": Measure(
        _("Reached their own goals"),
        _("The share of people who reached every goal of their plan that was not stopped, among those who have any."),
        about="domain_of_goal",
    ),
    "domain_change": Measure(
        _("A score of the questionnaire"),
        _("The mean score in this domain, of people who answered both times."),
        kind="points", about="domain", has_before=True, units=("person",),
    ),
    "item_high": Measure(
        _("One of the two highest answers to a question"),
        _("The share of people who gave one of the two highest answers, among those who answered this question."),
        about="item", has_before=True,
    ),
    "answered": Measure(
        _("Answered the questionnaire"),
        _("The share of people who answered anything, among all people of the programme."),
        has_before=True,
    ),
    "told_share": Measure(
        _("A percentage that you report yourself"),
        _("Not worked out by the program. You write down the percentage, with its date and where it comes from."),
        has_before=True, units=UNITS,
    ),
    "told_number": Measure(
        _("A number that you report yourself"),
        _("Not worked out by the program. You write down the number, with its date and where it comes from."),
        kind="number", has_before=True, units=UNITS,
    ),
}  # fmt: skip
#: What is measured, with what was chosen in it; where nothing was, it is the measure's own name.
SAID = {
    "ladder_at_least": _("Stands on step “%(about)s” or higher"),
    "sustained_work": _("Has had paid work for at least %(about)s"),
    "activity": _("Takes part in “%(about)s”"),
    "cefr": _("Reached “%(about)s” in Dutch"),
    "own_goals": _("Reached their own goals about “%(about)s”"),
    "domain_change": _("Mean score for “%(about)s”"),
    "item_high": _("Gave one of the two highest answers to “%(about)s”"),
}
#: What the choice that belongs to a measure is called.
ABOUT_NAMES = {
    "step": _("Step"),
    "months": _("How long"),
    "kind": _("Kind of activity"),
    "level": _("Level"),
    "domain": _("Domain"),
    "domain_of_goal": _("Goals about"),
    "item": _("Question"),
}


def choices(about: str, programme: Programme, language: str) -> dict[str, Any]:
    """What can be chosen, by code."""
    return ABOUT[about](programme, language)


def in_words(measure: str, about: str | None, programme: Programme, language: str) -> str:
    """What is measured in this programme; a code itself where the programme has no such thing."""
    chosen = MEASURES[measure].about
    name = choices(chosen, programme, language).get(about or "", about) if chosen else about
    return said(measure, about, name)


def said(measure: str, about: str | None, name: Any) -> str:
    """`name`: what was chosen with the measure, in words. Of a figure that is reported it is all there is to say."""
    if not about:
        return str(MEASURES[measure].name)
    return str(SAID[measure]) % {"about": name} if measure in SAID else str(name)


def _steps(programme: Programme, language: str) -> dict[str, Any]:
    return {code: name for code, name in LADDER_NAMES.items() if code != "1"}


def _months(programme: Programme, language: str) -> dict[str, Any]:
    return {code: ngettext("%(num)s month", "%(num)s months", int(code)) for code in MONTHS}


def _kinds(programme: Programme, language: str) -> dict[str, Any]:
    return {code: STANDARD_KIND_NAMES[code] for code in STANDARD_KINDS}


def _levels(programme: Programme, language: str) -> dict[str, Any]:
    return {
        f"{skill}.{level}": gettext(
            "%(skill)s: %(level)s or higher",
            skill=OBSERVED_NAMES[skill],
            level=VALUE_NAMES[skill][level],
        )
        for skill in SKILLS
        for level in LEVELS
    }


def _domains_of_goals(programme: Programme, language: str) -> dict[str, Any]:
    return {"": gettext("All domains"), **subjects.every(language)}


def _items(programme: Programme, language: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    for key in programme.instruments:
        instrument = library.load(key)
        spoken = words(instrument, language)
        asked = (item for item in instrument.items if len(instrument.scale_of(item.id).codes) == FIVE)
        names |= {item.id: spoken.question(item.id) for item in asked}
    return names


ABOUT: dict[str, Callable[[Programme, str], dict[str, Any]]] = {
    "step": _steps, "months": _months, "kind": _kinds, "level": _levels, "domain": subjects.names,
    "domain_of_goal": _domains_of_goals, "item": _items,
}  # fmt: skip
