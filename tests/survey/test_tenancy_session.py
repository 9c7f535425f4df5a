"""What the session knows, and what it told PostgreSQL, as one enters organisations and looks outside."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session, aliased

from survey import tenancy
from survey.database import db
from survey.models import Membership, Organisation, Participant, Programme, Staff
from survey.tenancy import OutsideOrganisation
from tests.fixtures.application import Town, new_town
from tests.fixtures.rows import OWNED


@pytest.fixture
def towns(any_app: Flask) -> tuple[Town, Town]:
    return new_town(any_app, "aalten"), new_town(any_app, "borne")


def told() -> tuple[str, str] | None:
    """What row-level security goes by at this moment; None on SQLite, which has none."""
    if db.engine.dialect.name != "postgresql":
        return None
    asked = text(
        "SELECT current_setting('telvertel.organisation', true), current_setting('telvertel.exemption', true)"
    )
    organisation, exemption = Session.connection(db.session).execute(asked).one()
    return str(organisation), str(exemption)


def tells(organisation: UUID | None, exemption: str = "") -> tuple[str, str] | None:
    on_postgresql = db.engine.dialect.name == "postgresql"
    return (str(organisation or ""), exemption) if on_postgresql else None


def test_the_database_is_told_each_step(towns: tuple[Town, Town]) -> None:
    own, other = (town.organisation_id for town in towns)
    with towns[0].app.app_context():
        assert told() == tells(None)
        db.session.enter(own)
        assert told() == tells(own)
        with db.session.exempt("programme_code"):
            assert told() == tells(own, "programme_code")
            with db.session.exempt("operator"):
                assert told() == tells(own, "operator")
            assert told() == tells(own, "programme_code")
        assert told() == tells(own)
        db.session.enter(other)
        assert told() == tells(other)
        db.session.rollback()
        assert told() == tells(other), "a new transaction begins with it"


def test_a_savepoint_that_is_rolled_back_takes_nothing_along(towns: tuple[Town, Town]) -> None:
    own, other = (town.organisation_id for town in towns)
    with towns[0].app.app_context():
        db.session.enter(own)
        savepoint = db.session.begin_nested()
        db.session.enter(other)
        savepoint.rollback()
        assert told() == tells(other)


def test_without_an_organisation_there_is_none(towns: tuple[Town, Town]) -> None:
    with towns[0].app.app_context(), pytest.raises(OutsideOrganisation):
        _ = db.session.organisation_id


def test_leaving_lets_go_of_everything(towns: tuple[Town, Town]) -> None:
    """Also of what belongs to no organisation, and of what was changed and not written."""
    with towns[0].app.app_context():
        programme = towns[0].inside()
        person = Staff(email="an@aalten.example", password="-")
        db.session.add(person)
        db.session.flush()
        towns[1].inside()
        assert programme not in db.session and person not in db.session


def test_of_what_was_looked_up_only_ones_own_is_kept(towns: tuple[Town, Town]) -> None:
    with towns[0].app.app_context():
        db.session.enter(towns[0].organisation_id)
        with db.session.exempt("operator"):
            programmes = db.session.scalars(select(Programme)).all()
            organisations = db.session.scalars(select(Organisation)).all()
            with db.session.exempt("programme_code"):
                pass
            assert all(row in db.session for row in (*programmes, *organisations)), "not yet"
        kept = [row for row in (*programmes, *organisations) if row in db.session]
        assert [getattr(row, "organisation_id", row.id) for row in kept] == [towns[0].organisation_id] * 2


def test_the_operator_alone_gets_a_bare_connection(towns: tuple[Town, Town]) -> None:
    with towns[0].app.app_context():
        db.session.enter(towns[0].organisation_id)
        with db.session.exempt("operator"):
            count = db.session.connection().execute(text("SELECT count(*) FROM programme")).scalar_one()
        assert count == 2
        with db.session.exempt("programme_code"), pytest.raises(OutsideOrganisation):
            db.session.connection()


def test_an_organisation_by_another_name_is_held_too(towns: tuple[Town, Town]) -> None:
    with towns[0].app.app_context():
        db.session.enter(towns[0].organisation_id)
        other_name = aliased(Organisation)
        assert db.session.scalars(select(other_name.id)).all() == [towns[0].organisation_id]


def test_a_new_account_belongs_to_nobody_and_a_new_organisation_is_not_made_inside_one(
    towns: tuple[Town, Town],
) -> None:
    with towns[0].app.app_context():
        db.session.enter(towns[0].organisation_id)
        account = {"id": uuid4(), "email": "bo@aalten.example", "password": "-", "fs_uniquifier": "u" * 64}
        db.session.execute(insert(Staff), [{"active": True, **account}])
        with pytest.raises(OutsideOrganisation):
            db.session.execute(insert(Organisation), [{"id": uuid4(), "slug": "c", "name": "C"}])
        with pytest.raises(OutsideOrganisation):
            db.session.execute(insert(Participant), [{"id": uuid4(), "pseudonym": "P"}])


def test_every_table_says_whose_its_rows_are() -> None:
    tenancy._owner_columns.cache_clear()
    known = {model.__tablename__: "organisation_id" for model in OWNED} | {"organisation": "id"}
    assert tenancy._owner_columns() == known
    for table, column in known.items():
        with pytest.raises(OutsideOrganisation):
            tenancy.refuse_loose(" ".join(("SELECT", f"{table}.{column}", "FROM", table)), (), UUID(int=1))


@pytest.mark.parametrize("model", OWNED, ids=lambda model: model.__tablename__)
def test_what_belongs_to_an_organisation_goes_with_it(model: Any) -> None:
    (link,) = model.__table__.c.organisation_id.foreign_keys
    outlives = model.__tablename__.startswith(
        "audit_"
    )  # who did what stays readable, see survey.models.audit
    assert (link.column.table.name, link.ondelete) == ("organisation", None if outlives else "CASCADE")
    assert not model.__table__.c.organisation_id.nullable


def test_work_is_listed_by_organisation_and_names_by_letter(towns: tuple[Town, Town]) -> None:
    """Two requests must not choose two different ones to begin with."""
    from survey.audience import own_organisations, roles_of

    ids = sorted(town.organisation_id for town in towns)
    with towns[0].app.app_context():
        person = Staff(email="an@aalten.example", password="-")
        db.session.add(person)
        db.session.flush()
        for own, name in zip(reversed(ids), ("Aa", "Zee"), strict=True):
            with db.session.exempt("operator"):
                db.session.get_one(Organisation, own).name = name
                db.session.add(Membership(organisation_id=own, staff=person, role="councillor"))
                db.session.flush()
        db.session.commit()
        assert list(roles_of(person)) == ids
        assert [name for name, _ in own_organisations(ids).values()] == ["Aa", "Zee"]
