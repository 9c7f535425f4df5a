"""One tablet for many people: a casemanager hands it over for a sitting, and hears what it could not send.

It stands between the journeys: who works with a person begins what this person then does alone.
"""

from __future__ import annotations

from flask import Flask

from survey import audience


def init_app(app: Flask) -> None:
    from survey.tablets import views

    app.register_blueprint(views.pages)
    audience.declare(app, views.AUDIENCE)
