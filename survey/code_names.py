"""What the codes of people, observations, activities and notes are called, for staff."""

from __future__ import annotations

from datetime import date
from typing import Any

from babel.numbers import format_decimal
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _

from survey.codes import OBSERVED, SKILLS
from survey.models import Activity

OBSERVED_NAMES = {
    "ladder": _("Step on the ladder of participation"),
    "work_status": _("Work situation"),
    "work_hours": _("Hours of paid work a week"),
    "contract": _("Contract"),
    "support": _("Support at work"),
    "fit_level": _("Work and own level"),
    "fit_field": _("Work and own field"),
    "listening": _("Listening"),
    "reading": _("Reading"),
    "speaking": _("Speaking"),
    "writing": _("Writing"),
    "route": _("Route"),
    "target_group": _("Target group"),
    "exam": _("Civic integration exam"),
    "exemption": _("Exemption"),
}
LADDER_NAMES = {
    "1": _("1. Isolated"),
    "2": _("2. Contacts outside the home"),
    "3": _("3. Organised activities"),
    "4": _("4. Unpaid work"),
    "5": _("5. Paid work with support"),
    "6": _("6. Paid work"),
}
#: In plain words, as on the form itself: the highest step that applies.
LADDER_MEANINGS = {
    "1": _("Meets people outside the home less than once a week."),
    "2": _("Meets people outside the home every week, such as neighbours or friends. Nothing organised."),
    "3": _("Goes to a course, club or meeting every week, without tasks of their own."),
    "4": _("Has tasks others count on, and meets people there every week. No employment contract, no pay."),
    "5": _(
        "Has an employment contract, and a benefit, wage subsidy or job coach with it; or sheltered work."
    ),
    "6": _("Has an employment contract or an own business, without benefit or support."),
}
_CEFR_NAMES = {
    "alfa": _("Alfa: still learns to read and write"),
    "pre_a1": _("Below A1"),
    "a1": "A1",
    "a2": "A2",
    "b1": "B1",
    "b2": "B2",
    "c1": "C1",
    "c2": "C2",
}
ROUTE_NAMES = {
    "b1": _("B1 route"),
    "education": _("Education route"),
    "self_reliance": _("Self-reliance route (Z-route)"),
}
GROUP_NAMES = {
    "newcomer": _("Newcomer"),
    "earlier_newcomer": _("Earlier newcomer (oudkomer)"),
    "interim_group": _("Interim group (tussengroep)"),
    "family_migrant": _("Family migrant"),
    "displaced": _("Displaced person"),
}
GENDER_NAMES = {"woman": _("Woman"), "man": _("Man"), "other": _("Other"), "unknown": _("Unknown")}
VALUE_NAMES: dict[str, dict[str, Any]] = {
    "ladder": LADDER_NAMES,
    "work_status": {
        "paid_work": _("Works for pay"),
        "self_employed": _("Has an own business"),
        "unpaid_work": _("Works without pay"),
        "looking": _("Looks for work"),
        "learning": _("Learns or prepares for work"),
        "caring": _("Cares for family"),
        "not_able": _("Cannot work now"),
        "other": _("Something else"),
    },
    "contract": {
        "permanent": _("Permanent contract"),
        "fixed_term": _("Fixed-term contract"),
        "agency": _("Through an employment agency"),
        "on_call": _("On call"),
        "own_business": _("Own business"),
        "none": _("No contract"),
    },
    "support": {
        "none": _("No support"),
        "benefit": _("Benefit on top of the wage"),
        "wage_subsidy": _("Wage subsidy for the employer"),
        "job_coach": _("Job coach"),
        "sheltered": _("Sheltered work"),
    },
    "fit_level": {
        "below": _("Below own level"),
        "same": _("At own level"),
        "above": _("Above own level"),
    },
    "fit_field": {
        "own": _("In own field"),
        "related": _("Close to own field"),
        "other": _("In another field"),
    },
    **dict.fromkeys(SKILLS, _CEFR_NAMES),
    "route": ROUTE_NAMES,
    "target_group": GROUP_NAMES,
    "exam": {
        "not_yet": _("Not taken yet"),
        "partly": _("Passed in part"),
        "passed": _("Passed"),
        "failed": _("Not passed"),
    },
    "exemption": {
        "none": _("No exemption"),
        "asked": _("Exemption asked for"),
        "exempt": _("Exempt, for example by a diploma (vrijstelling)"),
        "relieved": _("Relieved of the duty (ontheffing)"),
    },
}
SOURCE_NAMES = {
    "conversation": _("Talk with the person"),
    "document": _("Document that I saw"),
    "test": _("Test"),
    "exam": _("Exam"),
    "employer": _("Employer"),
    "provider": _("School or provider"),
    "register": _("Register"),
    "other": _("Somewhere else"),
}
STANDARD_KIND_NAMES = {
    "paid_work": _("Paid work"),
    "part_time_work": _("Part-time paid work"),
    "internship": _("Internship"),
    "volunteering": _("Volunteering"),
    "study": _("Study"),
    "study_preparation": _("Preparing for a study"),
    "course": _("Course"),
    "language_buddy": _("Language buddy"),
    "job_coaching": _("Job coaching"),
    "network_talk": _("Network talk"),
    "application_training": _("Training in applying for jobs"),
    "activation": _("Activation"),
    "health_programme": _("Health programme"),
    "one_off_job": _("One-off job"),
    "lasting_match": _("Lasting match"),
    "care_and_rest": _("Care and rest"),
    "other": _("Another activity"),
}
OUTCOME_NAMES = {
    "completed": _("Completed"),
    "certificate": _("Completed with a certificate or diploma"),
    "to_work": _("Led to work"),
    "to_study": _("Led to a study"),
    "to_other_activity": _("Led to another activity"),
    "not_completed": _("Not completed"),
}
END_REASON_NAMES = {
    "as_planned": _("Ended as planned"),
    "contract_ended": _("Contract was not renewed"),
    "dismissed": _("Dismissed"),
    "own_choice": _("Own choice"),
    "something_better": _("Found something that fits better"),
    "childcare": _("No childcare"),
    "travel": _("Travelling was too much"),
    "moved": _("Moved house"),
    "health": _("Health"),
    "place_gone": _("The place is gone"),
    "other": _("Another reason"),
}

