"""Somebody's plan in a programme: goals in their own words with who does what by when, obstacles and breakthroughs, and
every version as it was signed.
"""

from __future__ import annotations

from flask import Flask

from survey import audience
from survey.casework import sections
from survey.casework.sections import Section


def init_app(app: Flask) -> None:
    from survey.casework.plan import queries, views

    app.register_blueprint(views.pages)
    audience.declare(app, views.AUDIENCE)
    sections.add(app, Section(24, "plan/section.html", queries.section, queries.to_do))
