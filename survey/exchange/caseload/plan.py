"""What a file would do to a programme: what it adds and changes, and every reason to refuse it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from flask_babel import gettext as _

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
    same: Counter[str] = field(default_factory=Counter)
    #: Ids of activities, also of those that are stored, by line; and of what they become, by line.
    activities: dict[int, UUID] = field(default_factory=dict)
    became: dict[int, Row] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, tuple[int, int, int]]:
        """By what it is: how many are new, change, and are there already."""
        added = Counter(row.what for row in self.added)
        changed = Counter(change.row.what for change in self.changed)
        return {what: (added[what], changed[what], self.same[what]) for what in OF}

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
                    value=there,
                )
            self.refuse(row, column, reason)
