"""The forms of signing in and of looking after an account; every guess is counted, at the password and after it."""

from __future__ import annotations

from typing import Any, cast

from flask import g
from flask_babel import lazy_gettext as _
from flask_security import ChangePasswordForm, LoginForm, TwoFactorVerifyCodeForm, VerifyForm
from flask_security.forms import Form
from flask_security.proxies import _security
from flask_security.recovery_codes import MfRecoveryForm
from flask_security.utils import verify_password
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from survey.accounts import devices, lockout
from survey.database import db
from survey.models import Staff
from survey.privacy import audit

#: The hash of a password that nobody has, as costly to compare with as any other.
NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$p9T63zsn5Lw3Zuz9P2esVQ$+1Rd6pTwkxJ85UHmSzUarOglSTDDQBHQOjnDf7IKHXU"


class SignInForm(LoginForm):
    """E-mail address and password. Who has no account gets the same answer, for the same work."""

    def validate(self, **arguments: Any) -> bool:
        if not Form.validate(self, **arguments):
            return False
        email = self.email.data.lower()
        self.ifield = self.email
        self.user = db.session.scalar(select(Staff).where(Staff.email == email))
        stored = self.user.password if self.user and self.user.active else None
        door = lockout.door("password", email, devices.known(self.user, email) or "strange")
        if _is_shut(self, door):
            return False
        typed = _security.password_util.normalize(self.password.data)
        if not verify_password(typed, stored or NOBODYS) or stored is None:
            self.password.errors = [*self.password.errors, "-"]
            lockout.refused(door)
            return False
        lockout.forget(door)
        return True


class CodeForm(TwoFactorVerifyCodeForm):
    """A code from an app. While it is being set up nobody guesses: its secret is on the same page."""

    def validate(self, **arguments: Any) -> bool:
        if self.is_setup:
            return bool(super().validate(**arguments))
        door = second_door(cast(Staff, self.user))
        if not self.code.data or _is_shut(self, door):
            return False
        return _or_refused(super().validate(**arguments), door)


class RecoveryForm(MfRecoveryForm):
    """A recovery code: works once, also when it is sent twice at the same moment."""

    def validate(self, **arguments: Any) -> bool:
        door = second_door(cast(Staff, self.user))
        if not self.code.data or _is_shut(self, door):
            return False
        self.code.data = self.code.data.strip().lower()
        db.session.refresh(self.user, with_for_update=True)
        if not _or_refused(super().validate(**arguments), door):
            return False
        audit.record_account("staff.recovery_used", cast(Staff, self.user).id)
        return True


class PasswordAgainForm(VerifyForm):
    """Whoever sits down at someone else's session does not get to guess the password there."""

    def validate(self, **arguments: Any) -> bool:
        door = _door_of_session()
        if not self.password.data or _is_shut(self, door):
            return False
        if not _or_refused(super().validate(**arguments), door):
            return False
        lockout.forget(door)
        return True


class NewPasswordForm(ChangePasswordForm):
    def validate(self, **arguments: Any) -> bool:
        door = _door_of_session()
        if self.password.data and _is_shut(self, door):
            return False
        if not super().validate(**arguments):
            if self.password.data and self.password.errors:
                lockout.refused(door)
            return False
        lockout.forget(door)
        return True


class LinkForm(FlaskForm):
    """What the link of an invitation holds; a script puts it in."""

    token = StringField(
        _("The last part of your link, after #"),
        validators=[InputRequired(_("Paste the whole link or its last part.")), Length(max=400)],
    )


class JoiningForm(FlaskForm):
    """Name and password of a new account, or of one that is renewed."""

    name = StringField(
        _("Your name"),
        filters=[lambda text: " ".join((text or "").replace("\x00", "").split())],
        validators=[
            DataRequired(_("Write your name.")),  # of what is left after the filter
            Length(max=200, message=_("Use at most 200 characters.")),
        ],
    )
    password = PasswordField(_("New password"), validators=[InputRequired(_("Choose a password."))])
    again = PasswordField(_("New password once more"))
    #: Who was invited: the password may not be made of it.
    email = ""

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        too_weak, typed = _security.password_util.validate(
            self.password.data, True, name=self.name.data, email=self.email
        )
        if too_weak:
            self.password.errors = too_weak
        elif typed != _security.password_util.normalize(self.again.data or ""):
            self.again.errors = [str(_("The two new passwords are not the same."))]
        else:
            self.password.data = typed
            return True
        return False


def second_door(person: Staff) -> str:
    return lockout.door("second step", person.email, devices.known(person, person.email) or "strange")


def _door_of_session() -> str:
    return lockout.door("session", str(g.staff_session.id))


def _or_refused(right: bool, door: str) -> bool:
    if not right:
        lockout.refused(door)
    return bool(right)


def _is_shut(form: FlaskForm, door: str) -> bool:
    """Count a try; when there were too many, say how long to wait and look at nothing."""
    seconds = lockout.try_door(door)
    if seconds:
        lockout.refused(door)
    form.wait = lockout.advice(seconds) if seconds else None
    return seconds > 0
