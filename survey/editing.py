"""Two people editing the same thing: who saves last sees what the other wrote, and chooses.

A form that edits carries the `version` of the row it was filled from; each write raises that of the row. Where they
differ nothing is saved. The page comes back (409) with what the other wrote beside what was typed; sent once more, it
is saved over it.
"""

from __future__ import annotations

from typing import Protocol

from flask_wtf import FlaskForm
from wtforms import HiddenField


class Versioned(Protocol):
    version: int


class EditingForm(FlaskForm):
    #: 0 where there was no row yet.
    version = HiddenField()

    def is_stale(self, row: Versioned | None) -> bool:
        """Whether the row changed since this form was filled from it. The form goes by the row as it is then."""
        now = str(row.version if row else 0)
        is_stale = self.version.data != now
        self.version.data = now
        return is_stale
