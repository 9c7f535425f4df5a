"""What a casemanager fills in: what changed in how somebody stands, and what somebody does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import format_date, gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    DecimalField,
    Field,
    RadioField,
    SelectChoice,
    SelectField,
    ValidationError,
)
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import TextInput

from survey import code_names
from survey.activities import Facts
from survey.clock import today
from survey.codes import HOURS_PER, MOST_HOURS, OBSERVED
from survey.editing import EditingForm
from survey.models import Activity, Observation, Participant
from survey.observations import Seen, impossible
from survey.typed import one_line

#: How far ahead an activity may be planned.
FURTHEST = timedelta(days=366 * 5)
#: What is sent where nothing is chosen.
NO_CHANGE = "no_change"
HOURS = re.compile(r"[0-9]{1,4}([.,][0-9]{1,2})?")
HOURS_PER_NAMES = {"week": _("a week"), "total": _("in total")}
#: The fields of ObservationForm, as they stand on it: (heading, fields).
PARTS = (
    (_("Work"), ("work_status", "work_hours", "contract", "support", "fit_level", "fit_field")),
    (_("Dutch language"), ("listening", "reading", "speaking", "writing")),
    (_("Civic integration"), ("target_group", "route", "exam", "exemption")),
)


class HoursField(DecimalField):
    """A number of hours, with a comma or a point."""

    widget = TextInput()

    def __init__(self, label: Any, **keywords: Any) -> None:
        super().__init__(label, render_kw={"inputmode": "decimal", "maxlength": 7}, **keywords)

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        typed = one_line(valuelist[0])
        self.data = None
        if typed and not HOURS.fullmatch(typed):
            raise ValueError(gettext("Write a number of hours, for example 24 or 12,5."))
        if typed:
            self.data = Decimal(typed.replace(",", "."))

    def _value(self) -> str:
        if self.raw_data:
            return one_line(str(self.raw_data[0]))
        return "" if self.data is None else code_names.number(float(self.data))


def at_most(hours: Decimal | None, most: int) -> None:
    if hours is not None and hours > most:
        raise ValidationError(gettext("Write a number from 0 to %(most)s.", most=most))


class SeenForm(FlaskForm):
    """When something was observed, and how one knows."""

    person: Participant

    observed_on = DateField(
        _("On which day?"), validators=[InputRequired(_("Write a date, for example 31-12-2026."))]
    )
    source = SelectField(
        _("How do you know?"),
        choices=[SelectChoice(code, name) for code, name in code_names.SOURCE_NAMES.items()],
    )

    @property
    def seen(self) -> Seen:
        return Seen(self.observed_on.data, self.source.data)

    def validate_observed_on(self, field: DateField) -> None:
        if field.data is None:
            return
        if field.data > today():
            raise ValidationError(gettext("This day is still to come. Write down what is so now."))
        problem = impossible(self.person, field.data)
        if problem:
            raise ValidationError(problem)

    def refuse(self, what: Field, there: Observation) -> None:
        """Another value stands there for that day."""
        told = gettext(
            "On this day it was: %(value)s. Correct that in the history, or choose another day.",
            value=code_names.value_name(there.what, there.value),
        )
        what.errors = [*what.errors, told]


class ObservationForm(SeenForm):
    """Only what changed is filled in; one date and one source for all. A field for each of OBSERVED is added below."""

    def __init__(self, person: Participant) -> None:
        super().__init__()
        self.person = person
        if not self.is_submitted():
            self.observed_on.data = today()

    @property
    def values(self) -> dict[str, str]:
        return {what: value for what in OBSERVED if (value := written(self[what].data))}

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = super().validate(extra_validators)
        if is_valid and not self.values:
            self.form_errors.append(gettext("Fill in at least one thing, or go back."))
            return False
        return is_valid

    def validate_work_hours(self, field: HoursField) -> None:
        at_most(field.data, MOST_HOURS["week"])


def written(value: Any) -> str:
    """As it is kept: a code, or a number without zeros that say nothing."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value == NO_CHANGE else str(value or "")


def _field(what: str, none: Any, **keywords: Any) -> Any:
    label = code_names.OBSERVED_NAMES[what]
    if OBSERVED[what] is None:
        return HoursField(label, **keywords)
    names = code_names.VALUE_NAMES[what]
    choices = [
        *([SelectChoice(NO_CHANGE, none)] if none else []),
        *(SelectChoice(code, names[code]) for code in names),
    ]
    if what == "ladder":
        return RadioField(label, choices=choices, **keywords)
    return SelectField(label, choices=choices, **keywords)


for _what in OBSERVED:
    _given = {"default": NO_CHANGE} if OBSERVED[_what] else {}
    setattr(ObservationForm, _what, _field(_what, _("No change"), validators=[Optional()], **_given))


class CorrectionForm(EditingForm, SeenForm):
    """One observation, put right. Made by `correction`, which adds the field `value`."""

    value: Field

    @property
    def written_value(self) -> str:
        return written(self.value.data)

    def validate_value(self, field: Field) -> None:
        if isinstance(field, HoursField):
            at_most(field.data, MOST_HOURS["week"])


def correction(observation: Observation) -> CorrectionForm:
    class Correction(CorrectionForm):
        value = _field(
            observation.what,
            None,
            validators=[InputRequired(gettext("Fill this in, or remove the observation."))],
        )

    known: Any = observation.value if OBSERVED[observation.what] else Decimal(observation.value)
    form = Correction(
        data={
            "value": known, "observed_on": observation.observed_on, "source": observation.source,
            "version": observation.version,
        }
    )  # fmt: skip
    form.person = observation.participant
    return form


class ActivityForm(EditingForm):
    kind = SelectField(_("What is it?"), validators=[InputRequired(_("Choose what it is."))])
    provider = SelectField(_("With whom?"), description=_("School, employer or club."), default="")
    started_on = DateField(
        _("First day"), validators=[InputRequired(_("Write a date, for example 31-12-2026."))]
    )
    ended_on = DateField(
        _("Last day"), description=_("Leave empty while it goes on. A planned day may lie ahead."),
        validators=[Optional()],
    )  # fmt: skip
    hours = HoursField(_("Hours"), validators=[Optional()])
    hours_per = RadioField(
        _("These hours are"), choices=[SelectChoice(code, HOURS_PER_NAMES[code]) for code in HOURS_PER],
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
        super().__init__(data=known_of(activity) if activity else {"started_on": today()}, **keywords)
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

    def validate_started_on(self, field: DateField) -> None:
        self._check_day(field)

    def validate_ended_on(self, field: DateField) -> None:
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

    def _check_day(self, field: DateField) -> None:
        if field.data is None:
            return
        if field.data > today() + FURTHEST:
            raise ValidationError(gettext("Check the year: this day is more than five years away."))
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
