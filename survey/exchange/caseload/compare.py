"""A file held against what is stored: what it would add and change, and every reason to refuse it. Writes nothing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from flask_babel import gettext as _

from survey.clock import today
from survey.codes import MOST_HOURS
from survey.exchange import cells
from survey.exchange.caseload import homes, lists, rows, stored
from survey.exchange.caseload.columns import OF, header_refusals
from survey.exchange.caseload.homes import Move
from survey.exchange.caseload.lists import Lists
from survey.exchange.caseload.rows import Row, Values
from survey.exchange.caseload.stored import Contents, Key, Known, Stored, key_of
from survey.exchange.people import Person
from survey.exchange.rows import Facts
from survey.exchange.table import Table
from survey.models import Programme
from survey.observations import impossible
from survey.refusal import Refusals

#: Columns of a participant's row, and what they are called where they are kept.
KEPT_AS = {"date": "enrolled_on", "until": "ended_on", "ending": "end_reason"}
OF_ENROLMENT = frozenset(KEPT_AS)
#: They say who lives with whom, and are compared apart: see `homes`.
OF_HOME = frozenset({"home", "benefit"})
EARLIEST_NOTE = date(2010, 1, 1)


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


def plan(programme: Programme, table: Table, replace: bool = False, may_grow: bool = True) -> Plan:
    """`may_grow`: whether names that the organisation's lists do not have are added to them."""
    refusals = Refusals([*table.refusals])
    found = Plan(programme, lists.read(may_grow), refusals, len(table.rows))
    misnamed = list(header_refusals(table.columns, table.header_line))
    for refusal in misnamed:
        refusals.add(*refusal)
    if not misnamed:  # rows mean nothing under a wrong heading
        Comparison(found, replace).make(*rows.read(table, refusals))
    return found


