"""The rows of participants held against who is stored: who is new, who joins the programme, and whose facts change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _

from survey.exchange import cells
from survey.exchange.caseload import homes
from survey.exchange.caseload.homes import Move
from survey.exchange.caseload.plan import Change, Plan
from survey.exchange.caseload.rows import Row, Values
from survey.exchange.caseload.stored import Known
from survey.exchange.people import Person
from survey.exchange.rows import Facts

#: Columns of a participant's row, and what they are called where they are kept.
KEPT_AS = {"date": "enrolled_on", "until": "ended_on", "ending": "end_reason"}
OF_ENROLMENT = frozenset(KEPT_AS)
#: They say who lives with whom, and are compared apart: see `homes`.
OF_HOME = frozenset({"home", "benefit"})


class Joining:
    def __init__(self, plan: Plan, everyone: Mapping[str, Known], replace: bool) -> None:
        self.plan, self.everyone, self.replace = plan, everyone, replace

    def compare(self, every: list[Row]) -> None:
        lines: dict[str, int] = {}
        moves = homes.compare(every, self.everyone, self.replace, self.plan.refusals)
        for row in every:
            first = lines.setdefault(row.participant, row.line)
            if first != row.line:
                self.plan.refuse(row, None, _("This is the same as line %(line)s.", line=first))
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
            self.plan.refuse_differing(row, differing)
        elif differing:
            person.changes = {KEPT_AS.get(column, column): here for column, _there, here in differing}
        if not person.is_enrolled:
            return
        if move is not None:
            differing = (*differing, ("home", None, row.values["home"]))
        if differing:
            self.plan.changed.append(Change(row, None, differing))
        else:
            self.plan.same.append(row)

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
                self.plan.refuse(row, column, str(reason))


def said(values: Values) -> Values:
    """What a row says of a person: what it leaves empty it does not say."""
    return {column: value for column, value in values.items() if value is not None}


def facts_of(values: Values) -> Facts:
    return Facts(
        values.get("group"), values.get("gender"), values.get("birth_year"), values.get("arrival_year"),
        values.get("household"), values.get("date"),
    )  # fmt: skip
