"""A caseload that exists already: its people, what was observed of them, what they do, and notes, in one table.

`columns` says what a row of each kind may hold; `rows` reads them; `lists` knows the organisation's own names;
`stored` tells what is there in the same shape; `compare`, `joining` and `homes` make a `plan` of it; `write` brings
it in, all of it or nothing; `dump` writes what is read. `views` is the page on which a casemanager does it.
"""

from __future__ import annotations

from flask import Flask

from survey import audience


def init_app(app: Flask) -> None:
    from survey.exchange.caseload import views

    app.register_blueprint(views.pages)
    audience.declare(app, views.AUDIENCE)
