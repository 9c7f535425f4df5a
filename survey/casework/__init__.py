"""A casemanager's work: who is due for what, intake, and invitations. Never anyone's answers."""

from __future__ import annotations

from flask import Flask

from survey import audience


def init_app(app: Flask) -> None:
    from survey.casework import (
        change,
        course,
        deadlines,
        households,
        intake,
        lens,
        notes,
        plan,
        rights,
        sheets,
        steps,
        views,
    )

    app.register_blueprint(rights.pages)  # those of `views`, and its own
    audience.declare(app, views.AUDIENCE)
    audience.declare(app, course.AUDIENCE)
    sheets.init_app(app)
    deadlines.init_app(app)
    households.init_app(app)
    intake.init_app(app)
    lens.init_app(app)
    change.init_app(app)
    steps.init_app(app)
    plan.init_app(app)
    notes.init_app(app)
