"""A participant answers: code, language, consent, one domain a page, the open question; then their own answers."""

from __future__ import annotations

from flask import Flask

from survey import aloud, audience, forgery


def init_app(app: Flask) -> None:
    from survey.respond import ahead, door, envelopes, leaving, mirror_views, own_views, sounds, views

    # Each adds its own to the same ones.
    parts = (views, door, own_views, mirror_views, sounds, envelopes, ahead, leaving)
    (pages,) = {part.pages for part in parts}
    app.register_blueprint(pages)
    aloud.declare_screens(app, sounds.render_all)
    for view in (envelopes.deliver, leaving.leave_later, leaving.here):  # why, they say themselves
        forgery.protection.exempt(view)
    app.register_error_handler(views.VisitOver, views.visit_over)
    app.register_error_handler(views.VisitFinished, views.visit_finished)
    audience.declare(app, views.AUDIENCE)
