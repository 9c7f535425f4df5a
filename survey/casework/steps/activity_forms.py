"""What a casemanager fills in about what somebody does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import format_date, gettext
from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectChoice, SelectField, ValidationError
from wtforms.validators import InputRequired, Optional

from survey import code_names
from survey.activities import Facts
from survey.casework.steps.forms import HoursField, at_most
from survey.clock import today
from survey.codes import HOURS_PER, MOST_HOURS
from survey.editing import NEW, EditingForm
from survey.models import Activity, Participant
from survey.observations import impossible
from survey.typed import A_DATE, DayField

#: How far ahead an activity may be planned.
FURTHEST = timedelta(days=366 * 5)


class ActivityForm(EditingForm):
    kind = SelectField(_("What is it?"), validators=[InputRequired(_("Choose what it is."))])
    provider = SelectField(_("With whom?"), description=_("School, employer or club."), default="")
    started_on = DayField(_("First day"), validators=[InputRequired(A_DATE)])
    ended_on = DayField(
        _("Last day"), description=_("Leave empty while it goes on. A planned day may lie ahead."),
        validators=[Optional()],
    )  # fmt: skip
    hours = HoursField(_("Hours"), validators=[Optional()])
    hours_per = RadioField(
        _("These hours are"), choices=[SelectChoice(code, code_names.HOURS_PER_NAMES[code]) for code in HOURS_PER],
        default="week",
    )  # fmt: skip
    outcome = SelectField(_("What came of it?"), default="")
    end_reason = SelectField(_("Why did it end?"), default="")
    became = SelectField(
        _("Which activity did it become?"),
        description=_("For example: a one-off job that became lasting work. Add that one first."),
        default="",
    )

    def __init__(
        self, person: Participant, kinds: Iterable[tuple[str, Any]], providers: Iterable[tuple[str, str]],
        others: Iterable[Activity], activity: Activity | None = None, **keywords: Any,
    ) -> None:  # fmt: skip
        super().__init__(
            data=known_of(activity) if activity else {"started_on": today(), "version": NEW}, **keywords
        )
        self.person = person
        self.kind.choices = [*([] if activity else [SelectChoice("", _("Choose"))]), *_offer(kinds)]
        self.provider.choices = [SelectChoice("", _("Not filled in")), *_offer(providers)]
        self.outcome.choices = [SelectChoice("", _("Not known yet")), *_named(code_names.OUTCOME_NAMES)]
        self.end_reason.choices = [SelectChoice("", _("Not filled in")), *_named(code_names.END_REASON_NAMES)]
        itself = activity.id if activity else None
        self.others = {str(one.id): one for one in others if one.id != itself}
        named = [(other, _told(one)) for other, one in self.others.items()]
        self.became.choices = [SelectChoice("", _("Nothing")), *_offer(named)]

    @property
    def facts(self) -> Facts:
        hours = self.hours.data
        return Facts(
            self.kind.data, _id(self.provider.data), self.started_on.data, self.ended_on.data,
            None if hours is None else float(hours), self.hours_per.data, self.outcome.data or None,
            self.end_reason.data or None, _id(self.became.data),
        )  # fmt: skip

    def validate_started_on(self, field: DayField) -> None:
        self._check_day(field)

    def validate_ended_on(self, field: DayField) -> None:
        self._check_day(field)
        if self.started_on.data and field.data and field.data < self.started_on.data:
            raise ValidationError(gettext("The last day is before the first day."))

    def validate_hours(self, field: HoursField) -> None:
        at_most(field.data, MOST_HOURS.get(self.hours_per.data or "", MOST_HOURS["week"]))

    def validate_end_reason(self, field: SelectField) -> None:
        if field.data and not self.ended_on.data:
            raise ValidationError(gettext("Fill in the last day too."))

    def validate_became(self, field: SelectField) -> None:
        other, started_on = self.others.get(field.data or ""), self.started_on.data
        if other is not None and started_on and other.started_on < started_on:
            raise ValidationError(gettext("That activity began before this one."))

    def _check_day(self, field: DayField) -> None:
        if field.data is None:
            return
        if field.data > today() + FURTHEST:
            raise ValidationError(
                gettext("Check the year: this day is more than five years before or after today.")
            )
        problem = impossible(self.person, field.data)
        if problem:
            raise ValidationError(problem)


def known_of(activity: Activity) -> Mapping[str, Any]:
    """As the form holds it."""
    return {
        "kind": str(activity.kind_id or activity.standard),
        "provider": str(activity.provider_id or ""),
        "started_on": activity.started_on,
        "ended_on": activity.ended_on,
        "hours": None if activity.hours is None else Decimal(str(activity.hours)),
        "hours_per": activity.hours_per,
        "outcome": activity.outcome or "",
        "end_reason": activity.end_reason or "",
        "became": str(activity.became_id or ""),
        "version": activity.version,
    }


def _told(activity: Activity) -> str:
    return gettext(
        "%(kind)s, from %(day)s",
        kind=code_names.kind_name(activity),
        day=format_date(activity.started_on, "medium"),
    )


def _named(names: Mapping[str, Any]) -> list[SelectChoice]:
    return _offer(names.items())


def _offer(choices: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in choices]


def _id(value: str | None) -> UUID | None:
    return UUID(value) if value else None
