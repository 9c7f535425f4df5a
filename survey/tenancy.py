"""Every query is inside one organisation.

Held on the session itself, below the views: whoever forgets to name an organisation gets an error, not the
rows of another municipality. Models are given a criterion; then each finished statement is read
(`survey.statements`), and one that names a table without holding it is not sent. On PostgreSQL row-level
security (see the migrations) says the same once more, from two settings that each transaction starts with.
Exceptions are listed by name, and tested.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, NoReturn, cast
from uuid import UUID

from sqlalchemy import (
    Connection,
    CursorResult,
    Engine,
    ExecutionContext,
    ForeignKey,
    Insert,
    Select,
    Uuid,
    bindparam,
    event,
    inspect,
    text,
)
from sqlalchemy.orm import (
    Mapped,
    Mapper,
    ORMExecuteState,
    Session,
    SessionTransaction,
    UOWTransaction,
    declared_attr,
    mapped_column,
    with_loader_criteria,
)

from survey import statements

#: What may be looked up before an organisation is known, and in which table: for reading only.
LOOK_UPS = {
    "code_selector": "access_code",
    "staff_email": "membership",
    "staff_organisation": "organisation",
    "programme_code": "programme",
}
#: The operator's own commands.
OPERATOR = "operator"
EXEMPTIONS = frozenset({*LOOK_UPS, OPERATOR})


class OutsideOrganisation(Exception):
    """A query without an organisation, or a row of another one: a fault of the program, not the input."""


class Owned:
    """Mixin for rows that belong to one organisation: everything except organisations and staff accounts."""

    @declared_attr
    def organisation_id(cls) -> Mapped[UUID]:
        return mapped_column(Uuid, ForeignKey("organisation.id", ondelete="CASCADE"), index=True)


class Owner:
    """Mixin for organisations: inside one, no other is seen."""


class Prepared:
    """A statement that runs at every page turn, with the criterion put in once instead of every time.

    Where it needs the organisation itself, it takes it from the parameter `inside`.
    """

    def __init__(self, statement: Select[Any] | Insert) -> None:
        self.statement = statement
        if isinstance(statement, Select):
            self.statement = statement.options(*_prepared_criteria())
        #: By dialect: what survey.turn makes of it.
        self.compiled: dict[str, Any] = {}


class OrganisationSession(Session):
    """A session that sees one organisation, chosen by `enter`."""

    @property
    def organisation_id(self) -> UUID:
        organisation = self.info.get("organisation")
        if organisation is None:
            raise OutsideOrganisation("No organisation was entered.")
        return cast(UUID, organisation)

    def enter(self, organisation_id: UUID) -> None:
        """From here on every query and every new row is this organisation's."""
        if self.info.get("organisation") not in (None, organisation_id):
            self.flush()
            self.expunge_all()
        self.info["organisation"] = organisation_id
        self.info.pop("criteria", None)
        self._put_away_others()
        self._tell_database()

    def run(self, prepared: Prepared, values: Mapping[str, Any]) -> CursorResult[Any]:
        """Run a prepared statement inside the organisation that was entered; it is read once more as any other."""
        organisation = self.organisation_id
        return (
            super()
            .connection()
            .execute(
                prepared.statement,
                {**values, "inside": organisation},
                execution_options={"telvertel": (organisation, None)},
            )
        )

    @contextmanager
    def exempt(self, name: str) -> Iterator[None]:
        """Look outside the organisation, for one of the reasons in EXEMPTIONS.

        What is found of others while inside an organisation is detached afterwards: it leads nowhere.
        """
        if name not in EXEMPTIONS:
            raise OutsideOrganisation(f"{name} is not an exemption.")
        before = self.info.get("exemption")
        self.info["exemption"] = name
        self._tell_database()
        try:
            yield
        finally:
            self.info["exemption"] = before
            self._put_away_others()
            if self.is_active:
                self._tell_database()

    def _put_away_others(self) -> None:
        """Rows of others must not stay within reach; those that were changed do, to be refused."""
        inside = self.info.get("organisation")
        if inside is None or self.info.get("exemption"):
            return
        changed = self.dirty
        for row in list(self.identity_map.values()):
            if isinstance(row, Owned | Owner) and _owner(row) not in (None, inside) and row not in changed:
                self.expunge(row)

    def _tell_database(self) -> None:
        if self.in_transaction() and self.get_bind().dialect.name == "postgresql":
            tell_postgresql(super().connection(), self.info)

    def connection(self, *arguments: Any, **options: Any) -> Connection:
        """For the operator alone: what is sent over a bare connection is not held."""
        if self.info.get("exemption") != OPERATOR:
            raise OutsideOrganisation("A bare connection is not held inside an organisation.")
        return super().connection(*arguments, **options)

    def _past_the_session(self, *arguments: Any, **options: Any) -> NoReturn:
        raise OutsideOrganisation("Nobody is told what this writes; use execute() with insert() or update().")

    bulk_save_objects = bulk_insert_mappings = bulk_update_mappings = _past_the_session


