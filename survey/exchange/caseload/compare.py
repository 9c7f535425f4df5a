"""A file held against what is stored: what it would add and change, and every reason to refuse it. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import uuid4

from flask_babel import gettext as _

from survey.clock import today
from survey.codes import MOST_HOURS
from survey.exchange import cells
from survey.exchange.caseload import lists, rows, stored
from survey.exchange.caseload.columns import OF, can_be_read, header_refusals
from survey.exchange.caseload.joining import Joining
from survey.exchange.caseload.plan import Change, Plan
from survey.exchange.caseload.rows import Row
from survey.exchange.caseload.stored import Contents, Key, Stored, key_of
from survey.exchange.table import Table
from survey.models import Programme
from survey.observations import impossible
from survey.refusal import Refusals

EARLIEST_NOTE = date(2010, 1, 1)


def plan(programme: Programme, table: Table, replace: bool = False, may_grow: bool = True) -> Plan:
    """`may_grow`: whether names that the organisation's lists do not have are added to them."""
    refusals = Refusals([*table.refusals])
    lines = {line for line, _cells in table.rows} | refusals.lines
    found = Plan(programme, lists.read(may_grow), refusals, len(lines - {table.header_line}))
    for refusal in header_refusals(table.columns, table.header_line):
        refusals.add(*refusal)
    if can_be_read(table.columns):
        Comparison(found, replace).make(*rows.read(table, refusals))
    return found


class Comparison:
    """Fills a plan, row by row."""

    def __init__(self, plan: Plan, replace: bool) -> None:
        self.plan, self.replace = plan, replace
        self.everyone = stored.people(plan.programme)
        self.numbers: dict[tuple[str, str], Row] = {}

    def make(self, every: list[Row], doubtful: dict[str, int]) -> None:
        """`doubtful`: people whose own row was refused; what else is told of them waits for that."""
        self.doubtful = doubtful
        for row in every:
            self.plan.lists.settle(row, self.plan.refusals)
        of: dict[str, list[Row]] = {what: [] for what in OF}
        for row in every:
            of[row.what].append(row)
        self._check_new(doubtful)
        Joining(self.plan, self.everyone, self.replace).compare(of["participant"])
        self._tell_known()
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

    def _check_new(self, doubtful: dict[str, int]) -> None:
        """Codes of people whose row was refused for something else already."""
        for name, line in doubtful.items():
            try:
                if name and name not in self.everyone:
                    cells.new_pseudonym(name)
            except cells.Unfit as reason:
                self.plan.refusals.add(line, "participant", str(reason))

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
            self.plan.waiting.append(row)
            return False
        reason = _("Nobody in this programme has this code. Add a row “participant” for them.")
        self.plan.refuse(row, "participant", reason)
        return False

    def _tell_known(self) -> None:
        """Who joins this programme, and takes or took part in another one."""
        joining = [
            person.participant_id
            for person in self.plan.people.values()
            if person.is_known and not person.is_enrolled
        ]
        self.plan.known_before = len(joining)
        self.plan.known_from = stored.programmes_of(joining)

    def _number(self, every: Iterable[Row]) -> None:
        """Find what activities became: rows of the same person, by their number."""
        every = list(every)
        for row in every:
            number = row.values["number"]
            if number and self.numbers.setdefault((row.participant, number), row) is not row:
                self.plan.refuse(row, "number", _("Another activity of this person has this number."))
        for row in every:
            target = self.numbers.get((row.participant, row.values["became"] or ""))
            if row.values["became"] and (target is None or target is row):
                self.plan.refuse(row, "became", _("No other activity of this person has this number."))
            elif target is not None:
                self.plan.became[row.line] = target

    def _things(self, every: list[Row], contents: Contents) -> None:
        left = {what: {key: list(several) for key, several in of.items()} for what, of in contents.of.items()}
        lines: dict[tuple[str, Key], int] = {}
        remaining = []
        for row in every:
            there = left[row.what].get(key_of(row), [])
            equal = next((one for one in there if not self._other(row, one)), None)
            if equal is None:
                remaining.append(row)
            else:
                there.remove(equal)
                self.plan.same.append(row)
                self.plan.activities[row.line] = equal.id
                if row.what == "observation":  # of which there is one a day; another row would be a second
                    lines.setdefault((row.what, key_of(row)), row.line)
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
                self.plan.refuse_differing(row, differing)
        elif first != row.line and row.what != "note":
            self.plan.refuse(row, None, _("This is the same as line %(line)s.", line=first))
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
                self.plan.refuse(row, column, problem)
        if row.what != "activity" and values["date"] > today():
            self.plan.refuse(row, "date", _("This day is in the future. Choose today or an earlier day."))
        if row.what == "note" and values["date"] < EARLIEST_NOTE:
            self.plan.refuse(row, "date", _("Write a date from the year 2010 until today."))
        if row.what == "activity":
            self._judge_activity(row)
        if row.what == "observation" and values["kind"] == "work_hours":
            self._judge_hours(row, "value", MOST_HOURS["week"])

    def _judge_activity(self, row: Row) -> None:
        self._judge_hours(row, "hours", MOST_HOURS[row.values["hours_per"]])
        target = self.plan.became.get(row.line)
        if target is not None and target.values["date"] < row.values["date"]:
            self.plan.refuse(row, "became", _("That activity began before this one."))

    def _judge_hours(self, row: Row, column: str, most: int) -> None:
        if row.values[column] is not None and float(row.values[column]) > most:
            self.plan.refuse(row, column, _("Write a number from 0 to %(most)s.", most=most))

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
