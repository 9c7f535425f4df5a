"""Which half of the application a process serves, so that analysts' work cannot slow down tablets.

Addresses stay known everywhere, for pages name each other; those of the other half answer that they are not served
here, which tells the operator that the proxy sends them to the wrong workers.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, Flask, Response

from survey import audience, errors
from survey.settings import Part

#: What the dashboard's floor serves.
OF_DASHBOARD = ("/dashboard/", "/publish/")


def keep(app: Flask, part: Part, of_survey: Iterable[str]) -> None:
    """Serve this part alone; of_survey: the endpoints of the survey's journeys."""
    if part == "survey":
        _add_dashboard_addresses(app)
    if part == "dashboard":
        app.view_functions.update(dict.fromkeys(of_survey, _elsewhere))
        audience.declare(app, dict.fromkeys(of_survey, audience.EVERYONE))


def _add_dashboard_addresses(app: Flask) -> None:
    pages = Blueprint("elsewhere", __name__)
    for place in OF_DASHBOARD:
        for rule in (place, f"{place}<path:rest>"):
            pages.add_url_rule(rule, place.strip("/"), _elsewhere, methods=["GET", "POST"])
    app.register_blueprint(pages)
    audience.declare(app, {f"elsewhere.{place.strip('/')}": audience.EVERYONE for place in OF_DASHBOARD})


def _elsewhere(**names: object) -> Response:
    return errors.elsewhere()
