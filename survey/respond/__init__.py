"""A participant answers: code, language, consent, one domain a page, the open question, thanks."""

from __future__ import annotations

from flask import Flask

from survey import aloud, audience


def init_app(app: Flask) -> None:
    from survey.respond import door, own_views, sounds, views

    (pages,) = {part.pages for part in (views, door, own_views, sounds)}  # each adds its own to the same ones
    app.register_blueprint(pages)
    aloud.declare_screens(app, sounds.render_all)
    app.register_error_handler(views.VisitOver, views.visit_over)
    audience.declare(app, views.AUDIENCE)
