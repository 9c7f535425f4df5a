"""What anyone may read without signing in: the privacy notice, and whom to tell about a fault in the guards."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Flask, Response, abort, current_app, render_template, url_for

from survey import audience
from survey.clock import now
from survey.settings import Settings

pages = Blueprint("notices", __name__)
#: RFC 9116 wants a date before which the file is read again; less than a year ahead is recommended.
GOOD_FOR = timedelta(days=180)


def init_app(app: Flask) -> None:
    app.register_blueprint(pages)
    audience.declare(app, {"notices.privacy": audience.EVERYONE, "notices.security": audience.EVERYONE})


@pages.get("/privacy")
def privacy() -> str:
    """In the participant's language: what is kept, why, who sees it, and what they can do."""
    return render_template("participant/privacy.html")


@pages.get("/.well-known/security.txt")
def security() -> Response:
    """RFC 9116; there is none until the operator says whom to tell."""
    settings: Settings = current_app.extensions["telvertel_settings"]
    if not settings.security_contact:
        abort(404)
    expires = (now() + GOOD_FOR).replace(microsecond=0)
    scheme = "http" if settings.plain_http else "https"
    lines = (
        f"Contact: {settings.security_contact}",
        f"Expires: {expires.isoformat().replace('+00:00', 'Z')}",
        "Preferred-Languages: nl, en",
        f"Canonical: {url_for('notices.security', _external=True, _scheme=scheme)}",
    )
    return Response("\n".join(lines) + "\n", mimetype="text/plain")
