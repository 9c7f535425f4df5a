"""Who lives with whom, on a person's page; so that numbers can count households and benefits, too."""

from __future__ import annotations

from flask import Flask

from survey import audience
from survey.casework import sections


def init_app(app: Flask) -> None:
    from survey.casework.households import queries, views

    app.register_blueprint(views.pages)
    audience.declare(app, views.AUDIENCE)
    sections.add(app, sections.Section(60, "households/section.html", queries.section))
