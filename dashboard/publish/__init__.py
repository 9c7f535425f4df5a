"""What a coordinator does with results: build a release, look at it, publish it."""

from __future__ import annotations

from flask import Flask

from survey import audience


def init_app(app: Flask) -> None:
    from dashboard.publish import views

    app.register_blueprint(views.pages)
    audience.declare(app, views.AUDIENCE)
