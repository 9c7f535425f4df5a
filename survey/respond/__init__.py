"""A participant answers: code, language, consent, one domain a page, the open question; then their own answers."""

from __future__ import annotations

from types import ModuleType

from flask import Flask

from survey import aloud, audience, forgery


def init_app(app: Flask) -> None:
    from survey.respond import envelopes, leaving, sounds, views

    (pages,) = {part.pages for part in _parts()}
    app.register_blueprint(pages)
    aloud.declare_screens(app, sounds.render_all)
    for view in (envelopes.deliver, leaving.leave_later, leaving.here):  # why, they say themselves
        forgery.protection.exempt(view)
    app.register_error_handler(views.VisitOver, views.visit_over)
    app.register_error_handler(views.VisitFinished, views.visit_finished)
    audience.declare(app, views.AUDIENCE)


def _parts() -> tuple[ModuleType, ...]:
    """Each adds its own to the same pages."""
    from survey.respond import ahead, consent_views, door, envelopes, leaving  # isort: skip
    from survey.respond import mirror_views, own_views, questionnaire_views, sounds, views  # isort: skip

    return (
        views, consent_views, questionnaire_views, door, own_views, mirror_views, sounds, envelopes, ahead, leaving,
    )  # fmt: skip
