"""The second step: a code from an app works once, and nobody guesses."""

from __future__ import annotations

from typing import Any

from flask_security.totp import Totp
from passlib.exc import TokenError
from sqlalchemy import or_, update

from survey.database import db
from survey.models import Staff


class UsedOnce(Totp):
    """Refuses a code that was used before, in whichever worker: the last used time step is in the database."""

    def verify_totp(self, token: str, totp_secret: str, user: Any, window: int = 0) -> bool:
        try:
            match = self._totp.verify(token, totp_secret, window=window)
        except TokenError:
            return False
        taking = update(Staff).where(Staff.id == user.id).values(totp_step=match.counter)
        if self._is_in_use(totp_secret, user):
            taking = taking.where(or_(Staff.totp_step.is_(None), Staff.totp_step < match.counter))
        taken = db.session.execute(taking.execution_options(synchronize_session=False))
        return bool(taken.rowcount)  # type: ignore[attr-defined]  # an update counts rows

    def _is_in_use(self, totp_secret: str, user: Any) -> bool:
        """Another secret is one that is being set up, and begins to count anew. Compared opened: a rotation of the
        master keys seals the same one again.
        """
        stored = user.tf_totp_secret
        return bool(stored) and self._totp.from_source(stored).key == self._totp.from_source(totp_secret).key
