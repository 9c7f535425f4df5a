"""Reading: whatever way a query is written, it finds its own organisation's rows and never another's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import (
    Table,
    bindparam,
    column,
    exists,
    func,
    literal,
    literal_column,
    select,
    table,
    text,
    true,
    union,
    union_all,
)
from sqlalchemy.orm import (
    Bundle,
    aliased,
    contains_eager,
    join,
    joinedload,
    selectinload,
    subqueryload,
)
from sqlalchemy.orm.exc import DetachedInstanceError, ObjectDeletedError

from survey.clock import today
from survey.database import db
from survey.models import (
    AccessCode,
    CodeAttempts,
    Enrolment,
    Identity,
    Membership,
    Organisation,
    Participant,
    Programme,
    Staff,
)
from survey.tenancy import EXEMPTIONS, LOOK_UPS, OrganisationSession, OutsideOrganisation, Prepared
from tests.fixtures.rows import OWNED
from tests.fixtures.two_towns import TwoTowns

#: Anything mapped; typed loosely, for these tests write queries in ways nobody should.
Mapped = Any
#: Whether a query written in this way finds rows of that organisation.
Finds = Callable[[OrganisationSession, Mapped, UUID], bool]


@pytest.fixture
def inside(two_towns: TwoTowns) -> Iterator[OrganisationSession]:
    with two_towns.inside() as session:
        yield session


def owners(statement: Callable[[Mapped], Any]) -> Finds:
    """A query that gives the organisation of each row it finds, in its last column."""

    def finds(session: OrganisationSession, model: Mapped, organisation: UUID) -> bool:
        return organisation in {row[-1] for row in session.execute(statement(model))}

    return finds


def entities(statement: Callable[[Mapped], Any]) -> Finds:
    def finds(session: OrganisationSession, model: Mapped, organisation: UUID) -> bool:
        return organisation in {row.organisation_id for row in session.scalars(statement(model))}

    return finds


def asks(statement: Callable[[Mapped, UUID], Any]) -> Finds:
    """A query whose answer is the id of one of our programmes, if there is such a row."""

    def finds(session: OrganisationSession, model: Mapped, organisation: UUID) -> bool:
        return bool(session.scalar(statement(model, organisation)))

    return finds


def of_other_table(model: Mapped) -> Mapped:
    """Something else than the model, and owned as well."""
    return Programme if model is not Programme else Enrolment


WAYS: dict[str, Finds] = {
    "entity": entities(lambda m: select(m)),
    "columns": owners(lambda m: select(m.organisation_id)),
    "alias": entities(lambda m: select(aliased(m))),
    "subquery": owners(lambda m: select(select(m).subquery().c.organisation_id)),
    "alias of subquery": entities(lambda m: select(aliased(m, select(m).subquery()))),
    "common table expression": owners(lambda m: select(select(m).cte().c.organisation_id)),
    "union": owners(lambda m: union(select(m.organisation_id), select(m.organisation_id))),
    "entities from union": entities(lambda m: select(m).from_statement(union(select(m), select(m)))),
    "subquery of union": owners(
        lambda m: select(
            union_all(select(m.organisation_id), select(m.organisation_id)).subquery().c.organisation_id
        )
    ),
    "join": owners(lambda m: select(m.organisation_id).select_from(of_other_table(m)).join(m, true())),
    "outer join": owners(
        lambda m: select(of_other_table(m).id, m.organisation_id).outerjoin_from(of_other_table(m), m, true())
    ),
    "bundle": owners(lambda m: select(Bundle("row", m.organisation_id), m.organisation_id)),
    "expression": owners(lambda m: select(func.coalesce(m.organisation_id, m.organisation_id))),
    "distinct": owners(lambda m: select(m.organisation_id).distinct()),
    "grouped": owners(lambda m: select(func.count(), m.organisation_id).group_by(m.organisation_id)),
    "exists": asks(lambda m, o: select(Programme.id).where(exists().where(m.organisation_id == o))),
    "in a subquery": asks(
        lambda m, o: select(Programme.id).where(literal(o).in_(select(m.organisation_id).scalar_subquery()))
    ),
    "scalar subquery": asks(
        lambda m, o: select(select(func.count()).where(m.organisation_id == o).scalar_subquery())
    ),
    "count": asks(lambda m, o: select(func.count()).select_from(m).where(m.organisation_id == o)),
    "prepared": lambda s, m, o: (
        o in {row[0] for row in s.run(Prepared(select(m.organisation_id).where(bindparam("yes"))), {"yes": True})}
    ),
    "legacy query": lambda s, m, o: o in {row.organisation_id for row in s.query(m)},
    "legacy count": lambda s, m, o: s.query(m).filter(m.organisation_id == o).count() > 0,
}  # fmt: skip


@pytest.mark.parametrize("model", OWNED, ids=lambda model: model.__tablename__)
@pytest.mark.parametrize("way", WAYS)
def test_a_query_finds_its_own_rows_and_never_anothers(
    inside: OrganisationSession, two_towns: TwoTowns, way: str, model: Mapped
) -> None:
    assert WAYS[way](inside, model, two_towns.own.organisation_id)
    assert not WAYS[way](inside, model, two_towns.other.organisation_id)


@pytest.mark.parametrize("model", OWNED, ids=lambda model: model.__tablename__)
@pytest.mark.parametrize("way", WAYS)
def test_without_an_organisation_nothing_is_read(two_towns: TwoTowns, way: str, model: Mapped) -> None:
    with two_towns.app.app_context(), pytest.raises(OutsideOrganisation):
        WAYS[way](db.session, model, two_towns.own.organisation_id)


@pytest.mark.parametrize("model", OWNED, ids=lambda model: model.__tablename__)
def test_a_key_of_another_organisation_leads_nowhere(
    inside: OrganisationSession, two_towns: TwoTowns, model: Mapped
) -> None:
    assert inside.get(model, two_towns.own.key(model)) is not None
    assert inside.get(model, two_towns.other.key(model)) is None


P: Table = Participant.__table__  # type: ignore[assignment]  # mapped classes promise only a FromClause
REFUSED: dict[str, Callable[[], Any]] = {
    "text": lambda: text("SELECT * FROM participant"),
    "text as entities": lambda: select(Participant).from_statement(text("SELECT * FROM participant")),
    "text in a column": lambda: select(Programme.id, literal_column("(SELECT max(id) FROM participant)")),
    "text in a condition": lambda: select(Programme.id).where(text("EXISTS (SELECT 1 FROM participant)")),
    "table": lambda: select(P),
    "table beside a model": lambda: select(Programme.id, P.c.pseudonym).join(P, true()),
    "table in a condition": lambda: select(Programme.id).where(exists(select(P.c.id))),
    "table joined blindly": lambda: select(Programme.id).join(P, true()),
    "alias of a table": lambda: select(Programme.id, P.alias().c.pseudonym),
    "table by name": lambda: select(Programme.id, table("participant", column("pseudonym")).c.pseudonym),
    "explicit join": lambda: select(Participant.id).select_from(join(Participant, Enrolment)),
    "related row nobody selected": lambda: select(Programme.id)
    .join(Programme.waves)
    .where(Enrolment.participant == Participant(id=uuid4())),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:SELECT statement has a cartesian product")
@pytest.mark.parametrize("way", REFUSED)
def test_a_query_that_cannot_be_held_is_refused(inside: OrganisationSession, way: str) -> None:
    with pytest.raises(OutsideOrganisation):
        inside.execute(REFUSED[way]()).all()


def test_a_bare_connection_is_refused(inside: OrganisationSession) -> None:
    with pytest.raises(OutsideOrganisation):
        inside.connection()


def test_an_organisation_sees_no_other(inside: OrganisationSession, two_towns: TwoTowns) -> None:
    own, other = two_towns.own.organisation_id, two_towns.other.organisation_id
    assert [row.id for row in inside.scalars(select(Organisation))] == [own]
    assert inside.scalars(select(Organisation.slug)).all() == ["aalten"]
    assert inside.get(Organisation, other) is None
    assert inside.scalars(select(Organisation.id).where(Organisation.id == other)).all() == []


@pytest.mark.parametrize("loader", [None, joinedload, selectinload, subqueryload, contains_eager])
def test_a_relationship_does_not_lead_outside(
    inside: OrganisationSession, two_towns: TwoTowns, loader: Any
) -> None:
    """Even a row of ours that names another's by its key does not lead there."""
    stray = _stray_enrolment(two_towns)
    inside.add(stray)
    inside.flush()
    inside.expire_all()
    statement = select(Enrolment).where(Enrolment.id == stray.id)
    if loader is contains_eager:
        statement = statement.outerjoin(Enrolment.participant)
    if loader is not None:
        statement = statement.options(loader(Enrolment.participant))
    found: Any = inside.scalars(statement.execution_options(populate_existing=True)).one()
    assert found.participant is None
    assert inside.scalars(select(Enrolment.id).where(Enrolment.participant.has())).all() != [stray.id]


