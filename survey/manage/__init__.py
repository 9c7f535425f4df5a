"""A coordinator's work: programmes and their waves, the languages they ask in, and quotes to rewrite."""

from __future__ import annotations

from flask import Flask

from survey import audience


def init_app(app: Flask) -> None:
    from survey.manage import views

    app.register_blueprint(views.pages)
    audience.declare(app, views.AUDIENCE)
