"""Finding somebody by name. Names are sealed, so they are opened and compared: there is no index of names anywhere.

5,000 names take about 70 ms (docs/decisions/0022). What was typed is a name too, so it stands sealed in the address of
the list it leads to: neither a proxy's log nor a browser's history tells whom somebody looked for.
"""

from __future__ import annotations

import base64
import binascii
import unicodedata
from collections.abc import Iterable, Iterator
from uuid import UUID

from flask_security import current_user
from sqlalchemy import ColumnElement, or_, select

from survey.database import db
from survey.models import Enrolment, Identity, Organisation, Participant, PersonKey
from survey.privacy import sealed
from survey.privacy.fields import key_ring, organisation_key

#: One letter stands in most names.
LEAST = 2
#: More than this nobody reads through; the database is not sent a longer list either.
MOST = 1000
#: How a sealed search begins in an address. No pseudonym holds it.
MARK = "~"


def fits(typed: str, within: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
    """People whose pseudonym holds what was typed, or whose name holds each of its words; of those `within`."""
    by_pseudonym = Participant.pseudonym.icontains(typed, autoescape=True)
    if len(folded(typed)) < LEAST:
        return by_pseudonym
    return or_(by_pseudonym, Participant.id.in_(_named(typed, within)))


def _named(typed: str, within: Iterable[ColumnElement[bool]]) -> list[UUID]:
    wanted = folded(typed).split()
    found: list[UUID] = []
    for person, name in _names(within):
        if all(word in name for word in wanted):
            found.append(person)
            if len(found) == MOST:
                break
    return found


def _names(within: Iterable[ColumnElement[bool]]) -> Iterator[tuple[UUID, str]]:
    """Opened as `survey.privacy.fields` does, from columns: rows of the models would take five times as long."""
    owner = db.session.organisation_id
    own_key = organisation_key(owner, db.session.get_one(Organisation, owner).wrapped_key)
    columns = select(
        Participant.id, PersonKey.id, PersonKey.wrapped, Identity.id, Identity.name_sealed
    ).select_from(Enrolment)
    statement = (
        columns.join(Enrolment.participant)
        .join(PersonKey, PersonKey.participant_id == Participant.id)
        .join(Identity, Identity.participant_id == Participant.id)
        .where(Identity.name_sealed.is_not(None), *within)
    )
    for person, key_id, wrapped, identity_id, name in db.session.execute(statement):
        key = sealed.unseal(own_key, wrapped, sealed.place(owner, "person_key", "wrapped", key_id))
        opened = sealed.unseal(key, name or b"", sealed.place(owner, "identity", "name_sealed", identity_id))
        yield person, folded(opened.decode())


def folded(text: str) -> str:
    """Without capitals and accents, as one types in a hurry."""
    if text.isascii():
        return text.casefold()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def as_address(typed: str) -> str:
    """What was typed, for the address of this colleague's list; opens for nobody else."""
    key, place = _place()
    if not typed:
        return ""
    return MARK + base64.urlsafe_b64encode(sealed.seal(key, typed.encode(), place)).decode().rstrip("=")


def from_address(given: str) -> str | None:
    """What was typed; None for a sealed search of somebody else, or a damaged one."""
    if not given.startswith(MARK):
        return given
    key, place = _place()
    try:
        whole = given.removeprefix(MARK) + "=" * (-len(given.removeprefix(MARK)) % 4)
        return sealed.unseal(key, base64.urlsafe_b64decode(whole), place).decode()
    except (sealed.CannotOpen, binascii.Error, ValueError):
        return None


def _place() -> tuple[bytes, bytes]:
    key = bytes.fromhex(key_ring().derive("casework.search"))
    return key, sealed.place(db.session.organisation_id, "caseload", "search", current_user.id)
