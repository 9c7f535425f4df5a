"""Writing: nothing of another organisation is made, changed or deleted, and nothing is handed over to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import ObjectDeletedError

from survey.clock import today
from survey.database import db
from survey.models import (
    Activity,
    ActivityKind,
    AuditEvent,
    AuditHead,
    Enrolment,
    Identity,
    Organisation,
    Page,
    Participant,
    Programme,
    Provider,
    Wave,
)
from survey.tenancy import LOOK_UPS, OrganisationSession, OutsideOrganisation, Prepared
from tests.fixtures.application import new_town
from tests.fixtures.rows import OWNED
from tests.fixtures.two_towns import TwoTowns

#: Something done inside the first town that is aimed at the other one.
Deed = Callable[[OrganisationSession, TwoTowns], object]


@pytest.fixture
def inside(two_towns: TwoTowns) -> Iterator[OrganisationSession]:
    with two_towns.inside() as session:
        yield session


def all_of(model: Any) -> Any:
    """Changes every row there is, to the value it has."""
    column = next(iter(model.__table__.primary_key))
    return update(model).values({column.name: column}).execution_options(synchronize_session=False)


#: The audit log refuses it altogether: see test_audit_chain.
CHANGEABLE = [model for model in OWNED if model not in (AuditEvent, AuditHead)]


@pytest.mark.parametrize("model", CHANGEABLE, ids=lambda model: model.__tablename__)
def test_update_and_delete_reach_only_own_rows(
    inside: OrganisationSession, two_towns: TwoTowns, model: Any
) -> None:
    before = two_towns.rows_of_other(inside)
    own = len(inside.scalars(select(model)).all())
    if model in (ActivityKind, Provider):  # what activities are called by is not taken from under them
        inside.execute(delete(Activity))
    for statement in (all_of(model), delete(model).execution_options(synchronize_session=False)):
        result: Any = inside.execute(statement)
        assert result.rowcount == own
    assert two_towns.rows_of_other(inside) == before


def person(town: UUID, **facts: Any) -> dict[str, Any]:
    return {"id": uuid4(), "organisation_id": town, "pseudonym": "X", **facts}


def add(session: OrganisationSession, row: object) -> None:
    session.add(row)
    session.flush()


def found_outside(session: OrganisationSession, two_towns: TwoTowns) -> Participant:
    with session.exempt("operator"):
        return session.get_one(Participant, two_towns.other.key(Participant))


def change_in_passing(session: OrganisationSession, two_towns: TwoTowns) -> None:
    with session.exempt("operator"):
        session.get_one(Participant, two_towns.other.key(Participant)).household = "changed"
    session.flush()


def change_attached(session: OrganisationSession, two_towns: TwoTowns) -> None:
    found = found_outside(session, two_towns)
    session.add(found)
    found.household = "changed"
    session.flush()


def delete_attached(session: OrganisationSession, two_towns: TwoTowns) -> None:
    session.delete(found_outside(session, two_towns))
    session.flush()


def hand_over(session: OrganisationSession, two_towns: TwoTowns) -> None:
    session.get_one(
        Participant, two_towns.own.key(Participant)
    ).organisation_id = two_towns.other.organisation_id
    session.flush()


def take_over(session: OrganisationSession, two_towns: TwoTowns) -> None:
    found = found_outside(session, two_towns)
    session.add(found)
    found.organisation_id = two_towns.own.organisation_id
    session.flush()


def upsert(session: OrganisationSession, two_towns: TwoTowns) -> None:
    response_id, domain = two_towns.other.key(Page)
    statement = sqlite.insert(Page)
    statement = statement.on_conflict_do_update(
        index_elements=["response_id", "domain"], set_={"answers": statement.excluded.answers}
    )
    page = {"response_id": response_id, "domain": domain, "answers": {}, "language": "nl"}
    session.execute(statement, [{**page, "organisation_id": two_towns.own.organisation_id}])


def rename_by_key(session: OrganisationSession, two_towns: TwoTowns) -> None:
    """Hits no row, like every update by a condition; it is the last line that says so."""
    (key,) = two_towns.other.key(Participant)
    session.execute(update(Participant), [{"id": key, "household": "changed"}])
    raise OutsideOrganisation


REFUSED: dict[str, Deed] = {
    "add": lambda s, t: add(s, Participant(**person(t.other.organisation_id))),
    "insert": lambda s, t: s.execute(insert(Participant), [person(t.other.organisation_id)]),
    "insert one": lambda s, t: s.execute(insert(Participant), person(t.other.organisation_id)),
    "insert in values": lambda s, t: s.execute(insert(Participant).values(person(t.other.organisation_id))),
    "insert for nobody": lambda s, t: s.execute(insert(Participant), [{"id": uuid4(), "pseudonym": "X"}]),
    "insert one of two": lambda s, t: s.execute(
        insert(Participant), [person(t.own.organisation_id), person(t.other.organisation_id)]
    ),
    "insert into table": lambda s, t: s.execute(
        insert(Participant.__table__), [person(t.own.organisation_id)]  # type: ignore[arg-type]  # a Table it is
    ),
    "insert what was selected": lambda s, t: s.execute(
        insert(Participant).from_select(["id"], select(Participant.id))
    ),
    "insert with a question": lambda s, t: s.execute(
        insert(Participant).values(household=select(Identity.id).scalar_subquery()),
        [person(t.own.organisation_id)],
    ),
    "insert over": upsert,
    "add an organisation": lambda s, t: add(s, Organisation(slug="c", name="C", wrapped_key=b"")),
    "insert prepared": lambda s, t: s.run(Prepared(insert(Participant)), person(t.other.organisation_id)),
    "insert prepared values": lambda s, t: s.run(
        Prepared(insert(Participant).values(person(t.other.organisation_id))), {}
    ),
    "select prepared": lambda s, t: s.run(Prepared(select(Participant.__table__)), {}),
    "save in bulk": lambda s, t: s.bulk_save_objects([Participant(**person(t.own.organisation_id))]),
    "insert in bulk": lambda s, t: s.bulk_insert_mappings(
        Participant.__mapper__, [person(t.own.organisation_id)]
    ),
    "update in bulk": lambda s, t: s.bulk_update_mappings(
        Participant.__mapper__, [{"id": t.other.key(Participant)[0], "household": "changed"}]
    ),
    "update by key": rename_by_key,
    "update from another": lambda s, t: s.execute(
        update(Participant).where(Participant.id == Identity.participant_id).values(household="changed"),
        execution_options={"synchronize_session": False},
    ),
    "give away": lambda s, t: s.execute(update(Participant).values(organisation_id=t.other.organisation_id)),
    "give away many": lambda s, t: s.execute(
        update(Participant),
        [{"id": t.own.key(Participant)[0], "organisation_id": t.other.organisation_id}],
    ),
    "hand over": hand_over,
    "take over": take_over,
    "change": change_attached,
    "change in passing": change_in_passing,
    "delete": delete_attached,
    "table": lambda s, t: s.execute(update(Participant.__table__).values(household="changed")),  # type: ignore[arg-type]  # a Table it is
}  # fmt: skip


@pytest.mark.parametrize("deed", REFUSED)
def test_nothing_is_done_to_another(inside: OrganisationSession, two_towns: TwoTowns, deed: str) -> None:
    with db.engine.connect() as connection, two_towns.app.app_context():
        before = two_towns.rows_of_other(db.session)
        connection.close()
    with pytest.raises(OutsideOrganisation):
        REFUSED[deed](inside, two_towns)
    inside.expunge_all()
    assert two_towns.rows_of_other(inside) == before


def test_merging_a_key_of_another_makes_no_copy(inside: OrganisationSession, two_towns: TwoTowns) -> None:
    (key,) = two_towns.other.key(Participant)
    inside.merge(Participant(id=key, organisation_id=two_towns.own.organisation_id, pseudonym="X"))
    with pytest.raises(IntegrityError):
        inside.flush()


def test_a_new_row_becomes_ones_own(inside: OrganisationSession, two_towns: TwoTowns) -> None:
    made = Participant(pseudonym="X")
    inside.add(made)
    inside.flush()
    assert made.organisation_id == two_towns.own.organisation_id


def test_many_own_rows_are_written_at_once(inside: OrganisationSession, two_towns: TwoTowns) -> None:
    """What imports do; a row that was loaded is not left behind with its old value."""
    rows = [person(two_towns.own.organisation_id, pseudonym=f"X{number}") for number in range(3)]
    inside.execute(insert(Participant), rows)
    loaded = inside.get_one(Participant, rows[0]["id"])
    changed = [
        {"id": row["id"], "organisation_id": row["organisation_id"], "household": "new"} for row in rows
    ]
    inside.execute(update(Participant), changed)
    assert loaded.household == "new"
    found = inside.scalars(select(Participant.household).where(Participant.pseudonym.like("X%"))).all()
    assert found == ["new"] * 3


def test_many_keys_of_others_change_nothing(inside: OrganisationSession, two_towns: TwoTowns) -> None:
    before = two_towns.rows_of_other(inside)
    keys = [two_towns.own.key(Participant)[0], two_towns.other.key(Participant)[0]]
    inside.execute(update(Participant), [{"id": key, "household": "changed"} for key in keys])
    condition = delete(Identity).where(Identity.participant_id == bindparam("person"))
    for key in keys:
        inside.execute(condition, {"person": key})
    assert inside.scalars(select(Participant.household)).all() == ["changed"]
    assert inside.scalars(select(Identity)).all() == []
    assert two_towns.rows_of_other(inside) == before


@pytest.mark.parametrize("name", LOOK_UPS)
def test_a_look_up_writes_nothing(inside: OrganisationSession, two_towns: TwoTowns, name: str) -> None:
    own = person(two_towns.own.organisation_id)
    with inside.exempt(name):
        with pytest.raises(OutsideOrganisation):
            inside.execute(update(Programme).values(name="changed"))
        with pytest.raises(OutsideOrganisation):
            inside.execute(delete(Wave))
        with pytest.raises(OutsideOrganisation):
            inside.execute(insert(Participant), [own])
        inside.add(Participant(**person(two_towns.other.organisation_id)))
        with pytest.raises(OutsideOrganisation):
            inside.flush()
        inside.expunge_all()


def test_without_an_organisation_nothing_is_written(two_towns: TwoTowns) -> None:
    with two_towns.app.app_context():
        for statement in (update(Programme).values(name="changed"), delete(Wave)):
            with pytest.raises(OutsideOrganisation):
                db.session.execute(statement)
        with pytest.raises(OutsideOrganisation):
            db.session.execute(insert(Participant), [person(two_towns.own.organisation_id)])
        db.session.add(Participant(**person(two_towns.own.organisation_id)))
        with pytest.raises(OutsideOrganisation):
            db.session.flush()


def test_what_was_not_written_yet_is_written_before_entering_another(
    inside: OrganisationSession, two_towns: TwoTowns
) -> None:
    inside.add(Participant(pseudonym="X"))
    inside.enter(two_towns.other.organisation_id)
    inside.enter(two_towns.own.organisation_id)
    assert "X" in inside.scalars(select(Participant.pseudonym)).all()


def test_a_row_made_elsewhere_is_gone_when_read_here(
    inside: OrganisationSession, two_towns: TwoTowns
) -> None:
    with inside.exempt("operator"):
        there = Participant(**person(two_towns.other.organisation_id))
        inside.add(there)
        inside.flush()
    assert inside.get(Participant, there.id) is None
    inside.add(there)
    inside.expire(there)
    with pytest.raises(ObjectDeletedError):
        _ = there.pseudonym


def test_a_savepoint_keeps_the_organisation(any_app: Flask) -> None:
    """On PostgreSQL a savepoint that is rolled back also takes back what row-level security goes by."""
    own, other = new_town(any_app, "aalten"), new_town(any_app, "borne")
    with any_app.app_context():
        own.inside()
        savepoint = db.session.begin_nested()
        other.inside()
        savepoint.rollback()
        assert db.session.scalars(select(Programme.code)).all() == [other.code]
        with db.session.exempt("operator"):
            inner = db.session.begin_nested()
        inner.rollback()
        assert db.session.scalars(select(Programme.code)).all() == [other.code]


def test_ones_own_key_of_anothers_row_joins_nothing(inside: OrganisationSession, two_towns: TwoTowns) -> None:
    (programme,), (stranger,) = two_towns.own.key(Programme), two_towns.other.key(Participant)
    inside.add(Enrolment(programme_id=programme, participant_id=stranger, started_on=today()))
    inside.flush()
    joined = select(Participant.id).join(Enrolment, Enrolment.participant_id == Participant.id)
    assert stranger not in inside.scalars(joined).all()
