"""Who works for an organisation: invited by link, given roles and relieved of them. Shared by the administrator's
pages, the pages of an account, and commands.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from survey.clock import now
from survey.codes import ROLES
from survey.database import db
from survey.fieldwork import Refused
from survey.models import Membership, Staff, StaffInvitation, StaffSession
from survey.privacy import audit

LINK_DAYS = 7


def address_of(email: str) -> str:
    """An e-mail address in its one form; Refused if it is none."""
    try:
        return validate_email(email, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise Refused(_("“%(email)s” is not an e-mail address.", email=email)) from None


def role_name(role: str) -> str:
    """What people call a role."""
    return {
        "casemanager": _("casemanager"),
        "coordinator": _("coordinator"),
        "councillor": _("councillor"),
        "administrator": _("administrator"),
        "reviewer": _("reviewer"),
    }[role]


def digest(token: str) -> str:
    """What is kept of something secret that cannot be guessed."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def works_here(staff_id: UUID) -> bool:
    found = select(Membership.id).where(Membership.staff_id == staff_id).limit(1)
    return db.session.scalar(found) is not None


def invite(email: str, role: str, by: Staff | None) -> str:
    """Invite someone to work here in a role; what their link holds. An earlier link for this is no use any more."""
    address = address_of(email)
    if role not in ROLES:
        raise Refused(_("There is no role “%(role)s”.", role=role))
    working = select(Membership.id).join(Staff).where(Staff.email == address).limit(1)
    if db.session.scalar(working):
        raise Refused(_("%(email)s works here already. Give the role on their own page.", email=address))
    _withdraw(StaffInvitation.email == address, StaffInvitation.role == role)
    audit.record("staff.invited", role=role)
    return _new_link(StaffInvitation(email=address, role=role), by)


def renew(colleague: Staff, by: Staff | None) -> str:
    """A link for a colleague who lost password or second factor; both stay as they are until it is used."""
    if not works_here(colleague.id):
        raise Refused(_("Nobody with this e-mail address works here."))
    _withdraw(StaffInvitation.staff_id == colleague.id)
    audit.record("staff.invited", staff=colleague.id.hex)
    return _new_link(StaffInvitation(email=colleague.email, staff_id=colleague.id), by)


def withdraw(invitation: StaffInvitation) -> None:
    audit.record("staff.invitation_withdrawn")
    db.session.delete(invitation)


def _withdraw(*which: object) -> None:
    db.session.execute(delete(StaffInvitation).where(*which, StaffInvitation.used_at.is_(None)))  # type: ignore[arg-type]  # conditions


def _new_link(invitation: StaffInvitation, by: Staff | None) -> str:
    """The organisation comes first, so that the link finds its own way in, and then 256 random bits."""
    token = f"{db.session.organisation_id.hex}.{secrets.token_urlsafe(32)}"
    invitation.token_hash = digest(token)
    invitation.made_by_id = by.id if by else None
    invitation.made_at = now()
    invitation.expires_at = now() + timedelta(days=LINK_DAYS)
    db.session.add(invitation)
    db.session.flush()
    return token


def use(invitation: StaffInvitation) -> None:
    """A link works once, whoever else uses it at the same moment."""
    used = db.session.execute(
        update(StaffInvitation)
        .where(StaffInvitation.id == invitation.id, StaffInvitation.used_at.is_(None))
        .where(StaffInvitation.expires_at > now())
        .values(used_at=now())
        .execution_options(synchronize_session=False)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]  # an update counts rows
        raise Refused(_("This link was used before, or it is too old. Ask for a new one."))


def give_role(person: Staff, role: str) -> Membership:
    """Let someone work here in a role as well."""
    known = select(Membership).where(Membership.staff_id == person.id, Membership.role == role)
    if db.session.scalar(known) is not None:
        raise Refused(_("%(email)s already has this role.", email=person.email))
    membership = Membership(staff=person, role=role, vouched_at=now())
    db.session.add(membership)
    audit.record("staff.role_given", staff=person.id.hex, role=role)
    db.session.flush()
    return membership


def take_role(membership: Membership) -> None:
    """The role ends at once, and so do the person's sessions. One administrator always stays."""
    if membership.role == "administrator":
        locked = select(Membership).where(Membership.role == "administrator").order_by(Membership.id)
        administrators = db.session.scalars(
            locked.with_for_update().execution_options(populate_existing=True)
        )
        if not [
            other for other in administrators if other.staff_id != membership.staff_id and _can_work(other)
        ]:
            raise Refused(_("This is the last administrator. First make someone else administrator."))
    audit.record("staff.role_taken", staff=membership.staff_id.hex, role=membership.role)
    db.session.delete(membership)
    end_sessions(membership.staff_id)
    db.session.flush()


def _can_work(membership: Membership) -> bool:
    person = membership.staff
    return person.active and person.is_vouched_for(membership.organisation_id, membership.vouched_at)


def vouch(staff_id: UUID) -> None:
    """Say that an account whose password another organisation renewed is still the person one knows."""
    audit.record("staff.changed", staff=staff_id.hex, vouched=1)
    db.session.execute(update(Membership).where(Membership.staff_id == staff_id).values(vouched_at=now()))


def sign_out(colleague: Staff) -> None:
    """An administrator ends a colleague's sessions: a device was lost."""
    audit.record("session.revoked", staff=colleague.id.hex)
    end_sessions(colleague.id)


def end_sessions(staff_id: UUID, *, but: UUID | None = None) -> None:
    """Sign someone out on all devices, or on all but one."""
    sessions = delete(StaffSession).where(StaffSession.staff_id == staff_id)
    db.session.execute(sessions if but is None else sessions.where(StaffSession.id != but))
