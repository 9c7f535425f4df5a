"""Which events an administrator wants to see; stands in the address, so that a page can be kept."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, StringField, ValidationError
from wtforms.validators import Length, Optional

from survey.manage.audit_log import words
from survey.manage.audit_log.queries import Filter
from survey.typed import DayField, one_line


class FilterForm(FlaskForm):
    class Meta:
        csrf = False

    person = StringField(_("Pseudonym"), filters=[one_line], validators=[Length(max=60)])
    colleague = StringField(
        _("E-mail address of a colleague"), filters=[one_line], validators=[Length(max=255)]
    )
    action = SelectField(_("What was done"), validate_choice=False)
    since = DayField(_("From"), validators=[Optional()])
    until = DayField(_("Up to and including"), validators=[Optional()])

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        choices = sorted(words.ACTIONS.items(), key=lambda action: str(action[1]))
        self.action.choices = [
            SelectChoice("", str(_("Everything"))),
            *(SelectChoice(*each) for each in choices),
        ]

    def validate_until(self, field: DayField) -> None:
        if self.since.data and field.data and field.data < self.since.data:
            raise ValidationError(_("This day comes before the first one."))

    @property
    def chosen(self) -> Filter:
        return Filter(
            person=self.person.data or "", colleague=self.colleague.data or "", action=self.action.data or "",
            since=self.since.data, until=self.until.data,
        )  # fmt: skip

    @property
    def kept(self) -> dict[str, str]:
        """The filter as it stands in an address."""
        return {name: str(value) for name, value in self.data.items() if value}
