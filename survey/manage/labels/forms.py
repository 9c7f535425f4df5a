"""A label has a name, and nothing else."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from survey.editing import EditingForm
from survey.typed import no_overrides, one_line


class LabelForm(EditingForm):
    name = StringField(
        _("Name of the label"),
        description=_("A subject, not a person."),
        filters=[one_line],
        validators=[
            DataRequired(_("Write a name.")),
            no_overrides,
            Length(max=60, message=_("Use at most %(max)d characters.")),
        ],
    )

    def __init__(self, **values: Any) -> None:
        super().__init__(data={"version": 0, **values})
