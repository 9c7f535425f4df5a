"""Two lenses: how the casemanager sees each subject, beside how the person does, if they want that. Never averaged."""

from __future__ import annotations

from flask import Flask

from survey import audience
from survey.casework import sections


def init_app(app: Flask) -> None:
    from survey.casework.lens import queries, views

    app.register_blueprint(views.pages)
    audience.declare(app, views.AUDIENCE)
    sections.add(app, sections.Section(28, "lens/section.html", queries.of_person))
