"""What a casemanager fills in of a household: numbers, and whom to look for."""

from __future__ import annotations

from functools import cached_property

from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from wtforms import HiddenField, StringField, ValidationError
from wtforms.validators import NumberRange, Optional

from survey.editing import EditingForm
from survey.models import Household
from survey.typed import WholeField, one_line

#: Above this it is a slip of the keyboard.
MOST = 25
TOO_MANY = lazy_gettext("Write a number between 0 and 25.")


class HouseholdForm(EditingForm):
    """The whole page. Sent by POST, the search too: a name is in no address."""

    size = WholeField(
        lazy_gettext("How many people live there"),
        description=lazy_gettext("Also those who do not take part here."),
        validators=[Optional(), NumberRange(1, MOST, lazy_gettext("Write a number between 1 and 25."))],
    )
    children = WholeField(
        lazy_gettext("How many of them are children"), validators=[Optional(), NumberRange(0, MOST, TOO_MANY)]
    )
    search = StringField(lazy_gettext("Name or pseudonym"), filters=[one_line])
    not_kept = ("search",)
    #: What was looked for last: Enter in the search field looks for something else, and afterwards it saves.
    searched = HiddenField(filters=[one_line])

    def __init__(self, household: Household | None, *, more: int = 0) -> None:
        """`more`: how many people this request adds, or takes out."""
        super().__init__(obj=household, data={"version": household.version if household else 0})
        self.household = household
        #: How many stand in the register; before anybody does, it is the household of one person.
        self.known = more + (len(household.members) if household else 1)

    @property
    def has_new_search(self) -> bool:
        return bool(self.search.data) and self.search.data != self.searched.data

    @cached_property
    def was_changed(self) -> bool:
        """By somebody else, since the page was shown."""
        return self.is_submitted() and self.is_stale(self.household)

    @property
    def has_new_numbers(self) -> bool:
        kept = (self.household.size, self.household.children) if self.household else (None, None)
        return (self.size.data, self.children.data) != kept

    def validate_size(self, field: WholeField) -> None:
        if field.data is not None and 0 < field.data < self.known:
            raise ValidationError(
                ngettext(
                    "%(num)s person of this household takes part here, so at least as many live there.",
                    "%(num)s people of this household take part here, so at least as many live there.",
                    self.known,
                )
            )

    def validate_children(self, field: WholeField) -> None:
        if field.data is not None and self.size.data is not None and field.data > self.size.data:
            raise ValidationError(_("There are more children than people."))
