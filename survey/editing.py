"""Two people editing the same thing: who saves last sees what the other wrote, and chooses.

A form that edits carries the `version` of the row it was filled from; each write raises that of the row. Where they
differ nothing is saved. The page comes back (409) with what the other wrote beside what was typed; sent once more, it
is saved over it.
"""

from __future__ import annotations

from typing import Protocol

from flask_wtf import FlaskForm
from wtforms import HiddenField


class VersionField(HiddenField):
    @property
    def seen(self) -> int:
        """As the form came back; zero, which no row has, for anything that is no version."""
        sent = str(self.raw_data[0]) if self.raw_data else ""
        return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else 0


class Versioned(Protocol):
    version: int


class EditingForm(FlaskForm):
    version = VersionField()

    def is_stale(self, row: Versioned) -> bool:
        """Whether the row changed since this form was filled from it. The form goes by the row as it is then."""
        is_stale = self.version.data != str(row.version)
        self.version.data = str(row.version)
        return is_stale
