"""What a casemanager fills in of a household: numbers, and whom to look for."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, StringField, ValidationError
from wtforms.validators import DataRequired, NumberRange, Optional

from survey.editing import EditingForm
from survey.models import Household
from survey.typed import one_line

#: Above this it is a slip of the keyboard.
MOST = 25
TOO_MANY = lazy_gettext("Write a number between 0 and 25.")


class NumbersForm(EditingForm):
    size = IntegerField(
        lazy_gettext("How many people live there"),
        description=lazy_gettext("Also those who do not take part here."),
        validators=[Optional(), NumberRange(1, MOST, lazy_gettext("Write a number between 1 and 25."))],
    )
    children = IntegerField(
        lazy_gettext("How many of them are children"), validators=[Optional(), NumberRange(0, MOST, TOO_MANY)]
    )

    def __init__(self, household: Household | None, **keywords: Any) -> None:
        super().__init__(obj=household, data={"version": household.version if household else 0}, **keywords)

    def validate_children(self, field: IntegerField) -> None:
        if field.data is not None and self.size.data is not None and field.data > self.size.data:
            raise ValidationError(_("There are more children than people."))


class LookForm(FlaskForm):
    """Sent by POST: a name is in no address."""

    search = StringField(
        lazy_gettext("Name or pseudonym"),
        filters=[one_line],
        validators=[DataRequired(lazy_gettext("Type a part of the name first."))],
    )


class AddForm(FlaskForm):
    same_benefit = BooleanField(lazy_gettext("Shares one benefit with this person"))
