"""Files in, files out: the responses of a programme as CSV or XLSX, one row per response; and a caseload (`caseload`).

`columns` says what a file holds; `read` and `write` know the two formats; `rows` checks; `load` brings a file
into the database, all of it or nothing; `dump` writes what `load` reads; `commands` is the command line.
"""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    from survey.exchange import caseload

    caseload.init_app(app)
