"""Who answers, when, and what is kept."""

from __future__ import annotations

from flask import Flask

from survey.asked import Survey
from survey.settings import Settings


def create_survey(settings: Settings) -> Flask:
    """The survey application: a contents page. KeyProblem when there is no usable master key."""
    from survey import (
        accounts,
        aloud,
        audience,
        casework,
        compression,
        database,
        errors,
        exchange,
        forwarded,
        headers,
        health,
        joined,
        languages,
        logs,
        manage,
        metrics,
        notices,
        paper,
        parts,
        respond,
        reviewing,
        sessions,
        tablets,
        watch,
    )
    from survey.privacy import audit, watching

    app = Survey("survey")
    watching.init_app(app, settings)
    app.extensions["telvertel_settings"] = settings
    app.config.from_mapping(
        TRUSTED_HOSTS=list(settings.hosts),
        MAX_CONTENT_LENGTH=settings.largest_request,
        MAX_FORM_MEMORY_SIZE=settings.largest_request,
        # Over TLS a browser keeps a cookie of this name to this host alone, and takes it from nobody else.
        SESSION_COOKIE_NAME="telvertel" if settings.plain_http else "__Host-telvertel",
        SESSION_COOKIE_SECURE=not settings.plain_http,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=12 * 60 * 60,
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=None,
    )
    watching.follow(app, sessions.sign)
    audit.init_app(app)
    forwarded.init_app(app, settings)
    watch.init_app(app, settings)
    database.init_app(app, settings)
    concerns = (
        logs,
        compression,
        languages,
        aloud,
        headers,
        audience,
        errors,
        health,
        joined,
        metrics,
        notices,
    )
    for concern in concerns:
        concern.init_app(app)
    accounts.init_app(app)
    everywhere = set(app.view_functions)
    for journey in (respond, casework, exchange, manage, paper, reviewing, tablets):
        journey.init_app(app)
    parts.keep(app, settings.part, set(app.view_functions) - everywhere)
    return app
