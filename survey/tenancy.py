"""Every query is inside one organisation.

Held on the session itself, below the views: whoever forgets to name an organisation gets an error, not another
municipality's rows. On PostgreSQL row-level security (see the migrations) says the same once more, from two
settings that each transaction starts with. The exceptions are listed in EXEMPTIONS, by name, and tested.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Connection, ForeignKey, Uuid, event, text
from sqlalchemy.orm import (
    Mapped,
    ORMExecuteState,
    Session,
    SessionTransaction,
    UOWTransaction,
    declared_attr,
    mapped_column,
    with_loader_criteria,
)
from sqlalchemy.schema import Table
from sqlalchemy.sql import visitors

#: Look-ups that must work before an organisation is known, and the operator's own commands.
EXEMPTIONS = frozenset({"code_selector", "staff_email", "programme_code", "operator"})


class OutsideOrganisation(Exception):
    """A query without an organisation, or a row of another one: a fault in the program, never in the input."""


class Owned:
    """Mixin for rows that belong to one organisation: everything except organisations and staff accounts."""

    @declared_attr
    def organisation_id(cls) -> Mapped[UUID]:
        return mapped_column(Uuid, ForeignKey("organisation.id", ondelete="CASCADE"), index=True)


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
            # Rows of the organisation before must not stay within reach.
            self.expunge_all()
        self.info["organisation"] = organisation_id
        self._tell_database()

    @contextmanager
    def exempt(self, name: str) -> Iterator[None]:
        """Look outside the organisation, for one of the reasons in EXEMPTIONS."""
        if name not in EXEMPTIONS:
            raise OutsideOrganisation(f"{name} is not an exemption.")
        before = self.info.get("exemption")
        self.info["exemption"] = name
        self._tell_database()
        try:
            yield
        finally:
            self.info["exemption"] = before
            if self.is_active:
                self._tell_database()

    def _tell_database(self) -> None:
        if self.in_transaction() and self.get_bind().dialect.name == "postgresql":
            tell_postgresql(self.connection(), self.info)


def tell_postgresql(connection: Connection, info: dict[Any, Any]) -> None:
    """Set what row-level security goes by, until the end of this transaction."""
    connection.execute(
        text(
            "SELECT set_config('telvertel.organisation', :organisation, true),"
            " set_config('telvertel.exemption', :exemption, true)"
        ),
        {"organisation": str(info.get("organisation") or ""), "exemption": info.get("exemption") or ""},
    )


@event.listens_for(OrganisationSession, "after_begin")
def _begin(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        tell_postgresql(connection, session.info)


@event.listens_for(OrganisationSession, "do_orm_execute")
def _stay_inside(state: ORMExecuteState) -> None:
    if state.session.info.get("exemption"):
        return
    organisation = state.session.info.get("organisation")
    if organisation is None:
        _refuse_owned_tables(state)
    elif state.is_insert:
        _check_inserted(state, organisation)
    elif not state.is_orm_statement:
        raise OutsideOrganisation("Only statements over models can be held inside an organisation.")
    elif not state.is_column_load:
        state.statement = state.statement.options(
            with_loader_criteria(Owned, lambda row: row.organisation_id == organisation, include_aliases=True)
        )


def _refuse_owned_tables(state: ORMExecuteState) -> None:
    """Without an organisation only tables that belong to none may be read: staff accounts, code attempts."""
    for element in visitors.iterate(state.statement):
        if isinstance(element, Table) and (element.name == "organisation" or "organisation_id" in element.c):
            raise OutsideOrganisation(f"{element.name} was queried without an organisation.")


def _check_inserted(state: ORMExecuteState, organisation: UUID) -> None:
    """Bulk inserts hand over rows as parameters; each must name the organisation that was entered."""
    mapper = state.bind_mapper
    if mapper is None or not issubclass(mapper.class_, Owned):
        return
    parameters = state.parameters or []
    rows = [parameters] if isinstance(parameters, dict) else parameters
    if not rows or any(row.get("organisation_id") != organisation for row in rows):
        raise OutsideOrganisation(f"{mapper.class_.__name__} rows must name the organisation that was entered.")


@event.listens_for(OrganisationSession, "before_flush")
def _own_new_rows(session: Session, flush: UOWTransaction, instances: object) -> None:
    if session.info.get("exemption") == "operator":
        return
    organisation = session.info.get("organisation")
    for row in session.new:
        if isinstance(row, Owned) and row.organisation_id is None:
            row.organisation_id = organisation
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, Owned) and (organisation is None or row.organisation_id != organisation):
            raise OutsideOrganisation(f"A {type(row).__name__} of another organisation was about to be written.")
