"""What a coordinator chooses about releases."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectMultipleField
from wtforms.widgets import CheckboxInput

from dashboard.pages import labels
from survey.codes import BREAKDOWNS


class MenuForm(FlaskForm):
    """By what groups of people are compared; nothing at all is a choice too."""

    breakdowns = SelectMultipleField(
        _("Compare people by"),
        description=_(
            "Fewer than 120 people are compared by the first two of these only; each 40 more add one."
        ),
        option_widget=CheckboxInput(),
        choices=[SelectChoice(code, labels.DIMENSIONS[code]) for code in BREAKDOWNS],
    )