def tell_postgresql(connection: Connection, info: dict[Any, Any]) -> None:
    """Set what row-level security goes by, until the end of this transaction."""
    connection.execute(
        text(
            "SELECT set_config('telvertel.organisation', :organisation, true),"
            " set_config('telvertel.exemption', :exemption, true)"
        ),
        {"organisation": str(info.get("organisation") or ""), "exemption": info.get("exemption") or ""},
    )


def _criteria(organisation: UUID) -> tuple[Any, ...]:
    """What every statement over models gets; made once, for it takes longer to make than to use."""
    return (
        with_loader_criteria(Owned, lambda row: row.organisation_id == organisation, include_aliases=True),
        *_owner_criteria(organisation),
    )


def _prepared_criteria() -> tuple[Any, ...]:
    """The same, with the organisation as a parameter."""
    return (
        with_loader_criteria(
            Owned, lambda row: row.organisation_id == bindparam("inside"), include_aliases=True
        ),
        *_owner_criteria(bindparam("inside")),
    )


def _owner_criteria(organisation: Any) -> Iterator[Any]:
    for owner in cast(list[Any], Owner.__subclasses__()):
        yield with_loader_criteria(owner, owner.id == organisation, include_aliases=True)


def _owner(row: Owned | Owner) -> UUID | None:
    """Whose a row is, as far as is known without asking the database."""
    return cast(Any, inspect(row)).dict.get("organisation_id" if isinstance(row, Owned) else "id")


