"""The bare limit: the least that Flask must do to ask thirty questions on fifteen pages and keep the answers.

A signed-cookie session, one comparison against forgery, one compiled template of 2 kB, a range check, two upserts
in one transaction, a redirect. The same server, number of workers and SQLite settings as Telvertel; no
translation, no validation beyond the range, no resuming, no headers, no tenancy. A limit, not a product.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import sys
from typing import Any

from flask import Flask, abort, redirect, render_template, request, session
from jinja2 import Template

PAGES = 15
DATABASE = "TELVERTEL_BARE_DATABASE"
OPTIONS = ("Very bad", "Bad", "Not good, not bad", "Good", "Very good")
PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Page {{ number }} of {{ pages }}</title></head>
<body>
<main>
<h1>Page {{ number }} of {{ pages }}</h1>
<p>Choose one answer to each question. There are no right or wrong answers, and you can stop whenever you like.
What you answered so far is kept: open the same address again to go on with the first page that was not saved.</p>
<progress value="{{ number }}" max="{{ pages }}">{{ number }} of {{ pages }}</progress>
<form method="post" action="/page/{{ number }}">
<input type="hidden" name="csrf_token" value="{{ token }}">
{% for item in items %}<fieldset><legend>How do you feel about question {{ item }} of this questionnaire?</legend>
{% for option in options %}<p><input type="radio" name="item_{{ item }}" id="item_{{ item }}_{{ loop.index }}" \
value="{{ loop.index }}"><label for="item_{{ item }}_{{ loop.index }}">{{ option }}</label></p>
{% endfor %}</fieldset>
{% endfor %}<button type="submit">Next</button>
</form>
</main>
</body>
</html>
"""
THANKS = '<!doctype html><html lang="en"><title>Thank you</title><h1 id="thanks">Thank you</h1></html>'
SCHEMA = """CREATE TABLE IF NOT EXISTS answer (
    respondent TEXT NOT NULL, item INTEGER NOT NULL, value INTEGER NOT NULL, PRIMARY KEY (respondent, item)
) WITHOUT ROWID"""
UPSERT = """INSERT INTO answer (respondent, item, value) VALUES (?, ?, ?)
ON CONFLICT (respondent, item) DO UPDATE SET value = excluded.value"""


def connect(path: str) -> sqlite3.Connection:
    """A connection with the settings of survey.database."""
    connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(SCHEMA)
    return connection


def create_app() -> Flask:
    app = Flask("bare")
    app.secret_key = secrets.token_bytes(32) if DATABASE not in os.environ else os.environ[DATABASE].encode()
    connection = connect(os.environ.get(DATABASE, ":memory:"))
    template = app.jinja_env.from_string(PAGE)
    app.add_url_rule("/", view_func=start)
    app.add_url_rule("/page/<int:number>", "page", lambda number: page(template, number))
    app.add_url_rule(
        "/page/<int:number>", "answer", lambda number: answer(connection, number), methods=["POST"]
    )
    app.add_url_rule("/thanks", view_func=thanks)
    return app


def start() -> Any:
    session["respondent"] = secrets.token_hex(8)
    session["token"] = secrets.token_hex(16)
    return redirect("/page/1", 303)


def page(template: Template, number: int) -> str:
    if not 1 <= number <= PAGES:
        abort(404)
    return render_template(
        template, number=number, pages=PAGES, items=items_of(number), options=OPTIONS, token=session["token"]
    )


def answer(connection: sqlite3.Connection, number: int) -> Any:
    if not 1 <= number <= PAGES:
        abort(404)
    if not secrets.compare_digest(request.form.get("csrf_token", ""), session["token"]):
        abort(400)
    rows = [(session["respondent"], item, int(request.form[f"item_{item}"])) for item in items_of(number)]
    if not all(1 <= value <= len(OPTIONS) for _, _, value in rows):
        abort(400)
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(UPSERT, rows)
    connection.execute("COMMIT")
    return redirect("/thanks" if number == PAGES else f"/page/{number + 1}", 303)


def thanks() -> str:
    return THANKS


def items_of(number: int) -> tuple[int, int]:
    return 2 * number - 1, 2 * number


def serve(port: int, workers: int) -> None:
    """With the options that survey.commands gives to the same server."""
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "bench.bare:create_app", factory=True, interface=Interfaces.WSGI, address="127.0.0.1", port=port,
        workers=workers, blocking_threads=1, respawn_failed_workers=True, workers_kill_timeout=10,
        log_level="warning",
    ).serve()  # fmt: skip


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]))