def _stray_enrolment(two_towns: TwoTowns) -> Enrolment:
    (programme,), (person,) = two_towns.own.key(Programme), two_towns.other.key(Participant)
    return Enrolment(programme_id=programme, participant_id=person, started_on=today())


def test_loading_again_does_not_lead_outside(inside: OrganisationSession, two_towns: TwoTowns) -> None:
    with inside.exempt("operator"):
        found = inside.get_one(Participant, two_towns.other.key(Participant))
    inside.add(found)
    inside.expire(found)
    with pytest.raises(ObjectDeletedError):
        _ = found.household


def test_what_an_exemption_found_leads_nowhere(inside: OrganisationSession, two_towns: TwoTowns) -> None:
    with inside.exempt("operator"):
        found = inside.get_one(Identity, two_towns.other.key(Identity))
    assert found not in inside
    assert inside.get(Identity, two_towns.other.key(Identity)) is None
    with pytest.raises(DetachedInstanceError):
        _ = found.participant


def test_what_was_looked_up_before_entering_is_out_of_reach(two_towns: TwoTowns) -> None:
    with two_towns.app.app_context():
        with db.session.exempt("code_selector"):
            found = db.session.scalars(select(AccessCode)).all()
        assert len(found) == 2, "as long as somebody holds them, the session knows them"
        db.session.enter(two_towns.own.organisation_id)
        assert [code.organisation_id for code in found if code in db.session] == [db.session.organisation_id]
        assert db.session.get(AccessCode, two_towns.own.key(AccessCode)) is not None
        assert db.session.get(AccessCode, two_towns.other.key(AccessCode)) is None


