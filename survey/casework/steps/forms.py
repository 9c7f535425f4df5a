"""What a casemanager fills in about how somebody stands, and puts right."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
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
from survey.clock import today
from survey.codes import MOST_HOURS, OBSERVED
from survey.editing import EditingForm
from survey.models import Observation, Participant
from survey.observations import Seen, impossible
from survey.typed import A_DATE, DayField, InPageOrder, one_line

#: What is sent where nothing is chosen.
NO_CHANGE = "no_change"
HOURS = re.compile(r"[0-9]{1,4}([.,][0-9]{1,2})?")
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

    observed_on = DayField(_("On which day?"), validators=[InputRequired(A_DATE)])
    source = SelectField(
        _("How do you know?"),
        choices=[SelectChoice(code, name) for code, name in code_names.SOURCE_NAMES.items()],
    )

    @property
    def seen(self) -> Seen:
        return Seen(self.observed_on.data, self.source.data)

    def validate_observed_on(self, field: DayField) -> None:
        if field.data is None:
            return
        if field.data > today():
            raise ValidationError(gettext("This day is in the future. Choose today or an earlier day."))
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


for _what in ("ladder", *(_one for _heading, _ones in PARTS for _one in _ones)):
    _given = {"default": NO_CHANGE} if OBSERVED[_what] else {}
    setattr(ObservationForm, _what, _field(_what, _("No change"), validators=[Optional()], **_given))


class CorrectionForm(InPageOrder, EditingForm, SeenForm):
    """One observation, put right. Made by `correction`, which adds the field `value`."""

    first = ("value",)
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
