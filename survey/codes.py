"""The permanent code lists of the contracts. Keys are stored and exchanged; what people read is in the catalogs."""

from __future__ import annotations

GROUPS = ("newcomer", "earlier_newcomer", "interim_group", "family_migrant", "displaced")
GENDERS = ("woman", "man", "other", "unknown")
MODES = ("self", "audio", "interpreter", "interviewer", "paper")
#: Who interprets at an intake; `acquaintance`: somebody the person brought along.
INTERPRETERS = ("none", "present", "phone", "acquaintance")
RESPONDENTS = ("self", "casemanager")
EXPORT_FORMATS = ("csv", "xlsx")
ROLES = ("casemanager", "coordinator", "councillor", "administrator", "reviewer")

#: Default waves: weeks after a person's enrolment at which it is due, and weeks it then stays open.
WAVE_DEFAULTS = {"before": (0, 4), "after": (10, 4), "follow_up": (26, 6)}

#: What a person can say yes to: taking part, being quoted, and showing their answers to their own casemanager.
PURPOSES = ("taking_part", "quote", "show_to_casemanager")
#: Why personal data may be used for a purpose: the person said yes, or the municipality's task.
BASES = ("consent", "public_task")
#: What is kept for a time, in the order in which it goes.
KEPT_KINDS = ("codes", "identity", "open_answers", "casework", "answers")

#: Why somebody stops in a programme. Coarse on purpose: nothing of health, residence or a quarrel can be told with it.
STOP_REASONS = ("completed", "not_needed", "helped_elsewhere", "moved", "own_wish", "no_contact", "other")

#: Why a legal term was made longer. What lies behind it stands in the decision, not here.
EXTENSION_REASONS = ("learning_to_read", "no_place", "effort", "circumstances", "other")

BIRTH_YEAR_BAND = 5
EARLIEST_YEAR = 1900

#: Of these somebody chooses four, in an order, to open their own answers with; as they stand on the screen.
PICTURES = (
    "sun", "cloud", "tree", "flower", "leaf", "apple", "fish", "bird",
    "cat", "butterfly", "boat", "bicycle", "key", "cup", "umbrella", "clock",
)  # fmt: skip
PICTURES_CHOSEN = 4

#: What somebody can be observed doing on the ladder of participation; the highest that applies.
LADDER_STEPS = ("1", "2", "3", "4", "5", "6")
ROUTES = ("b1", "education", "self_reliance")
CEFR = ("alfa", "pre_a1", "a1", "a2", "b1", "b2", "c1", "c2")
SKILLS = ("listening", "reading", "speaking", "writing")
#: What is observed of a person, dated, and the codes it can be; None is a number of hours.
OBSERVED: dict[str, tuple[str, ...] | None] = {
    "ladder": LADDER_STEPS,
    "work_status": ("paid_work", "self_employed", "unpaid_work", "looking", "learning", "caring", "not_able", "other"),
    "work_hours": None,
    "contract": ("permanent", "fixed_term", "agency", "on_call", "own_business", "none"),
    "support": ("none", "benefit", "wage_subsidy", "job_coach", "sheltered"),
    "fit_level": ("below", "same", "above"),
    "fit_field": ("own", "related", "other"),
    **dict.fromkeys(SKILLS, CEFR),
    "route": ROUTES,
    "target_group": GROUPS,
    "exam": ("not_yet", "partly", "passed", "failed"),
    "exemption": ("none", "asked", "exempt", "relieved"),
}  # fmt: skip
#: How somebody knows what was observed.
SOURCES = ("conversation", "document", "test", "exam", "employer", "provider", "register", "other")

#: What an organisation's own kinds of activities are mapped to.
STANDARD_KINDS = (
    "paid_work", "part_time_work", "internship", "volunteering", "study", "study_preparation", "course",
    "language_buddy", "job_coaching", "network_talk", "application_training", "activation", "health_programme",
    "one_off_job", "lasting_match", "care_and_rest", "other",
)  # fmt: skip
HOURS_PER = ("week", "total")
MOST_HOURS = {"week": 60, "total": 4000}
OUTCOMES = ("completed", "certificate", "to_work", "to_study", "to_other_activity", "not_completed")
#: Why an activity ended. Health is said without what is the matter.
END_REASONS = (
    "as_planned", "contract_ended", "dismissed", "own_choice", "something_better", "childcare", "travel", "moved",
    "health", "place_gone", "other",
)  # fmt: skip

#: How a goal of a plan stands, and who does a step of it.
GOAL_STATES = ("open", "busy", "reached", "dropped")
STEP_ACTORS = ("person", "casemanager", "other")
#: What one domain does to another: it stands in the way, or it opened something.
LINK_KINDS = ("obstacle", "breakthrough")

#: What a note is of: a talk with one person, or something that belongs to a programme and to nobody in it.
NOTE_KINDS = ("person", "group_talk", "partner", "council", "question")
#: How a question came to the help desk.
CHANNELS = ("telephone", "e_mail", "chat", "visit", "meeting", "website", "other")
#: The labels an organisation begins with; from then on the list is its own.
LABELS = (
    "work", "durable_work", "job_fit", "employer_flexibility", "exploitation", "diploma", "education", "language",
    "english_or_dutch", "routes", "health_care", "mental_wellbeing", "stability", "perspective", "relatives",
    "parenting", "childcare", "housing", "reception", "forced_moves", "residence_date", "social", "network", "other",
)  # fmt: skip

#: What a target is about, in the order in which they are offered; survey.measures says how each comes about.
MEASURES = (
    "ladder_at_least", "ladder_up", "paid_work", "sustained_work", "activity", "cefr", "exam_passed", "plan_made",
    "plan_in_time", "own_goals", "domain_change", "item_high", "answered", "told_share", "told_number",
)  # fmt: skip
#: `more` and `less`: than before.
COMPARATORS = ("at_least", "at_most", "more", "less")
#: What is counted.
UNITS = ("person", "household", "benefit_unit", "employer", "municipality", "meeting")
#: How whoever reports a figure knows it.
FIGURE_KINDS = ("registered", "self_rating", "estimate")

#: By what a release can compare groups of people, one at a time; never by casemanager. What a programme begins with.
BREAKDOWNS = ("group", "gender", "age_band", "route", "language", "arrival_period")
USUAL_BREAKDOWNS = ("group", "gender", "age_band")
