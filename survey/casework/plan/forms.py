"""What is filled in of a plan: a goal with its steps, an obstacle or a breakthrough, and the day both signed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import FormField, HiddenField, SelectField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from survey.casework.once import OnceForm
from survey.casework.plan.document import PlannedGoal
from survey.casework.plan.operations import GoalAsTyped
from survey.casework.plan.step_forms import MOST_LINES, MOST_STEPS, StepForm, Steps, offer, sent
from survey.clock import today
from survey.codes import GOAL_STATES, LINK_KINDS
from survey.editing import EditingForm
from survey.languages import DEFAULT, LANGUAGES
from survey.typed import A_DATE, DayField, paragraphs

LONGEST = 1000
#: Empty lines for steps below those that are there; more come with each save.
EMPTY_STEPS = 2
STATE_NAMES = {
    "open": _("Not begun"), "busy": _("Working on it"), "reached": _("Reached"), "dropped": _("Stopped"),
}  # fmt: skip
LINK_NAMES = {"obstacle": _("Obstacle"), "breakthrough": _("Breakthrough")}


def _text(label: str, description: str = "", longest: int = LONGEST) -> TextAreaField:
    too_long = _("Use at most %(max)d characters.")
    return TextAreaField(
        label,
        description=description,
        filters=[paragraphs],
        validators=[Length(max=longest, message=too_long)],
    )


class GoalForm(OnceForm, EditingForm):
    domain = SelectField(_("Domain"), validators=[InputRequired(_("Choose a domain."))])
    state = SelectField(_("How it stands"), choices=offer({code: STATE_NAMES[code] for code in GOAL_STATES}))
    words = _text(_("What this person wants, in their own words"))
    language = SelectField(_("In which language these words are"))
    dutch = _text(_("The same in Dutch"))
    steps = Steps(FormField(StepForm), max_entries=MOST_LINES)

    def __init__(
        self, domains: dict[str, str], goal: PlannedGoal | None, language: str | None, version: int,
        keys: Sequence[UUID] = (),
    ) -> None:  # fmt: skip
        """`keys`: which steps those of the goal are."""
        super().__init__(sent(keys), data=_filled(goal, language, version, keys))
        self.domain.choices = offer({"": _("Choose a domain"), **domains})
        self.language.choices = offer({code: one.name for code, one in LANGUAGES.items()})
        if not self.is_submitted():
            while len(self.steps) < min(MOST_STEPS, (len(goal.steps) if goal else 1) + EMPTY_STEPS):
                self.steps.append_entry()

    def validate_dutch(self, field: TextAreaField) -> None:
        if not field.data and not self.words.data:
            raise ValidationError(str(_("Write the goal in at least one language.")))

    @property
    def typed(self) -> GoalAsTyped:
        steps = [(line.form.key.data, line.form.step) for line in self.steps if line.form.is_begun]
        return GoalAsTyped(
            self.domain.data, self.language.data, self.words.data, self.dutch.data, self.state.data, steps
        )


def _filled(
    goal: PlannedGoal | None, language: str | None, version: int, keys: Sequence[UUID]
) -> dict[str, Any]:
    known = language if language in LANGUAGES else DEFAULT
    if goal is None:
        return {"id": str(uuid4()), "language": known, "version": version}
    steps = [{"key": str(key), **vars(step)} for key, step in zip(keys, goal.steps, strict=True)]
    return {
        "id": str(uuid4()), "version": version, "domain": goal.domain, "words": goal.words, "dutch": goal.dutch,
        "language": goal.language, "state": goal.state, "steps": steps,
    }  # fmt: skip


class LinkForm(OnceForm, EditingForm):
    kind = SelectField(_("What it is"), choices=offer({code: LINK_NAMES[code] for code in LINK_KINDS}))
    from_domain = SelectField(_("From"), validators=[InputRequired(_("Choose a domain under “From”."))])
    to_domain = SelectField(_("To"), validators=[InputRequired(_("Choose a domain under “To”."))])
    since = DayField(_("Since"), validators=[InputRequired(A_DATE)])
    until = DayField(
        _("Until, or solved on"),
        description=_("Leave it empty while it lasts."),
        validators=[Optional()],
    )
    words = _text(_("In words"))

    def __init__(self, domains: dict[str, str], values: dict[str, Any]) -> None:
        super().__init__(data={"id": str(uuid4()), "since": today(), "version": 0, **values})
        for field in (self.from_domain, self.to_domain):
            field.choices = offer({"": _("Choose a domain"), **domains})

    @property
    def typed(self) -> dict[str, Any]:
        return {
            name: self[name].data for name in ("kind", "from_domain", "to_domain", "since", "until", "words")
        }

    def validate_to_domain(self, field: SelectField) -> None:
        if field.data and field.data == self.from_domain.data:
            raise ValidationError(str(_("Choose another domain than the one it comes from.")))

    def validate_since(self, field: DayField) -> None:
        if field.data and field.data > today():
            raise ValidationError(str(_("This day is in the future. Choose today or an earlier day.")))

    def validate_until(self, field: DayField) -> None:
        if field.data and field.data > today():
            raise ValidationError(str(_("This day is in the future. Choose today or an earlier day.")))
        if field.data and self.since.data and field.data < self.since.data:
            raise ValidationError(str(_("This day is before the day on which it began.")))


class SettleForm(FlaskForm):
    signed_on = DayField(
        _("Day on which both of you signed"), validators=[InputRequired(A_DATE)], default=today
    )
    #: What the page showed: another plan than that is not settled.
    seen = HiddenField()

    def validate_signed_on(self, field: DayField) -> None:
        if field.data and field.data > today():
            raise ValidationError(str(_("This day is in the future. Choose today or an earlier day.")))
