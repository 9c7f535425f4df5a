"""What is observed of a person on a day, and what they do: one short form, a history, and activities that overlap."""

from __future__ import annotations

from flask import Flask

from survey import audience


def init_app(app: Flask) -> None:
    from survey.casework import sections
    from survey.casework.steps import activity_views, queries, views

    for part in (views, activity_views):
        app.register_blueprint(part.pages)
        audience.declare(app, part.AUDIENCE)
    sections.add(app, sections.Section(20, "steps/observations_section.html", queries.standing))
    sections.add(app, sections.Section(30, "steps/activities_section.html", queries.doing))
