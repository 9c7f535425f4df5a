"""A participant answers: code, language, consent, one domain a page, the open question, thanks."""

from __future__ import annotations

from flask import Flask

from survey import audience


def init_app(app: Flask) -> None:
    from survey.respond import own_views, views

    app.register_blueprint(own_views.pages)  # those of `views`, and its own
    app.register_error_handler(views.VisitOver, views.visit_over)
    audience.declare(app, views.AUDIENCE)
