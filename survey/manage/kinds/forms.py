"""A kind of activity, or a provider: a name, and whether it is offered."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length

from survey import code_names
from survey.codes import STANDARD_KINDS
from survey.editing import EditingForm
from survey.typed import no_overrides, one_line


def _name(description: Any) -> StringField:
    return StringField(
        _("Name"), description=description, filters=[one_line],
        validators=[
            DataRequired(_("Write a name.")), no_overrides,
            Length(max=100, message=_("Use at most 100 characters.")),
        ],
    )  # fmt: skip


class ListedForm(EditingForm):
    name: StringField
    in_use = BooleanField(
        _("Can be chosen"), default=True,
        description=_("Without this it is not offered any more. Activities that have it keep it."),
    )  # fmt: skip

    def refuse_name(self, message: str) -> None:
        self.name.errors = [*self.name.errors, message]


class KindForm(ListedForm):
    name = _name(_("As casemanagers know it. For example: Language café."))
    standard = SelectField(
        _("Counts as"),
        description=_("So that it can be counted together with what others call otherwise."),
        choices=[SelectChoice(kind, code_names.STANDARD_KIND_NAMES[kind]) for kind in STANDARD_KINDS],
        default="course",
    )


class ProviderForm(ListedForm):
    name = _name(_("A school, employer, club or company. Not the name of a person."))
