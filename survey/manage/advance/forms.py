"""What is filled in about what is named in advance."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import SelectChoice, SelectField, SelectMultipleField, ValidationError
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import CheckboxInput

from survey.editing import EditingForm
from survey.forgery import mark
from survey.manage.advance.operations import MOST_DOMAINS, InAdvance
from survey.manage.targets.forms import NumberField
from survey.models import Programme


class InAdvanceForm(EditingForm):
    domains = SelectMultipleField(
        _("In which domains do you most want to see change?"),
        description=_("At most three. In these, a change has to pass a test that is strict but fair."),
        option_widget=CheckboxInput(),
    )
    chosen_on = SelectField(_("Were people chosen because of a low score?"))
    chosen_from_mean = NumberField(
        _("Mean score of all people among whom you chose"),
        description=_(
            "People with a low score score higher the next time, also by chance. This tells how much."
        ),
        validators=[Optional(), NumberRange(0, 10, message=_("Write a score from 0 to 10."))],
    )
    retest_r = NumberField(
        _("How strongly do two measurements agree when nothing changes?"),
        description=_("From 0 to 1. Leave it empty if you do not know it."),
        validators=[Optional(), NumberRange(0, 1, message=_("Write a number from 0 to 1."))],
    )

    def __init__(self, programme: Programme, names: dict[str, str]) -> None:
        known = {
            "domains": programme.primary_domains, "chosen_on": programme.chosen_on or "",
            "chosen_from_mean": programme.chosen_from_mean, "retest_r": programme.retest_r,
        }  # fmt: skip
        self.programme = programme
        super().__init__(data={**known, "version": self._mark(self._named_before)})
        offered = [SelectChoice(code, name) for code, name in names.items()]
        self.domains.choices = offered
        self.chosen_on.choices = [SelectChoice("", gettext("No")), *offered]

    @cached_property
    def was_changed(self) -> bool:
        """By somebody else, since the page was shown."""
        return self.is_submitted() and self.differs_from(
            self._mark(self._named_before), self._mark(self.named)
        )

    def _mark(self, named: InAdvance) -> str:
        return mark(self.programme.id, named)

    @property
    def _named_before(self) -> InAdvance:
        known = self.programme
        return InAdvance(known.primary_domains, known.chosen_on, known.chosen_from_mean, known.retest_r)

    def validate_domains(self, field: Any) -> None:
        if len(field.data) > MOST_DOMAINS:
            raise ValidationError(gettext("Name at most three domains."))

    def validate_chosen_on(self, field: Any) -> None:
        if field.data and self.chosen_from_mean.data is None and not self.chosen_from_mean.errors:
            raise ValidationError(gettext("Fill in the mean score of all people among whom you chose."))

    @property
    def named(self) -> InAdvance:
        """Without a domain on which people were chosen, the numbers say nothing."""
        mean, r = (
            None if field.data is None else float(field.data)
            for field in (self.chosen_from_mean, self.retest_r)
        )
        chosen = (self.chosen_on.data, mean, r) if self.chosen_on.data else (None, None, None)
        return InAdvance(self.domains.data or [], *chosen)
