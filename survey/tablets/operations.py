"""A tablet is handed over: a sitting begins as if its person had typed a code."""

from __future__ import annotations

from typing import Any

from survey import shared_tablet
from survey.models import Enrolment
from survey.participation import code_of_sitting, sit_down
from survey.privacy import audit


def hand_over(enrolment: Enrolment) -> dict[str, Any]:
    """What the session of this sitting holds.

    Always with a code of its own. It ends no letter, opens no answers that were there (no code does), and is the same
    for somebody who took back everything.
    """
    code = code_of_sitting(enrolment)
    audit.record("participant.tablet_handed_over", enrolment.participant_id)
    return shared_tablet.begun({
        "organisation": str(enrolment.organisation_id), "code": str(code.id), "number": sit_down(enrolment.id),
    })  # fmt: skip
