"""What a file would do to a programme: what it adds and changes, and every reason to refuse it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from flask_babel import gettext as _

from survey.exchange.caseload import told
from survey.exchange.caseload.columns import OF
from survey.exchange.caseload.homes import Move
from survey.exchange.caseload.lists import Lists
from survey.exchange.caseload.rows import Row
from survey.exchange.caseload.stored import Stored
from survey.exchange.people import Person
from survey.models import Programme
from survey.refusal import Refusals


class Change(NamedTuple):
    """A row that says something else than what is stored."""

    row: Row
    #: None of a participant: the row changes the person and the enrolment.
    stored: Stored | None
    #: Column, what is stored, what the file says.
    differing: tuple[tuple[str, Any, Any], ...]


@dataclass
class Plan:
    """What a file would do to a programme."""

    programme: Programme
    lists: Lists
    refusals: Refusals
    rows: int = 0
    #: Everyone named in the file whose rows can be taken, by pseudonym.
    people: dict[str, Person] = field(default_factory=dict)
    added: list[Row] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    #: How many of those who join were in other programmes of the organisation before, and by programme.
    known_before: int = 0
    known_from: dict[str, int] = field(default_factory=dict)
    same: list[Row] = field(default_factory=list)
    #: Rows of somebody whose own row could not be read: there is no telling what they would do.
    waiting: list[Row] = field(default_factory=list)
    #: Ids of activities, also of those that are stored, by line; and of what they become, by line.
    activities: dict[int, UUID] = field(default_factory=dict)
    became: dict[int, Row] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, tuple[int, int, int]]:
        """By what it is: how many are new, change, and are there already. What is refused is none of these."""
        added, changed, same = (
            Counter(row.what for row in rows)
            for rows in (self._taken(self.added), [one.row for one in self.changes], self._taken(self.same))
        )
        return {what: (added[what], changed[what], same[what]) for what in OF}

    @property
    def changes(self) -> list[Change]:
        """Those that are not refused."""
        taken = {row.line for row in self._taken([change.row for change in self.changed])}
        return [change for change in self.changed if change.row.line in taken]

    @property
    def waiting_rows(self) -> int:
        """Rows that are not refused themselves, but are of somebody whose own row is."""
        every = [*self.added, *(change.row for change in self.changed), *self.same]
        unrefused = [row for row in every if row.line not in self.refusals.lines]
        return len(self.waiting) + len(unrefused) - len(self._taken(every))

    def _taken(self, rows: Iterable[Row]) -> list[Row]:
        """Those that are not refused, and are of nobody whose own row is."""
        lines = self.refusals.lines
        refused = {row.participant for row in self.added if row.what == "participant" and row.line in lines}
        return [row for row in rows if row.line not in lines and row.participant not in refused]

    @property
    def new_names(self) -> list[tuple[str, str]]:
        return list(self.lists.new)

    @property
    def changes_nothing(self) -> bool:
        return not self.added and not self.changed

    @property
    def fingerprint(self) -> str:
        """The same as long as the file would do the same."""
        told = (
            [row.line for row in self.added],
            [(change.row.line, change.differing) for change in self.changed],
            self.new_names,
        )
        return hashlib.sha256(repr(told).encode()).hexdigest()

    def refuse(self, row: Row, column: str | None, reason: str) -> None:
        self.refusals.add(row.line, column, reason)

    def refuse_differing(self, row: Row, differing: Iterable[tuple[str, Any, Any]]) -> None:
        """What is stored is told in words, as the pages tell it."""
        for column, there, _here in differing:
            if there is None:
                reason = _("Nothing is known about this yet. To add it, let the file replace what is stored.")
            elif column == "became":
                reason = _(
                    "Something else is stored here. To change it, let the file replace what is stored."
                )
            else:
                reason = _(
                    "“%(value)s” is stored here. To change it, let the file replace what is stored.",
                    value=told.value(row, column, there),
                )
            self.refuse(row, column, reason)
