"""What is filled in of a plan: a goal with its steps, an obstacle or a breakthrough, and the day both signed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    Form,
    FormField,
    HiddenField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional

from survey.casework.operations import id_from_form
from survey.casework.plan.document import PlannedGoal, Step
from survey.casework.plan.operations import GoalAsTyped
from survey.clock import today
from survey.codes import GOAL_STATES, LINK_KINDS, STEP_ACTORS
from survey.editing import EditingForm
from survey.languages import DEFAULT, LANGUAGES
from survey.opened import Lines
from survey.typed import A_DATE, DayField, one_line, paragraphs

LONGEST = 1000
LONGEST_LINE = 300
#: Empty lines for steps below those that are there; more come with each save.
EMPTY_STEPS = 2
MOST_STEPS = 30
#: With what others may have added meanwhile.
MOST_LINES = 3 * MOST_STEPS
STATE_NAMES = {
    "open": _("Not begun"), "busy": _("Working on it"), "reached": _("Reached"), "dropped": _("Stopped"),
}  # fmt: skip
ACTOR_NAMES = {
    "person": _("This person"), "casemanager": _("The casemanager"), "other": _("Someone else"),
}  # fmt: skip
LINK_NAMES = {"obstacle": _("Obstacle"), "breakthrough": _("Breakthrough")}


def offer(names: dict[str, Any]) -> list[SelectChoice]:
    return [SelectChoice(code, name) for code, name in names.items()]


def _text(label: str, description: str = "", longest: int = LONGEST) -> TextAreaField:
    too_long = _("Use at most %(max)d characters.")
    return TextAreaField(
        label,
        description=description,
        filters=[paragraphs],
        validators=[Length(max=longest, message=too_long)],
    )


def _line(label: str) -> StringField:
    too_long = _("Use at most %(max)d characters.")
    return StringField(label, filters=[one_line], validators=[Length(max=LONGEST_LINE, message=too_long)])


class StepForm(Form):
    """One line of who does what by when; one in which nothing was typed is not kept."""

    #: Which of the steps that are there it is; nothing of a new one.
    key = HiddenField()
    dutch = _line(_("What, in Dutch"))
    words = _line(_("The same in the language of this person"))
    actor = SelectField(_("Who"), choices=offer({code: ACTOR_NAMES[code] for code in STEP_ACTORS}))
    other = _line(_("Who else"))
    due_on = DayField(_("By which day"), validators=[Optional()])
    done_on = DayField(_("Done on"), validators=[Optional()])

    def validate_dutch(self, field: StringField) -> None:
        if self.is_begun and not field.data and not self.words.data:
            raise ValidationError(str(_("Write what happens.")))

    def validate_other(self, field: StringField) -> None:
        if self.actor.data == "other" and not field.data and (self.dutch.data or self.words.data):
            raise ValidationError(str(_("Write who it is.")))

    def validate_done_on(self, field: DayField) -> None:
        if field.data and field.data > today():
            raise ValidationError(str(_("This day is in the future. Choose today or an earlier day.")))

    @property
    def is_begun(self) -> bool:
        """Whether something of it was filled in; who does it says nothing where it is as it came."""
        words = (self.dutch.data, self.words.data, self.other.data)
        days = (*(self.due_on.raw_data or ()), *(self.done_on.raw_data or ()))
        return any((*words, *days)) or self.actor.data in STEP_ACTORS[1:]

    @property
    def step(self) -> Step:
        other = self.other.data if self.actor.data == "other" else ""
        return Step(
            self.words.data, self.dutch.data, self.actor.data, other, self.due_on.data, self.done_on.data
        )


class Steps(Lines):
    """Each line says which step it is."""

    def _add_entry(self, *arguments: Any, **keywords: Any) -> FormField:
        line = super()._add_entry(*arguments, **keywords)
        line.label.text = _("Step %(number)s", number=len(self.entries))
        return line


class GoalForm(EditingForm):
    #: Made when the form is shown: sent twice, it is still one goal.
    id = HiddenField()
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
        super().__init__(data=_filled(goal, language, version, keys))
        self.domain.choices = offer({"": _("Choose a domain"), **domains})
        self.language.choices = offer({code: one.name for code, one in LANGUAGES.items()})
        if not self.is_submitted():
            while len(self.steps) < min(MOST_STEPS, (len(goal.steps) if goal else 1) + EMPTY_STEPS):
                self.steps.append_entry()

    def validate_dutch(self, field: TextAreaField) -> None:
        if not field.data and not self.words.data:
            raise ValidationError(str(_("Write the goal in at least one language.")))

    @property
    def new_id(self) -> UUID:
        return id_from_form(UUID(self.id.data))

    def validate_id(self, field: HiddenField) -> None:
        _check_id(field)

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


def _check_id(field: HiddenField) -> None:
    try:
        UUID(field.data or "")
    except ValueError:
        raise ValidationError(str(_("Load this page again."))) from None


class LinkForm(EditingForm):
    id = HiddenField()
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
    def new_id(self) -> UUID:
        return id_from_form(UUID(self.id.data))

    @property
    def typed(self) -> dict[str, Any]:
        return {
            name: self[name].data for name in ("kind", "from_domain", "to_domain", "since", "until", "words")
        }

    def validate_id(self, field: HiddenField) -> None:
        _check_id(field)

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
