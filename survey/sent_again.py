"""A form of staff that could not be taken: what was filled in stands on the page that says so, to be sent again.

Nothing of it is carried out: sending it again takes a click, and a token that this page brings. Only what a page of
ours sent is given back, for nobody should be one click away from sending what another site wrote.
"""

from __future__ import annotations

from flask import Response, make_response, render_template, request
from flask_security import current_user
from flask_wtf.csrf import validate_csrf
from wtforms import ValidationError

from survey import forgery

#: Where passwords are typed: what was sent with such a form never stands on a page.
WITH_PASSWORDS = frozenset({"accounts", "joined", "joining", "security"})
#: By what is served there: fields that hold a code which lets somebody in.
CODES = {"paper": "code"}


def page(status: int) -> Response | None:
    """None for what no page of ours sent, or what held nothing."""
    if not request.form or not is_from_here():
        return None
    shown = render_template(
        "staff/signed_out.html",
        typed=typed(),
        had_file=any(file.filename for file in request.files.values()),
        is_signed_in=current_user.is_authenticated,
    )
    return make_response(shown, status)


def is_from_here() -> bool:
    """Whether a page of ours sent it."""
    if forgery.was_sent_from_here():
        return True
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True


def typed() -> list[tuple[str, str]] | None:
    """Names and values, without what is secret; none where the whole form may be."""
    if not may_stand_here():
        return None
    return [(name, value) for name, value in request.form.items(multi=True) if not _is_secret(name)]


def may_stand_here() -> bool:
    """Whether what was sent may be shown again to who sent it."""
    return request.blueprint is not None and request.blueprint not in WITH_PASSWORDS


def _is_secret(name: str) -> bool:
    return name.endswith("csrf_token") or "password" in name or name == CODES.get(request.blueprint or "")
