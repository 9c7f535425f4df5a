"""When something goes wrong: a page in the person's language that says what, and what to do. Never a traceback."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Flask, Response, g, make_response, render_template, request, session
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, SQLAlchemyError
from werkzeug.exceptions import HTTPException, SecurityError

from survey import filled_in, logs, metrics, sent_again
from survey.database import READING_METHODS, is_reading, undo
from survey.languages import is_staff_page

RETRY_AFTER = 5


@dataclass(frozen=True)
class Again:
    """The same request once more: by a link, or by a form that still holds what was filled in."""

    address: str
    posted: tuple[tuple[str, str], ...] | None


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(SecurityError, _not_our_name)
    app.register_error_handler(DBAPIError, not_saved)
    app.register_error_handler(DataError, _no_such_value)
    app.register_error_handler(Exception, _unexpected)


def page(
    status: int, title: str, advice: str, again: Again | None = None, typed: Sequence[str] = ()
) -> Response:
    base = "staff/error.html" if is_staff_page() else "participant/error.html"
    told = {"title": title, "advice": advice, "again": again, "typed": typed, "status": status}
    try:
        shown = render_template(base, **told)
    except SQLAlchemyError:
        g.roles = frozenset()  # without the frame of who is signed in, which the database would have to tell
        shown = render_template(base, **told)
    return make_response(shown, status)


def not_saved(problem: Exception) -> Response:
    """The database did not do it (busy, full, gone): honest, with all that was filled in, and worth another try."""
    logs.error("the database did not do what was asked", problem)
    metrics.current().database_errors.labels(type(getattr(problem, "orig", problem)).__name__).inc()
    undo()
    g.roles = frozenset()  # nor is it asked again for the frame of the page: it may let us wait again
    response = _once_more()
    response.headers["Retry-After"] = str(RETRY_AFTER)
    session.modified = False  # what was not done has not happened to the browser either
    return response


def _once_more() -> Response:
    address = request.full_path.rstrip("?")
    if is_reading():
        again = Again(address, None) if request.method in READING_METHODS else None
        advice = _("We cannot show this page now. Wait a moment. Then try again.")
        return page(503, _("Not now"), advice, again)
    if sent_again.may_stand_here() and not request.files:
        advice = _(
            "We could not save this now. What you filled in is still here. Wait a moment. Then try again."
        )
        again = Again(address, tuple(request.form.items(multi=True)))
        return page(503, _("Not saved yet"), advice, again)
    advice = _("We could not save this now. Go back and try again in a moment.")
    return page(503, _("Not saved yet"), advice)


def not_shown() -> Response:
    """What could not be noted in the audit log is not looked at."""
    response = page(
        503,
        _("This page cannot be shown now"),
        _("We must note who opens this page, and could not do so. Try again in a moment."),
    )
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def elsewhere() -> Response:
    """An address that workers of the other part serve (`survey.parts`)."""
    return page(
        421,
        _("This page is not here"),
        _("Another part of this service has it. Whoever runs the service must send this address there."),
    )


def _expired(problem: CSRFError) -> Response:
    logs.turned_away("token of a form")
    given_back = sent_again.page(403) if is_staff_page() and sent_again.may_stand_here() else None
    return given_back or page(
        403, _("This page was open too long"), _("Go back, load the page again and repeat what you did.")
    )


def _no_such_value(problem: DataError) -> Response:
    """Something no column can hold, such as NUL: a page or value that cannot exist."""
    undo()
    return page(404, _("This page does not exist"), _("Check the address, or go to the start page."))


def _not_our_name(problem: SecurityError) -> Response:
    """Asked under a name this installation does not go by: no page, for its links would carry that name on."""
    logs.turned_away("host name")
    answer = make_response(_("This is not an address of this service.") + "\n", 400)
    answer.mimetype = "text/plain"
    return answer


def _http(problem: HTTPException) -> Response | HTTPException:
    status = problem.code or 500
    if status < 400:
        return problem
    if status in (401, 403):
        logs.turned_away("role")
        typed = _typed() if status == 403 and sent_again.is_from_here() else ()
        advice = _("Sign in with an account that may see it.")
        return page(status, _("You cannot open this page"), advice, typed=typed)
    if status in (404, 405):
        advice = _("Check the address, or go to the start page.")
        return page(status, _("This page does not exist"), advice, typed=_typed())
    if status == 413:
        return page(status, _("That is too much text"), _("Go back and make it shorter."))
    if status >= 500:
        return page(status, _("Something went wrong"), _("It is not your fault. Try again in a moment."))
    return page(status, _("We do not understand this"), _("Go back and try again."))


def _typed() -> list[str]:
    """The words in a form that staff sent, each once."""
    if request.method != "POST" or not is_staff_page():
        return []
    return filled_in.words(sent_again.typed() or ())


def _unexpected(problem: Exception) -> Response:
    undo()
    logs.error("unexpected", problem)
    return page(500, _("Something went wrong"), _("It is not your fault. Try again in a moment."))
