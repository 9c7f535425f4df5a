"""Legal terms on a person's page: from when they count, until when, what was made longer, what is done."""

from __future__ import annotations

from flask import Flask

from survey import audience
from survey.casework import sections


def init_app(app: Flask) -> None:
    from survey.casework.deadlines import queries, views

    app.register_blueprint(views.pages)
    audience.declare(app, views.AUDIENCE)
    sections.add(app, sections.Section(55, "deadlines/section.html", queries.section, queries.to_do))
