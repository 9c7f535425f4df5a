"""Who lives together: in a file, who has the same word under `home`. The word itself is not kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID, uuid4

from flask_babel import gettext as _
from sqlalchemy import insert, update

from survey.database import db
from survey.exchange.caseload.rows import Row
from survey.exchange.caseload.stored import Known
from survey.exchange.people import Person
from survey.models import Household, HouseholdMember
from survey.privacy import audit
from survey.refusal import Refusals


class Move(NamedTuple):
    """Someone comes to live in a household, or shares a benefit with others of it than before."""

    participant: str
    household_id: UUID
    is_new: bool
    benefit: int
    #: The row of this person that is there already.
    member_id: UUID | None


def compare(
    every: Sequence[Row], everyone: Mapping[str, Known], replace: bool, refusals: Refusals
) -> dict[str, Move]:
    """By pseudonym, what has to be written."""
    together: dict[str, list[Row]] = {}
    for row in every:
        if row.values["home"]:
            together.setdefault(row.values["home"], []).append(row)
    seen: dict[UUID, str] = {}
    moves: dict[str, Move] = {}
    for word, rows in together.items():
        there = {member.household_id for member in _members(rows, everyone)}
        first = next(iter(there), None)
        if len(there) > 1 or (first is not None and seen.setdefault(first, word) != word):
            for row in rows:
                reason = _(
                    "These people are in other households here. Put that right on the page of one of them."
                )
                refusals.add(row.line, "home", reason)
            continue
        for row in rows:
            move = _move(row, everyone.get(row.participant), first, moves.get(rows[0].participant))
            if move is not None and move.member_id and not replace:
                reason = _("“%(value)s” is stored here. To change it, let the file replace what is stored.",
                           value=everyone[row.participant].values["benefit"])  # fmt: skip
                refusals.add(row.line, "benefit", reason)
            elif move is not None:
                moves[row.participant] = move
    return moves


def _members(rows: Sequence[Row], everyone: Mapping[str, Known]) -> Iterator[HouseholdMember]:
    for row in rows:
        known = everyone.get(row.participant)
        if known is not None and known.home is not None:
            yield known.home


def _move(row: Row, known: Known | None, household_id: UUID | None, first: Move | None) -> Move | None:
    """`household_id`: where these people live already; `first`: the move of the first of them."""
    benefit = row.values["benefit"]
    home = known.home if known else None
    if home is not None:
        if home.benefit_unit == benefit:
            return None
        return Move(row.participant, home.household_id, False, benefit, home.id)
    is_new = household_id is None
    place = household_id or (first.household_id if first else uuid4())
    return Move(row.participant, place, is_new, benefit, None)


def write(moves: Sequence[Move], people: Mapping[str, Person]) -> None:
    owner = {"organisation_id": db.session.organisation_id}
    new = dict.fromkeys(move.household_id for move in moves if move.is_new)
    grown = dict.fromkeys(move.household_id for move in moves if not move.is_new)
    if new:
        rows = [
            {**owner, "id": household_id, "size": None, "children": None, "version": 1}
            for household_id in new
        ]
        db.session.execute(insert(Household).execution_options(render_nulls=True), rows)
    for household_id in grown:
        home = update(Household).where(Household.id == household_id)
        db.session.execute(home.values(version=Household.version + 1))
    joining = [
        {
            **owner, "id": uuid4(), "household_id": move.household_id, "benefit_unit": move.benefit,
            "participant_id": people[move.participant].participant_id,
        }
        for move in moves if move.member_id is None
    ]  # fmt: skip
    if joining:
        db.session.execute(insert(HouseholdMember), joining)
    for move in moves:
        if move.member_id is not None:
            member = update(HouseholdMember).where(HouseholdMember.id == move.member_id)
            db.session.execute(member.values(benefit_unit=move.benefit))
        audit.record("participant.household_changed", people[move.participant].participant_id)
