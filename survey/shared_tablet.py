"""A sitting on a tablet that staff handed over: who else picks it up finds nobody's questionnaire.

A script asks whether somebody is still there, and says so here from time to time. Where no script runs the sitting is
over by itself after a while without a request.
"""

from __future__ import annotations

import secrets
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


def name() -> str:
    """What scripts know this sitting by; empty if the device is the person's own."""
    return str(session.get("visit", {}).get("shared", ""))


def is_left() -> bool:
    """Whether nobody was here for too long."""
    return bool(name()) and now().timestamp() - session["visit"]["seen"] > IDLE.total_seconds()


def note_here() -> None:
    """Somebody is there."""
    moment = int(now().timestamp())
    if name() and moment - session["visit"]["seen"] > STAMPED_EVERY:
        session["visit"] = {**session["visit"], "seen": moment}
