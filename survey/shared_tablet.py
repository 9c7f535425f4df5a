"""A sitting on a tablet that staff handed over: who else picks it up finds nobody's questionnaire.

A script asks whether somebody is still there, and says so here from time to time. Where no script runs the sitting is
over by itself after a while without a request.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import session

from survey.clock import now

#: Without a sign of anybody, where no script asked before. A page of questions is read in less.
IDLE = timedelta(minutes=30)
#: How often the cookie is written anew while somebody answers, in seconds.
STAMPED_EVERY = 60


def begun(visit: dict[str, Any]) -> dict[str, Any]:
    """A sitting as the session keeps it, from now on one on a shared tablet."""
    return {**visit, "shared": secrets.token_hex(4), "seen": int(now().timestamp())}


def name(visit: Mapping[str, Any]) -> str:
    """What scripts know a sitting by; empty if the device is the person's own."""
    return str(visit.get("shared", ""))


def is_left(visit: Mapping[str, Any]) -> bool:
    """Whether nobody was here for too long."""
    return "shared" in visit and now().timestamp() - visit["seen"] > IDLE.total_seconds()


def note_here(visit: Mapping[str, Any]) -> None:
    """Somebody is there."""
    if "shared" in visit and (moment := int(now().timestamp())) - visit["seen"] > STAMPED_EVERY:
        session["visit"] = {**visit, "seen": moment}
