"""Answering on paper: the form that a casemanager prints with somebody's code, and the page where a coordinator enters
what came back in a closed envelope.

It stands between the journeys: what is entered is what respondents send, so it goes by their operations.
"""

from __future__ import annotations

from flask import Flask

from survey import audience


def init_app(app: Flask) -> None:
    from survey.paper import views

    app.register_blueprint(views.pages)
    audience.declare(app, views.AUDIENCE)
