"""The intake: filled in together on one screen, a section at a time, on one day or on several."""

from __future__ import annotations

from flask import Flask

from survey import audience
from survey.casework import sections


def init_app(app: Flask) -> None:
    from survey.casework.intake import queries, views

    app.register_blueprint(views.pages)
    audience.declare(app, views.AUDIENCE)
    sections.add(app, sections.Section(52, "intake/section.html", queries.of_person, queries.to_do))
