"""A coordinator's work: programmes with their waves and targets, the languages they ask in, quotes to rewrite, and
lists of kinds and providers. And an administrator's: who works here, and who looked at and changed whom.
"""

from __future__ import annotations

from flask import Flask

from survey import audience


def init_app(app: Flask) -> None:
    from survey.manage import colleagues, views
    from survey.manage.advance import views as advance
    from survey.manage.audit_log import views as audit_log
    from survey.manage.kinds import views as kinds
    from survey.manage.labels import views as labels
    from survey.manage.recordings import views as recordings
    from survey.manage.rights import views as rights
    from survey.manage.targets import views as targets

    for part in (views, advance, colleagues, audit_log, kinds, labels, recordings, rights, targets):
        app.register_blueprint(part.pages)
        audience.declare(app, part.AUDIENCE)
