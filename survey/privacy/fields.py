"""A sealed text as an attribute of a model.

    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    name = SealedText()

Reading opens the column `<attribute>_sealed` with the key of the row's participant, writing seals it; the
row's own place (organisation, table, column, id) is bound in. The row must know its organisation and
participant. A row that may be of nobody (its participant None) goes by the organisation's key then.
"""

from __future__ import annotations

from typing import Any, Protocol, overload
from uuid import UUID

from flask import current_app

from survey.privacy import sealed, watching
from survey.privacy.keys import AnyKey, KeyProblem, KeyRing


class OfPerson(Protocol):
    """A row with sealed fields: identified, owned, and about one participant."""

    __tablename__: str

    @property
    def id(self) -> Any: ...
    @property
    def organisation_id(self) -> Any: ...
    @property
    def participant(self) -> Any: ...


class SealedText:
    def __set_name__(self, owner: type, name: str) -> None:
        self.column = f"{name}_sealed"

    @overload
    def __get__(self, row: None, owner: type) -> SealedText: ...
    @overload
    def __get__(self, row: OfPerson, owner: type) -> str | None: ...
    def __get__(self, row: OfPerson | None, owner: type) -> SealedText | str | None:
        if row is None:
            return self
        value = getattr(row, self.column)
        if value is None:
            return None
        return sealed.unseal(key_of(row), value, self._place(row)).decode()

    def __set__(self, row: OfPerson, text: str | None) -> None:
        value = None
        if text is not None:
            value = sealed.seal(key_of(row), text.encode(), self._place(row))
        setattr(row, self.column, value)

    def _place(self, row: OfPerson) -> bytes:
        if row.organisation_id is None:
            raise ValueError("A row must know its organisation before anything is sealed in it.")
        return sealed.place(row.organisation_id, row.__tablename__, self.column, row.id)


def key_ring() -> KeyRing:
    ring: KeyRing = current_app.extensions["telvertel_keys"]
    return ring


def key_by_id(key_id: bytes) -> AnyKey:
    """KeyProblem for a key that is not on the ring, also after looking once more: it may just have come."""
    try:
        return key_ring().by_id(key_id)
    except KeyProblem:
        watching.notice(current_app._get_current_object())  # type: ignore[attr-defined]  # the proxy has it
        return key_ring().by_id(key_id)


def organisation_key(organisation_id: UUID, wrapped: bytes) -> bytes:
    """The organisation's key, unwrapped once a process."""
    known: dict[bytes, bytes] = current_app.extensions.setdefault("telvertel_organisation_keys", {})
    if wrapped not in known:
        key_by_id(sealed.master_of(wrapped))
        known[wrapped] = sealed.unwrap_with_master(key_ring(), wrapped, organisation_id)
    return known[wrapped]


def key_of(row: OfPerson) -> bytes:
    """The key of the row's person, or of the organisation where it is nobody's."""
    if row.participant is None:
        return _key_of_organisation(row)
    return person_key(row.participant)


def person_key(participant: Any) -> bytes:
    """The person's own key; CannotOpen when it was destroyed."""
    key_row = participant.key
    if key_row is None:
        raise sealed.CannotOpen("The key of this person was destroyed.")
    where = sealed.place(participant.organisation_id, "person_key", "wrapped", key_row.id)
    return sealed.unseal(_key_of_organisation(participant), key_row.wrapped, where)


def make_person_key(participant: Any, key_row: Any) -> None:
    """Fill a new PersonKey row for a new participant."""
    where = sealed.place(participant.organisation_id, "person_key", "wrapped", key_row.id)
    key_row.wrapped = sealed.seal(_key_of_organisation(participant), sealed.new_key(), where)


def _key_of_organisation(row: Any) -> bytes:
    organisation = row.organisation
    return organisation_key(organisation.id, organisation.wrapped_key)
