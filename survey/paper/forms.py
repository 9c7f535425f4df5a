"""What staff send about paper."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from instruments.model import Item
from instruments.scoring import Answer, offered_answers
from survey.clock import today
from survey.languages import Language
from survey.paper.form import NON_ANSWER_KEYS
from survey.respond.forms import LONGEST_OPEN_ANSWER
from survey.respond.queries import Step
from survey.typed import DayField, one_line, words

TYPED = {key: answer for answer, key in NON_ANSWER_KEYS.items()}


class FormForm(FlaskForm):
    """How the form is to be printed."""

    language = SelectField(_("Language"))
    size = SelectField(
        _("Letters"),
        choices=[
            SelectChoice("normal", _("Normal")),
            SelectChoice("large", _("Large")),
            SelectChoice("largest", _("Very large")),
        ],
    )

    def __init__(self, offered: list[Language], **values: Any) -> None:
        super().__init__(**values)
        self.language.choices = [SelectChoice(language.code, language.name) for language in offered]


class EnvelopeForm(FlaskForm):
    """Which paper lies on the desk."""

    code = StringField(
        _("Code on the paper"), filters=[one_line], validators=[DataRequired(_("Type your code first."))]
    )
    answered_on = DayField(
        _("Date on the paper"),
        validators=[InputRequired(_("Fill in a date."))],
        default=today,
    )

    def validate_answered_on(self, field: Any) -> None:
        if field.data and field.data > today():
            raise ValidationError(_("This day is in the future. Choose today or an earlier day."))


class SheetForm(FlaskForm):
    """What stands on the paper besides answers."""

    #: Which paper it is: more than one may lie open, and signing in again must not lay it aside.
    paper = HiddenField()
    take_part = RadioField(
        _("Ticked at “Will you take part?”"),
        choices=[SelectChoice("yes", _("Yes")), SelectChoice("no", _("No"))],
        validators=[InputRequired(_("Choose one answer."))],
    )
    language = SelectField(_("Language of the paper"))
    text = TextAreaField(
        _("What was written, as it was written"),
        filters=[lambda text: words(text).strip()],
        validators=[
            Optional(),
            Length(max=LONGEST_OPEN_ANSWER, message=_("This is too long. Make it shorter.")),
        ],
    )
    may_quote = BooleanField(_("Ticked: my words may be shown, without my name"))

    def __init__(self, offered: list[Language], **values: Any) -> None:
        super().__init__(**values)
        self.language.choices = [SelectChoice(language.code, language.name) for language in offered]


class Typed:
    """The answers as they were typed: a code, or the letter beside a box. `wrong` are items whose typing is neither."""

    def __init__(self, steps: tuple[Step, ...], sent: Any) -> None:
        self.texts = {item.id: one_line(sent.get(item.id)) for step in steps for item in step.domain.items}
        self.answers: dict[tuple[str, str], dict[str, Answer]] = {step.place: {} for step in steps}
        self.wrong: set[str] = set()
        for step in steps:
            for item in step.domain.items:
                self._read(step, item)

    def _read(self, step: Step, item: Item) -> None:
        text = self.texts[item.id].lower()
        if not text:
            return
        answer = offered_answers(step.instrument, item.id).get(TYPED.get(text, text))
        if answer is None or text in NON_ANSWER_KEYS:
            self.wrong.add(item.id)
        else:
            self.answers[step.place][item.id] = answer

    @property
    def count(self) -> int:
        return sum(len(page) for page in self.answers.values())
