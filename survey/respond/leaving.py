"""Where a sitting ends, and what scripts say of it. A view parses, calls, answers."""

from __future__ import annotations

from flask import render_template, session
from werkzeug.wrappers import Response

from survey import shared_tablet
from survey.respond.views import pages


@pages.get("/goodbye/<any(thanks, refused, stopped, withdrawn, over):what>")
def goodbye(what: str) -> str:
    return render_template("respond/goodbye.html", what=what)


@pages.post("/survey/leave")
def leave_later() -> Response:
    """A sitting ended without a network: as soon as there is one, the browser says so. Needs no token against forgery:
    cookies do not come along from other sites, and all that happens is that a sitting is over.
    """
    session.clear()
    return Response(status=204)


@pages.post("/survey/here")
def here() -> Response:
    """Somebody is answering on a shared tablet, without asking for a page. As harmless as leaving; and it may be the
    first thing in a long while that the network lets through.
    """
    shared_tablet.note_here(session.get("visit", {}))
    return Response(status=204)
