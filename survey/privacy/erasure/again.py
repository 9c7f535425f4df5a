"""Done again after an older backup was put back."""

from __future__ import annotations

from survey.database import db
from survey.models import Enrolment, Participant
from survey.privacy import audit, ledger, scrubbing
from survey.privacy.erasure import forgetting, taking_back
from survey.privacy.erasure.entries import ledger_path
from survey.privacy.fields import key_ring
from survey.privacy.ledger import Entry


def replay() -> int:
    """Bring the database up to the ledger; how many entries were not yet carried out. Commits.

    Doing it again changes nothing: an entry that was carried out finds nothing left to do.
    """
    done = catch_up()
    if done:
        scrubbing.rewrite()
    return done


def catch_up() -> int:
    """`replay` without writing the database anew: for within a transaction."""
    done = 0
    for entry in ledger.read(ledger_path(), key_ring()):
        db.session.enter(entry.organisation)
        if _carry_out(entry):
            done += 1
            audit.record(
                "participant.erased", entry.subject if entry.kind == "person" else None, again=entry.kind
            )
        db.session.commit()
    return done


def _carry_out(entry: Entry) -> bool:
    """Whether there was anything left to do."""
    if entry.kind == "person":
        person = db.session.get(Participant, entry.subject)
        if person is None or person.erased_on is not None:
            return False
        forgetting.carry_out(person, entry.keep_answers)
        return True
    enrolment = db.session.get(Enrolment, entry.subject)
    if enrolment is None:
        return False
    take_back = {
        "answers": taking_back.carry_out_answers,
        "quotes": taking_back.carry_out_quotes,
        "showing": taking_back.carry_out_showing,
    }[entry.kind]
    return take_back(enrolment, entry.moment)
