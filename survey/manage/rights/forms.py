"""How long things are kept, on what ground, and why a removal is put off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, StringField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from survey.clock import today
from survey.codes import KEPT_KINDS
from survey.privacy.retention import FURTHEST, RULES
from survey.typed import A_DATE, DayField, WholeField

KIND_NAMES = {
    "codes": _("Codes"),
    "identity": _("Names and contacts"),
    "open_answers": _("Answers in own words"),
    "casework": _("Plans, notes and intakes"),
    "answers": _("Answers and facts"),
}
BASIS_NAMES = {
    "consent": _("Consent of each person (GDPR 6.1.a and 9.2.a)"),
    "public_task": _("Public task, for statistics (GDPR 6.1.e and 9.2.j)"),
}


def _months(kind: str) -> WholeField:
    bounds = RULES[kind]
    message = _("Write a number of months from %(least)s to %(most)s.", least=bounds.least, most=bounds.most)
    return WholeField(
        KIND_NAMES[kind],
        description=_("In months, from %(least)s to %(most)s.", least=bounds.least, most=bounds.most),
        validators=[InputRequired(message), NumberRange(bounds.least, bounds.most, message)],
    )


class RulesForm(FlaskForm):
    codes = _months("codes")
    identity = _months("identity")
    open_answers = _months("open_answers")
    casework = _months("casework")
    answers = _months("answers")
    basis = RadioField(
        _("On what ground do you ask people to take part?"),
        description=_("Your privacy officer decides. Quoting always takes consent."),
        choices=[SelectChoice(code, name) for code, name in BASIS_NAMES.items()],
    )

    @property
    def months(self) -> dict[str, int]:
        return {kind: self[kind].data for kind in KEPT_KINDS}


class PutOffForm(FlaskForm):
    until = DayField(_("Remove it on"), validators=[InputRequired(A_DATE)])
    reason = StringField(
        _("Why?"),
        description=_("Name no person here."),
        filters=[lambda text: " ".join((text or "").replace("\x00", "").split())],
        validators=[
            DataRequired(_("Say why it must be kept longer.")),
            Length(max=300, message=_("Use at most 300 characters.")),
        ],
    )

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.first, self.last = today() + timedelta(days=1), today() + timedelta(days=FURTHEST)
        self.until.render_kw = {"min": self.first.isoformat(), "max": self.last.isoformat()}

    def validate_until(self, field: Any) -> None:
        if field.data is not None and not self.first <= field.data <= self.last:
            raise ValidationError(str(_("Choose a day in the coming year.")))