def test_entering_another_organisation_leaves_nothing_behind(
    inside: OrganisationSession, two_towns: TwoTowns
) -> None:
    person = inside.scalars(select(Participant)).one()
    inside.enter(two_towns.other.organisation_id)
    assert person not in inside
    assert inside.get(Participant, two_towns.own.key(Participant)) is None


def test_only_named_exemptions_exist(inside: OrganisationSession) -> None:
    look_ups = {"code_selector", "staff_email", "staff_organisation", "programme_code"}
    assert look_ups | {"operator"} == EXEMPTIONS
    with pytest.raises(OutsideOrganisation), inside.exempt("convenience"):
        pass


READ = {
    "code_selector": AccessCode, "staff_email": Membership, "staff_organisation": Organisation,
    "programme_code": Programme,
}  # fmt: skip


@pytest.mark.parametrize("name", LOOK_UPS)
@pytest.mark.parametrize("model", [*OWNED, Organisation], ids=lambda model: model.__tablename__)
def test_a_look_up_reads_one_table(two_towns: TwoTowns, name: str, model: Mapped) -> None:
    with two_towns.app.app_context(), db.session.exempt(name):
        if model is READ[name]:
            assert len(db.session.scalars(select(model)).all()) == 2
        else:
            with pytest.raises(OutsideOrganisation):
                db.session.scalars(select(model)).all()


@pytest.mark.parametrize("name", sorted(EXEMPTIONS))
def test_an_exemption_ends(inside: OrganisationSession, two_towns: TwoTowns, name: str) -> None:
    """Normally, by an error, and within another one."""
    own = two_towns.own.organisation_id
    with inside.exempt(name):
        pass
    with pytest.raises(KeyError), inside.exempt(name):
        raise KeyError
    with inside.exempt("programme_code"):
        with inside.exempt(name):
            pass
        assert len(inside.scalars(select(Programme.id)).all()) == 2
        with pytest.raises(OutsideOrganisation):
            inside.scalars(select(Participant)).all()
    assert inside.scalars(select(Programme.organisation_id)).all() == [own]


def test_tables_of_no_organisation_are_read_without_one(two_towns: TwoTowns) -> None:
    with two_towns.app.app_context():
        assert len(db.session.scalars(select(Staff)).all()) == 2
        assert db.session.scalars(select(CodeAttempts)).all() == []
