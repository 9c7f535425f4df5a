"""Every answer says what it is; nothing lists what is in a folder."""

from __future__ import annotations

import pytest
from flask import Flask

KINDS = {
    "/": "text/html; charset=utf-8",
    "/no/such/page": "text/html; charset=utf-8",
    "/staff/sign-in": "text/html; charset=utf-8",
    "/healthz": "text/plain; charset=utf-8",
    "/static/theme.css": "text/css; charset=utf-8",
    "/static/start.js": "text/javascript; charset=utf-8",
    "/static/favicon.svg": "image/svg+xml; charset=utf-8",
}


@pytest.mark.parametrize("address", KINDS)
def test_an_answer_says_what_it_is_and_how_it_is_written(app: Flask, address: str) -> None:
    with app.test_client().get(address) as answer:
        assert answer.headers["Content-Type"] == KINDS[address]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("folder", ["/static/", "/static/vendor/", "/static/vendor", "/dashboard/_assets/"])
def test_no_folder_is_listed(app: Flask, folder: str) -> None:
    answer = app.test_client().get(folder)
    assert answer.status_code in (303, 404)
    assert "codes.css" not in answer.text and "style-nonce.js" not in answer.text