class Comparison:
    """Fills a plan, row by row."""

    def __init__(self, plan: Plan, replace: bool) -> None:
        self.plan, self.replace = plan, replace
        self.everyone = stored.people(plan.programme)
        self.numbers: dict[tuple[str, str], Row] = {}

    def make(self, every: list[Row], doubtful: set[str]) -> None:
        """`doubtful`: people whose own row was refused; what else is told of them waits for that."""
        self.doubtful = doubtful
        for row in every:
            self.plan.lists.settle(row, self.plan.refusals)
        of: dict[str, list[Row]] = {what: [] for what in OF}
        for row in every:
            of[row.what].append(row)
        self._people(of["participant"])
        things = [
            row for what in ("observation", "activity", "note") for row in of[what] if self._is_known(row)
        ]
        self._number([row for row in things if row.what == "activity"])
        named = {row.participant for row in every}
        contents = stored.contents(
            self.plan.programme, {name: known for name, known in self.everyone.items() if name in named}
        )
        self._things(things, contents)
        self._follow_groups(of["participant"], contents)

    # People

    def _people(self, every: list[Row]) -> None:
        lines: dict[str, int] = {}
        moves = homes.compare(every, self.everyone, self.replace, self.plan.refusals)
        for row in every:
            first = lines.setdefault(row.participant, row.line)
            if first != row.line:
                self._refuse(row, None, _("This is the same as line %(line)s.", line=first))
                continue
            move = moves.get(row.participant)
            if move is not None:
                self.plan.moves.append(move)
            self._person(row, move)

    def _person(self, row: Row, move: Move | None) -> None:
        known = self.everyone.get(row.participant)
        person = known.person if known else Person(facts_of(row.values), row.values["date"])
        self.plan.people[row.participant] = person
        differing = tuple(self._differing(row, known)) if known else ()
        self._judge_person(row, known, {column for column, _there, _here in differing})
        if known is None or not person.is_enrolled:
            person.facts = facts_of({**(known.values if known else {}), **said(row.values)})
            person.first_day = row.values["date"]
            person.more = {"language": row.values["language"]}
            person.more_of_enrolment = {"ended_on": row.values["until"], "end_reason": row.values["ending"]}
            self.plan.added.append(row)
        if known is None:
            return
        if differing and not self.replace:
            self._refuse_differing(row, differing)
        elif differing:
            person.changes = {KEPT_AS.get(column, column): here for column, _there, here in differing}
        if not person.is_enrolled:
            return
        if move is not None:
            differing = (*differing, ("home", None, row.values["home"]))
        if differing:
            self.plan.changed.append(Change(row, None, differing))
        else:
            self.plan.same["participant"] += 1

    def _differing(self, row: Row, known: Known) -> Iterator[tuple[str, Any, Any]]:
        """A cell that is empty says nothing; who joins says when, which differs from nothing."""
        for column, here in said(row.values).items():
            joins = column in OF_ENROLMENT and not known.person.is_enrolled
            if column not in OF_HOME and not joins and here != known.values[column]:
                yield column, known.values[column], here

    def _judge_person(self, row: Row, known: Known | None, differing: set[str]) -> None:
        """What would be kept from now on must be fit to be kept."""
        checks = []
        if known is None:
            checks.append(("participant", cells.new_pseudonym, row.participant))
        if row.values["household"] and (known is None or "household" in differing):
            checks.append(("household", cells.new_text, row.values["household"]))
        for column, check, text in checks:
            try:
                check(text)
            except cells.Unfit as reason:
                self._refuse(row, column, str(reason))

    def _is_known(self, row: Row) -> bool:
        if row.what == "note" and row.values["kind"] != "person":
            return True
        if row.participant in self.plan.people:
            return True
        known = self.everyone.get(row.participant)
        if known is not None and known.person.is_enrolled:
            self.plan.people[row.participant] = known.person
            return True
        if row.participant in self.doubtful:
            return False
        reason = _("Nobody in this programme has this code. Add a row “participant” for them.")
        self._refuse(row, "participant", reason)
        return False

    # What they do, what was observed, and notes

    def _number(self, every: Iterable[Row]) -> None:
        """Find what activities became: rows of the same person, by their number."""
        every = list(every)
        for row in every:
            number = row.values["number"]
            if number and self.numbers.setdefault((row.participant, number), row) is not row:
                self._refuse(row, "number", _("Another activity of this person has this number."))
        for row in every:
            target = self.numbers.get((row.participant, row.values["became"] or ""))
            if row.values["became"] and (target is None or target is row):
                self._refuse(row, "became", _("No other activity of this person has this number."))
            elif target is not None:
                self.plan.became[row.line] = target

    def _things(self, every: list[Row], contents: Contents) -> None:
        left = {what: {key: list(several) for key, several in of.items()} for what, of in contents.of.items()}
        remaining = []
        for row in every:
            there = left[row.what].get(key_of(row), [])
            equal = next((one for one in there if not self._other(row, one)), None)
            if equal is None:
                remaining.append(row)
            else:
                there.remove(equal)
                self.plan.same[row.what] += 1
                self.plan.activities[row.line] = equal.id
        lines: dict[tuple[str, Key], int] = {}
        for row in remaining:
            self._thing(row, left[row.what].get(key_of(row), []), lines)

    def _thing(self, row: Row, there: list[Stored], lines: dict[tuple[str, Key], int]) -> None:
        """A row that is not stored as it is; `there` is what is stored with its key."""
        first = lines.setdefault((row.what, key_of(row)), row.line)
        self._judge(row)
        if there:
            one = there.pop(0)
            differing = tuple(self._other(row, one))
            self.plan.activities[row.line] = one.id
            if self.replace:
                self.plan.changed.append(Change(row, one, differing))
            else:
                self._refuse_differing(row, differing)
        elif first != row.line and row.what != "note":
            self._refuse(row, None, _("This is the same as line %(line)s.", line=first))
        else:
            self.plan.activities[row.line] = uuid4()
            self.plan.added.append(row)

    def _other(self, row: Row, one: Stored) -> list[tuple[str, Any, Any]]:
        here, there = dict(row.values), dict(one.row.values)
        if row.what == "activity":
            target = self.plan.became.get(row.line)
            here |= {"number": None, "became": key_of(target) if target else None}
            there["became"] = one.became
        return [(column, there[column], here[column]) for column in there if there[column] != here[column]]

    def _judge(self, row: Row) -> None:
        """What would be kept from now on must be possible; what is kept already is not judged again."""
        values, person = row.values, self.plan.people.get(row.participant)
        days = [column for column in ("date", "until") if values.get(column)]
        for column in days if person else ():
            problem = impossible(person.facts, values[column])  # type: ignore[union-attr]  # there is one
            if problem:
                self._refuse(row, column, problem)
        if row.what != "activity" and values["date"] > today():
            self._refuse(row, "date", _("This day is still to come."))
        if row.what == "note" and values["date"] < EARLIEST_NOTE:
            self._refuse(row, "date", _("Write a date from the year 2010 until today."))
        if row.what == "activity":
            self._judge_activity(row)
        if row.what == "observation" and values["kind"] == "work_hours":
            self._judge_hours(row, "value", MOST_HOURS["week"])

    def _judge_activity(self, row: Row) -> None:
        self._judge_hours(row, "hours", MOST_HOURS[row.values["hours_per"]])
        target = self.plan.became.get(row.line)
        if target is not None and target.values["date"] < row.values["date"]:
            self._refuse(row, "became", _("That activity began before this one."))

    def _judge_hours(self, row: Row, column: str, most: int) -> None:
        if row.values[column] is not None and float(row.values[column]) > most:
            self._refuse(row, column, _("Write a number from 0 to %(most)s.", most=most))

    def _follow_groups(self, every: Iterable[Row], contents: Contents) -> None:
        """A person's group follows the newest observation of it, unless the file says which it is."""
        told = {row.participant for row in every if row.values["group"]}
        newest: dict[str, tuple[date, str]] = {}
        rows = [*self.plan.added, *(change.row for change in self.plan.changed)]
        touched = {row.participant for row in rows if row.values.get("kind") == "target_group"} - told
        for row in (*(one.row for one in contents.rows()), *rows):
            if row.participant in touched and row.values.get("kind") == "target_group":
                day = (row.values["date"], row.values["value"])
                newest[row.participant] = max(day, newest.get(row.participant, day), key=lambda one: one[0])
        for pseudonym, (_day, group) in newest.items():
            person = self.plan.people[pseudonym]
            if not person.is_known:
                person.facts = person.facts._replace(group=group)
            elif person.facts.group != group:
                person.changes = {**(person.changes or {}), "group": group}

    # Refusing

    def _refuse(self, row: Row, column: str | None, reason: str) -> None:
        self.plan.refusals.add(row.line, column, reason)

    def _refuse_differing(self, row: Row, differing: Iterable[tuple[str, Any, Any]]) -> None:
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
            self._refuse(row, column, reason)


def said(values: Values) -> Values:
    """What a row says of a person: what it leaves empty it does not say."""
    return {column: value for column, value in values.items() if value is not None}


def facts_of(values: Values) -> Facts:
    return Facts(
        values.get("group"), values.get("gender"), values.get("birth_year"), values.get("arrival_year"),
        values.get("household"), values.get("date"),
    )  # fmt: skip
