"""Notes (*vertellen*): what casemanagers write down of a talk, sealed, tagged and found again; and questions to the
help desk, which have labels and need no words.
"""

from __future__ import annotations

from flask import Flask

from survey import audience
from survey.casework import sections
from survey.casework.sections import Section


def init_app(app: Flask) -> None:
    from survey.casework.notes import queries, views

    app.register_blueprint(views.pages)
    audience.declare(app, views.AUDIENCE)
    sections.add(app, Section(50, "notes/section.html", queries.section))