#: Coarse on purpose: what is written out about a family points to the family.
HOUSEHOLD_NAMES = {
    "alone": _("Nobody: lives alone"),
    "partner": _("A partner"),
    "partner_children": _("A partner and children"),
    "children": _("Children"),
    "other": _("Other"),
}
NOTE_KIND_NAMES = {
    "person": _("Talk with one person"),
    "group_talk": _("Group talk"),
    "partner": _("Talk with a partner"),
    "council": _("Advisory council"),
    "question": _("Question to the help desk"),
}
CHANNEL_NAMES = {
    "telephone": _("Telephone"),
    "e_mail": _("E-mail"),
    "chat": _("Chat, such as Telegram"),
    "visit": _("Visit"),
    "meeting": _("Meeting or webinar"),
    "website": _("Website"),
    "other": _("Other"),
}
HOURS_PER_NAMES = {"week": _("a week"), "total": _("in total")}


def value_name(what: str, value: str) -> Any:
    """A value in words; a number of hours as this language writes it."""
    if OBSERVED[what] is None:
        return gettext("%(hours)s hours", hours=number(float(value)))
    return VALUE_NAMES[what].get(value, value)


def number(amount: float) -> str:
    """As one would type it: no grouping, no zeros that say nothing."""
    return str(format_decimal(amount, locale=get_locale(), group_separator=False))


def kind_name(activity: Activity) -> Any:
    """What the organisation calls it, or else the standard kind."""
    return activity.kind.name if activity.kind else STANDARD_KIND_NAMES[activity.counts_as]


def hours_name(activity: Activity) -> str:
    """Hours in words; empty where nobody filled them in."""
    if activity.hours is None:
        return ""
    if activity.hours_per == "total":
        return gettext("%(hours)s hours in total", hours=number(activity.hours))
    return gettext("%(hours)s hours a week", hours=number(activity.hours))


def is_running(activity: Activity, day: date) -> bool:
    return activity.ended_on is None or activity.ended_on >= day
