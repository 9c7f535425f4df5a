"""Two people editing the same thing: who saves last sees what the other wrote, and chooses.

A form that edits carries the `version` of the row it was filled from; each write raises that of the row. Where no row
counts its changes, the form carries a mark of what it was filled from. Where they differ nothing is saved. The page
comes back (409) with what the other wrote beside what was typed; sent once more, it is saved over it. What was left as
it was opened follows the other; where nothing else was typed there is nothing to choose. Nobody removes what they did
not see: then the page comes back too.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Protocol

from flask import request
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from sqlalchemy import ColumnElement, select
from wtforms import Field, SelectField

from survey import beside, opened
from survey.database import db

#: Among the marks of a form: of what goes with the row where it is removed. No field is called so.
BENEATH = "-beneath"
#: The version of what is not kept yet.
NEW = "0"
#: Of a choice that somebody else took away meanwhile.
NO_LONGER = _("What you chose is no longer offered. Choose again.")


class Versioned(Protocol):
    version: int


class EditingForm(FlaskForm):
    version = opened.VersionField()
    #: Fields that are no part of what is kept, such as a box to tick that it was read.
    not_kept: tuple[str, ...] = ()
    #: Somebody else saved first, so nothing was saved: the page shows both and asks.
    has_conflict = False
    #: Also where nothing that was typed differs: something else was decided about it.
    asks_always = False
    #: Somebody else saved first, so nothing was removed.
    has_missed = False
    #: It is of something new, and that is there already: mostly it was sent before, and the reply never came.
    is_resent = False
    #: What goes with the row where it is removed, in any words that change when it does.
    beneath: Collection[object] = ()
    #: Questions that were left as they were, and somebody else answered anew.
    followed: Collection[str] = ()

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.version.fresh = lambda: {**opened.shown(self._kept), **self._beneath}
        for field in self:
            if isinstance(field, SelectField) and field.data:
                field.invalid_choice_message = NO_LONGER

    def is_stale(self, row: Versioned | None) -> bool:
        """Whether the row changed since this form was filled from it. The form goes by the row as it is then."""
        return self.differs_from(str(row.version) if row else NEW)

    def differs_from(self, now: str, typed: str | None = None) -> bool:
        """The same by the mark of what stands there now. Who sends the same once more has nothing to choose."""
        has_changed = self.version.data != now and typed != now
        self.version.data = now
        if has_changed:
            self.followed = opened.follow(self._kept, self.version.opened or {})
            self.version.opened = {**opened.stored(self._kept), **self._beneath}
            self.has_conflict = self.asks_always or any(row.differs for row in self.both)
        return self.has_conflict

    def removes(self, row: Versioned) -> bool:
        """Whether it was sent to remove the row, with all that goes with it now. Ask this before `saves`."""
        marks = self.version.opened or {}
        is_seen = self.version.data == str(row.version) and self._beneath.items() <= marks.items()
        self.has_missed = self._is_to_remove and not is_seen
        if self.has_missed:
            self.version.opened = {**marks, **self._beneath}
        return self._is_to_remove and is_seen

    def repeats(self) -> bool:
        """Whether it is of something new that is there already, and says the same. Ask this before `saves`."""
        self.is_resent = self.version.data == NEW
        if self.is_resent:
            self.version.opened = {}  # nothing was left as it was: all of it was typed to be new
        return self.is_resent and opened.shown(self._kept) == opened.stored(self._kept)

    def saves(self, row: Versioned | None) -> bool:
        """Whether it was sent to be saved over the row as it was seen, and all of it fits."""
        is_stale = self.is_submitted() and self.is_stale(row)
        return not is_stale and not self._is_to_remove and self.validate_on_submit()

    @property
    def status(self) -> int:
        """Of a page with this form."""
        return 409 if self.has_conflict or self.has_missed else 422 if self.is_submitted() else 200

    @property
    def _is_to_remove(self) -> bool:
        return "remove" in request.form

    @property
    def _beneath(self) -> opened.Marks:
        return opened.of_texts({BENEATH: [str(one) for one in self.beneath]}) if self.beneath else {}

    @property
    def both(self) -> list[beside.Row]:
        """What the other wrote beside what was typed."""
        return beside.rows(self._kept, self.followed)

    @property
    def _kept(self) -> list[Field]:
        return opened.asked(self, self.not_kept)


def hold(model: Any, *which: ColumnElement[bool]) -> None:
    """Until this request ends nobody else changes these rows: what is read from here on is what is written over."""
    db.session.execute(select(model.id).where(*which).with_for_update())
