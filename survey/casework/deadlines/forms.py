"""What a casemanager fills in of a legal term."""

from __future__ import annotations

from typing import Any

from flask_babel import format_date, lazy_gettext
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, ValidationError
from wtforms.validators import InputRequired, Optional

from survey import beside, terms
from survey.clock import today
from survey.editing import EditingForm
from survey.models import Deadline
from survey.terms import EXTENSION_REASON_NAMES, Rule
from survey.typed import A_DATE, DayField


class ClockForm(EditingForm):
    started_on = DayField(validators=[InputRequired(A_DATE)])
    met_on = DayField(
        lazy_gettext("Done on"),
        description=lazy_gettext("Leave this empty as long as it is not done."),
        validators=[Optional()],
    )

    def __init__(self, rules: list[Rule], deadline: Deadline | None, **keywords: Any) -> None:
        known: dict[str, Any] = {"version": 0}
        if deadline is not None:
            known = {name: getattr(deadline, name) for name in ("started_on", "met_on", "version")}
        super().__init__(data=known, **keywords)
        self.rules = rules
        self.started_on.label.text = terms.STARTS[rules[0].starts]

    def validate_started_on(self, field: DayField) -> None:
        if field.data is None:
            return
        if field.data > today():
            raise ValidationError(_("This day is in the future. Choose today or an earlier day."))
        if terms.holding(self.rules, field.data) is None:
            first = min(rule.valid_from for rule in self.rules)
            last = max(rule.valid_until for rule in self.rules)
            raise ValidationError(
                _(
                    "The rules we have hold from %(first)s until %(last)s.",
                    first=format_date(first, "medium"), last=format_date(min(last, today()), "medium"),
                )
            )  # fmt: skip

    def validate_met_on(self, field: DayField) -> None:
        if field.data and field.data > today():
            raise ValidationError(_("This day is in the future. Choose today or an earlier day."))
        if field.data and self.started_on.data and field.data < self.started_on.data:
            raise ValidationError(_("This is before the day on which the term starts."))


class ExtensionForm(FlaskForm):
    until = DayField(lazy_gettext("New last day"), validators=[InputRequired(A_DATE)])
    reason = SelectField(lazy_gettext("Why"), validators=[InputRequired(lazy_gettext("Choose a reason."))])
    decided_on = DayField(lazy_gettext("Decided on"), default=today, validators=[InputRequired(A_DATE)])

    def __init__(self, deadline: Deadline, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.deadline = deadline
        named = [("", lazy_gettext("Choose a reason")), *EXTENSION_REASON_NAMES.items()]
        self.reason.choices = [SelectChoice(code, name) for code, name in named]

    @property
    def is_blank(self) -> bool:
        """Whether nothing was chosen; the day of the decision stands there by itself."""
        return not (self.until.raw_data and self.until.raw_data[0]) and not self.reason.data

    @property
    def both(self) -> list[beside.Row]:
        """What was typed beside the newest extension."""
        newest = max(self.deadline.extensions, key=lambda one: one.until, default=None)
        for field in (self.until, self.reason, self.decided_on):
            field.object_data = getattr(newest, field.name, None)
        return [] if self.is_blank else beside.rows([self.until, self.reason, self.decided_on])

    def validate_until(self, field: DayField) -> None:
        if field.data and field.data <= self.deadline.due_on:
            raise ValidationError(_("This is not later than the last day until now."))
        if field.data and field.data.year > today().year + 10:
            raise ValidationError(_("Check the year: this day is more than ten years before or after today."))

    def validate_decided_on(self, field: DayField) -> None:
        if field.data and field.data > today():
            raise ValidationError(_("This day is in the future. Choose today or an earlier day."))
