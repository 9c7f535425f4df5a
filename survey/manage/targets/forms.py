"""What is filled in of a result, of a target of one measure, and of a figure that somebody reports."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    DecimalField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import TextInput

from survey import code_names
from survey.clock import today
from survey.code_names import GROUP_NAMES
from survey.codes import FIGURE_KINDS, GROUPS
from survey.editing import EditingForm
from survey.measures import ABOUT_NAMES, COMPARATOR_NAMES, FIGURE_KIND_NAMES, UNIT_NAMES, Measure, choices
from survey.models import Figure, Programme, Target
from survey.typed import A_DATE, DayField, WholeField, one_line, paragraphs

NUMBER = re.compile(r"[0-9]{1,6}([.,][0-9]{1,2})?")
THAN_BEFORE = ("more", "less")
TOO_LONG = _("Use at most %(max)d characters.")
NOBODY = _("Do not write the names of people.")


class NumberField(DecimalField):
    """A number with a comma or a point, as this language writes it."""

    widget = TextInput()

    def __init__(self, label: Any, **keywords: Any) -> None:
        super().__init__(label, render_kw={"inputmode": "decimal", "maxlength": 9}, **keywords)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        typed = one_line(valuelist[0]) if valuelist else ""
        if typed and not NUMBER.fullmatch(typed):
            raise ValueError(gettext("Write a number, for example 40 or 12,5."))
        if typed:
            self.data = Decimal(typed.replace(",", "."))

    def _value(self) -> str:
        if self.raw_data:
            return one_line(str(self.raw_data[0]))
        return "" if self.data is None else code_names.number(float(self.data))


def _line(label: Any, most: int, description: Any = "", required: Any = None) -> StringField:
    needed = [DataRequired(required)] if required else []
    return StringField(
        label, description=description, filters=[one_line], validators=[*needed, Length(max=most, message=TOO_LONG)]
    )  # fmt: skip


def _text(label: Any, most: int, description: Any = "") -> TextAreaField:
    return TextAreaField(
        label, description=description, filters=[paragraphs], validators=[Length(max=most, message=TOO_LONG)]
    )


def _offer(names: dict[str, Any]) -> list[SelectChoice]:
    return [SelectChoice(code, name) for code, name in names.items()]


class ResultForm(EditingForm):
    title = _line(
        _("What should come of it"), 200, _("In a few words. For example: More people take part."), _("Write a title.")
    )  # fmt: skip
    explanation = _text(_("What is meant by it"), 1000, NOBODY)


class TargetForm(EditingForm):
    """Which fields there are depends on the measure."""

    about = SelectField()
    #: Of a figure that is reported; kept where others have what they are about.
    name = _line(
        _("What is reported"), 60,
        _("In a few words, so that two figures can be told apart. For example: Meetings about health in a year."),
        _("Write in a few words what is reported."),
    )  # fmt: skip
    comparator = SelectField(_("How it is compared"))
    value = NumberField(_("Target"), validators=[Optional()])
    group = SelectField(
        _("Of whom"), choices=_offer({"": _("Everybody"), **{code: GROUP_NAMES[code] for code in GROUPS}})
    )
    unit = SelectField(
        _("What is counted"),
        description=_("A household or a benefit counts as soon as one of its people does."),
    )
    by_date = DayField(_("By which day"), validators=[Optional()])
    owner = _line(_("Who is responsible"), 100, _("A role or a department, not a name."))
    source = _text(_("Where it stands"), 500, _("The sentence, and the document that it comes from."))
    caveat = _text(_("What to mind"), 500, _("For example that it is about another group or another moment."))

    def __init__(
        self, measure: Measure, programme: Programme, language: str, target: Target | None, **keywords: Any
    ) -> None:
        super().__init__(data=_filled(measure, target), **keywords)
        self.measure = measure
        self.comparator.choices = _offer({code: COMPARATOR_NAMES[code] for code in measure.comparators})
        self.unit.choices = _offer({code: UNIT_NAMES[code] for code in measure.units})
        self.value.description = _VALUE_HINTS[measure.kind]
        if measure.about is None:
            del self.about
        else:
            self.about.label.text = ABOUT_NAMES[measure.about]
            self.about.choices = _offer(_and_what_was(choices(measure.about, programme, language), target))
        if not measure.is_told:
            del self.name
        if len(measure.units) == 1:
            del self.unit

    def validate_value(self, field: NumberField) -> None:
        if field.data is None:
            return
        if self.comparator.data in THAN_BEFORE:
            raise ValidationError(
                str(_("Than before needs no number. Leave it empty, or choose “at least”."))
            )
        if self.measure.kind == "share" and field.data > 100:
            raise ValidationError(str(_("A percentage is at most 100.")))

    @property
    def values(self) -> dict[str, Any]:
        names = ("about", "comparator", "group", "unit", "by_date", "owner", "source", "caveat")
        found = {name: self[name].data for name in names if name in self}
        found |= {name: found[name] or None for name in ("about", "group") if name in found}
        if "name" in self:
            found["about"] = self.name.data
        return {**found, "value": stored(self.measure, self.value.data)}


_VALUE_HINTS = {
    "share": _("A percentage, for example 40. Leave it empty where no number was agreed."),
    "points": _("Points on the scale of the questions. Leave it empty where no number was agreed."),
    "number": _("Leave it empty where no number was agreed."),
}


def _filled(measure: Measure, target: Target | None) -> dict[str, Any]:
    if target is None:
        return {"version": 0}
    names = ("version", "about", "comparator", "group", "unit", "by_date", "owner", "source", "caveat")
    kept = {name: getattr(target, name) for name in names}
    return {
        **kept,
        "group": target.group or "",
        "about": target.about or "",
        "name": target.about or "",
        "value": typed(measure, target.value),
    }


def _and_what_was(offered: dict[str, Any], target: Target | None) -> dict[str, Any]:
    """What a programme no longer offers, such as a domain that it does not ask, stays what it was."""
    kept = target.about if target is not None else None
    return offered if kept is None or kept in offered else {**offered, kept: kept}


def stored(measure: Measure, value: Decimal | None) -> float | None:
    if value is None:
        return None
    return float(value / 100 if measure.kind == "share" else value)


def typed(measure: Measure, value: float | None) -> Decimal | None:
    """As it is typed: shares in percentages."""
    if value is None:
        return None
    return round(Decimal(str(value)) * (100 if measure.kind == "share" else 1), 2).normalize()


class FigureForm(FlaskForm):
    as_of = DayField(
        _("Of which day"), validators=[InputRequired(A_DATE)], default=today
    )  # fmt: skip
    value = NumberField(_("Figure"), validators=[InputRequired(_("Write a number, for example 40 or 12,5."))])
    base = WholeField(
        _("Of how many"), description=_("The number of people, households or others that it is about."),
        validators=[Optional(), NumberRange(1, 10_000_000, _("Write a whole number above zero."))],
    )  # fmt: skip
    kind = SelectField(
        _("How it is known"), choices=_offer({code: FIGURE_KIND_NAMES[code] for code in FIGURE_KINDS})
    )
    source = _text(_("Where it comes from"), 500, NOBODY)
    caveat = _text(_("What to mind"), 500)

    def __init__(self, measure: Measure, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.measure = measure
        if measure.kind == "share":
            self.value.description = _("A percentage, for example 40.")

    def validate_value(self, field: NumberField) -> None:
        if field.data is not None and self.measure.kind == "share" and field.data > 100:
            raise ValidationError(str(_("A percentage is at most 100.")))

    def validate_as_of(self, field: DayField) -> None:
        if field.data and field.data > today():
            raise ValidationError(str(_("This day is in the future. Choose today or an earlier day.")))

    def validate_source(self, field: TextAreaField) -> None:
        if not field.data:
            raise ValidationError(str(_("Write where this figure comes from.")))

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed yet; the rest stands there by itself."""
        return not any(
            field.raw_data and one_line(field.raw_data[0])
            for field in (self.value, self.base, self.source, self.caveat)
        )

    @property
    def values(self) -> dict[str, Any]:
        return {
            "value": stored(self.measure, self.value.data), "base": self.base.data, "kind": self.kind.data,
            "source": self.source.data, "caveat": self.caveat.data,
        }  # fmt: skip


def in_words(measure: Measure, value: float | None) -> str:
    """A percentage, points or a number, as this language writes it; empty where there is none."""
    amount = typed(measure, value)
    if amount is None:
        return ""
    written = code_names.number(float(amount))
    return gettext("%(number)s%%", number=written) if measure.kind == "share" else written


def newest(figures: list[Figure]) -> Figure | None:
    return figures[-1] if figures else None
