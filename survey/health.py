"""For the machine that watches this one: alive, and ready to serve."""

from __future__ import annotations

from flask import Blueprint, Flask, Response
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from survey import audience, schema
from survey.database import db

pages = Blueprint("health", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(pages)
    audience.declare(app, {"health.alive": audience.EVERYONE, "health.ready": audience.EVERYONE})


@pages.after_request
def _as_text(response: Response) -> Response:
    response.mimetype = "text/plain"
    return response


@pages.get("/healthz")
def alive() -> tuple[str, int]:
    return "ok\n", 200


@pages.get("/readyz")
def ready() -> tuple[str, int]:
    """200 when the database answers and has the newest shape."""
    try:
        with db.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        shape = schema.current(db.engine)
    except DBAPIError:
        return "the database does not answer\n", 503
    if shape != schema.newest():
        return "the database needs `telvertel database upgrade`\n", 503
    return "ok\n", 200
