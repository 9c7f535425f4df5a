"""Where one comes in with a code: typed, scanned, or brought along by a link. The only page that may use the camera."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from survey import headers, languages, logs, metrics
from survey.participation import sit_down
from survey.privacy import codes
from survey.respond import operations
from survey.respond.forms import CodeForm
from survey.respond.views import pages


@pages.get("/")
def start() -> Response:
    return _door(CodeForm())


@pages.get("/start")
def link() -> Response:
    """Where a QR code leads: a script moves the code from the fragment into the form and sends it."""
    return _door(CodeForm())


def rendered(form: CodeForm) -> str:
    return render_template(
        "respond/start.html", form=form, languages=languages.LANGUAGES, code_letters=codes.ALPHABET,
        code_length=codes.LENGTH, language_url="#languages",
    )  # fmt: skip


def _door(form: CodeForm, status: int = 200) -> Response:
    answer = make_response(rendered(form), status)
    answer.headers["Permissions-Policy"] = headers.WITH_CAMERA
    return answer


@pages.post("/")
def enter() -> Any:
    form = CodeForm()
    session.pop("visit", None)
    if form.validate_on_submit():
        try:
            code = operations.open_code(form.code.data or "")
        except operations.TooManyTries as problem:
            _note_refused("too soon")
            minutes = max(1, round(problem.seconds / 60))
            form.code.errors = [_("Too many wrong codes. Minutes to wait: %(minutes)s.", minutes=minutes)]
        except operations.CodeRefused:
            _note_refused("wrong")
            form.code.errors = [_("This code does not work. Check it, or ask the person who gave it to you.")]
        else:
            session["visit"] = {
                "organisation": str(code.organisation_id), "code": str(code.id),
                "number": sit_down(code.enrolment_id),
            }  # fmt: skip
            session["language"] = languages.current().code
            return redirect(url_for("respond.language"), 303)
    form.code.data = ""
    return _door(form, 422)


def _note_refused(why: str) -> None:
    metrics.current().codes_refused.labels(why).inc()
    logs.turned_away("code", why=why)