@event.listens_for(OrganisationSession, "after_begin")
def _begin(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        tell_postgresql(connection, session.info)


@event.listens_for(OrganisationSession, "after_soft_rollback")
def _tell_again(session: OrganisationSession, previous: SessionTransaction) -> None:
    """A savepoint that is rolled back takes back what the database was told in it."""
    if previous.nested and session.is_active:
        session._tell_database()


@event.listens_for(OrganisationSession, "do_orm_execute")
def _stay_inside(state: ORMExecuteState) -> None:
    info = state.session.info
    if info.get("exemption") == OPERATOR:
        return
    organisation = info.get("organisation")
    state.update_execution_options(telvertel=(organisation, info.get("exemption")))
    if organisation is None or info.get("exemption"):
        return
    if not state.is_orm_statement:
        raise OutsideOrganisation("Only statements over models can be held inside an organisation.")
    if state.is_insert:
        _check_inserted(state, organisation)
    elif state.is_column_load or (state.is_update and isinstance(state.parameters, list)):
        _hold_rows_by_key(state, organisation)
    else:
        # What a relationship loads has inherited them already.
        criteria = info.get("criteria") or info.setdefault("criteria", _criteria(organisation))
        new = [option for option in criteria if option not in state.user_defined_options]
        state.statement = cast(Any, state.statement).options(*new)


def _check_inserted(state: ORMExecuteState, organisation: UUID) -> None:
    """Inserts hand over rows as parameters; each must name the organisation that was entered."""
    mapper = state.bind_mapper
    if mapper is None or not issubclass(mapper.class_, Owned | Owner):
        return
    parameters = cast("dict[str, Any] | list[dict[str, Any]]", state.parameters or [])
    rows = [parameters] if isinstance(parameters, dict) else parameters
    if not rows or any(row.get("organisation_id") != organisation for row in rows):
        raise OutsideOrganisation(f"New {mapper.class_.__name__} rows must name the organisation entered.")


def _hold_rows_by_key(state: ORMExecuteState, organisation: UUID) -> None:
    """Loading a row again, updating many by key: here SQLAlchemy takes a condition, but no criteria."""
    mapper = state.bind_mapper
    if mapper is None or not issubclass(mapper.class_, Owned | Owner):
        return
    model: Any = mapper.class_
    owner = model.organisation_id if issubclass(model, Owned) else model.id
    state.statement = cast(Any, state.statement).where(owner == organisation)
    for row in cast(list[dict[str, Any]], state.parameters if state.is_update else []):
        if row.get("organisation_id", organisation) != organisation:
            raise OutsideOrganisation(f"A {mapper.class_.__name__} was about to be given away.")
        # With a condition SQLAlchemy does not bring loaded rows up to date: they are read again when needed.
        known = state.session.identity_map.get(_identity(mapper, row))
        if known is not None:
            state.session.expire(known)
    if state.is_update:
        state.update_execution_options(synchronize_session=None)


def _identity(mapper: Mapper[Any], row: dict[str, Any]) -> Any:
    attributes = [mapper.get_property_by_column(column).key for column in mapper.primary_key]
    return mapper.identity_key_from_primary_key(tuple(row.get(attribute) for attribute in attributes))


@event.listens_for(Engine, "before_cursor_execute")
def _look_once_more(
    connection: Connection, cursor: object, sql: str, values: Any, context: ExecutionContext, many: bool
) -> None:
    """The last look at what a session sends: however it was written, no table in it may be loose."""
    told = context.execution_options.get("telvertel")
    if told is None:
        return
    organisation, exemption = told
    columns = _owner_columns()
    statement = statements.read(sql, tuple(columns), ("organisation_id", "id"))
    if organisation is None or exemption:
        allowed = {LOOK_UPS[exemption]} if exemption and statement.verb == "select" else set()
        if statement.tables - allowed:
            raise OutsideOrganisation(f"{min(statement.tables - allowed)} was used without an organisation.")
        return
    for row in values if many else [values]:
        refuse_loose(sql, row, organisation)


def refuse_loose(sql: str, values: Any, organisation: UUID) -> None:
    """Raise OutsideOrganisation if a statement with these values reads or writes anything of another."""
    columns = _owner_columns()
    statement = statements.read(sql, tuple(columns), ("organisation_id", "id"))
    loose = statement.not_held(columns, values, organisation)
    if loose or statement.gives_away("organisation_id", values, organisation):
        raise OutsideOrganisation(f"{loose or 'A row'} was about to get outside the organisation.")


@cache
def _owner_columns() -> dict[str, str]:
    """For each table with rows of organisations, the column that tells whose a row is."""
    owned = {cast(Any, model).__tablename__: "organisation_id" for model in Owned.__subclasses__()}
    return owned | {cast(Any, model).__tablename__: "id" for model in Owner.__subclasses__()}


@event.listens_for(OrganisationSession, "before_flush")
def _own_new_rows(session: Session, flush: UOWTransaction, instances: object) -> None:
    if session.info.get("exemption") == OPERATOR:
        return
    organisation = session.info.get("organisation")
    for row in (cast(Any, row) for row in session.new if isinstance(row, Owned)):
        if row.organisation_id is None:
            row.organisation_id = organisation
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, Owned | Owner) and not _stays_with(row, organisation):
            raise OutsideOrganisation(f"A {type(row).__name__} of another organisation was to be written.")


def _stays_with(row: Any, organisation: UUID | None) -> bool:
    """Whether it is this organisation's, and was so before."""
    column = "organisation_id" if isinstance(row, Owned) else "id"
    moved = inspect(row).persistent and inspect(row).attrs[column].history.has_changes()
    return organisation is not None and getattr(row, column) == organisation and not moved
