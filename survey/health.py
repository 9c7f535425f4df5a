"""For the machine that watches this one: alive, and ready to serve."""

from __future__ import annotations

from flask import Blueprint, Flask, Response
from sqlalchemy.exc import DBAPIError

from survey import audience, durability, schema
from survey.database import db

pages = Blueprint("health", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(pages)
    audience.declare(app, {"health.alive": audience.EVERYONE, "health.ready": audience.EVERYONE})


@pages.get("/healthz")
def alive() -> Response:
    return _says("ok")


@pages.get("/readyz")
def ready() -> Response:
    """200 when the database answers, waits for the disk, and has the newest shape."""
    try:
        with db.engine.connect() as connection:
            forgetful = durability.shortcomings(connection)
        shape = schema.current(db.engine)
    except DBAPIError:
        return _says("the database does not answer", 503)
    if shape != schema.newest():
        return _says("the database needs `telvertel database upgrade`", 503)
    if forgetful:
        return _says(f"a power cut could take saved answers: {', '.join(forgetful)}", 503)
    return _says("ok")


def _says(words: str, status: int = 200) -> Response:
    return Response(f"{words}\n", status, mimetype="text/plain")
