"""A reviewer reads every text that participants will read, beside its source and a picture of the screen, and approves,
changes or refuses it. What a translator from outside proposes comes in and goes out as one file.
"""

from __future__ import annotations

from flask import Flask

from survey import audience


def init_app(app: Flask) -> None:
    from survey.reviewing import file_views, views

    app.register_blueprint(file_views.pages)  # those of `views`, and its own
    audience.declare(app, views.AUDIENCE)
