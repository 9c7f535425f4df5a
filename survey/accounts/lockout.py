"""Guessing at an account is slowed down, and its owner is not shut out by it.

Tries are counted in the database, so for all workers, at doors: one for all strange devices that try an account, one
for each device on which its owner signed in before (and where they then still get in), one for the second step of
each. A try is counted before it is looked at, so many at once are no more tries. An address without an account has
doors like any other. Nothing is counted per network address: a reception centre is behind one.
"""

from __future__ import annotations

import hmac

from flask import current_app
from flask_babel import ngettext
from sqlalchemy import delete

from survey import logs
from survey.clock import now
from survey.database import db, insert
from survey.models import SignInAttempts

FREE_TRIES = 5
FIRST_WAIT = 30
LONGEST_WAIT = 3600
#: A door that nobody tried for so long starts anew, in seconds.
FORGET_AFTER = 24 * 3600


def door(*what: str) -> str:
    """The name under which tries are counted; it tells neither address nor device."""
    secret = str(current_app.secret_key).encode()
    return hmac.new(
        secret, "\0".join(("sign-in door", *what)).encode("utf-8", "replace"), "sha256"
    ).hexdigest()


def try_door(name: str) -> int:
    """Count a try. Seconds to wait first, in which case it was not counted and must not be looked at."""
    moment = now().timestamp()
    first = {"door": name, "tries": 0, "shut_until": 0.0, "last_try": moment}
    db.session.execute(delete(SignInAttempts).where(SignInAttempts.last_try < moment - FORGET_AFTER))
    db.session.execute(insert(SignInAttempts).on_conflict_do_nothing(index_elements=["door"]), [first])
    row = db.session.get_one(SignInAttempts, name, with_for_update=True, populate_existing=True)
    wait = round(row.shut_until - moment + 0.5)
    if wait <= 0:
        row.tries += 1
        row.last_try = moment
        over = row.tries - FREE_TRIES
        if over >= 0:
            row.shut_until = moment + min(FIRST_WAIT * 2 ** min(over, 20), LONGEST_WAIT)
    # Kept whatever comes of this request; and nothing may be locked while a password is being hashed.
    db.session.commit()
    return max(0, wait)


def refused(name: str) -> None:
    """A guess was wrong. Guesses at one door can be told from those at others, and nothing more."""
    logs.turned_away("guess", door=name[:12])


def forget(name: str) -> None:
    """The owner got in."""
    db.session.execute(delete(SignInAttempts).where(SignInAttempts.door == name))


def advice(seconds: int) -> str:
    minutes = -(-seconds // 60)
    return ngettext(
        "Too many tries. Wait %(num)s minute, or use a device on which you signed in before.",
        "Too many tries. Wait %(num)s minutes, or use a device on which you signed in before.",
        minutes,
    )
