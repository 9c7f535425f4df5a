"""Slowing down whoever guesses codes, without shutting out a reception centre behind one address.

Counted per selector, known or not, in the database, so that all workers see it. The first few slips cost nothing;
then the wait doubles. When an organisation sees a flood of wrong codes, its selectors get fewer free tries.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, func, select

from survey.clock import now
from survey.database import db, insert
from survey.models import AccessCode, CodeAttempts

FREE_TRIES = 5
FREE_TRIES_IN_A_FLOOD = 2
FLOOD = 200
FLOOD_SECONDS = 3600
FIRST_WAIT = 30
LONGEST_WAIT = 3600
#: A selector that saw no wrong code for so long starts anew, in seconds.
FORGET_AFTER = 24 * 3600


def seconds_to_wait(selector: str) -> int:
    """How long codes with this selector are still refused."""
    attempts = db.session.get(CodeAttempts, selector)
    return max(0, round(attempts.blocked_until - now().timestamp())) if attempts else 0


def note_failure(selector: str, organisation_id: UUID | None) -> None:
    """Count a wrong code; the caller commits. A known selector also answers for its organisation."""
    moment = now().timestamp()
    first = {"selector": selector, "failures": 0, "blocked_until": 0.0, "last_failure": moment}
    db.session.execute(insert(CodeAttempts).on_conflict_do_nothing(index_elements=["selector"]), [first])
    attempts = db.session.get_one(CodeAttempts, selector, with_for_update=True, populate_existing=True)
    if moment - attempts.last_failure > FORGET_AFTER:
        attempts.failures = 0
    attempts.failures += 1
    attempts.last_failure = moment
    over = attempts.failures - _free_tries(organisation_id, moment)
    if over >= 0:
        attempts.blocked_until = moment + min(FIRST_WAIT * 2 ** min(over, 20), LONGEST_WAIT)


def forget(selector: str) -> None:
    """The right code was typed."""
    db.session.execute(delete(CodeAttempts).where(CodeAttempts.selector == selector))


def _free_tries(organisation_id: UUID | None, moment: float) -> int:
    if organisation_id is None:
        return FREE_TRIES
    with db.session.exempt("code_selector"):
        failures = db.session.scalar(
            select(func.sum(CodeAttempts.failures))
            .join(AccessCode, AccessCode.selector == CodeAttempts.selector)
            .where(AccessCode.organisation_id == organisation_id)
            .where(CodeAttempts.last_failure > moment - FLOOD_SECONDS)
        )
    return FREE_TRIES_IN_A_FLOOD if (failures or 0) >= FLOOD else FREE_TRIES
