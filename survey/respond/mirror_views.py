"""The end of a sitting, and one's own answers given back. A view parses, calls, answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from survey.codes import PICTURES, PICTURES_CHOSEN
from survey.models import Enrolment
from survey.respond import mirror, opened, pictures, queries, showing
from survey.respond.forms import PicturesForm
from survey.respond.pages import speaking_in
from survey.respond.spoken import spoken_in
from survey.respond.views import asker, entered, leave, pages, recorded


@pages.get("/survey/done")
def done() -> Any:
    """Everything is saved. Answers are shown only to who asks for it: somebody may be looking along."""
    enrolment = entered()
    if not _has_finished():
        return redirect(url_for("respond.about"), 303)
    visit = showing.finished_visit()
    is_shown = visit is not None and showing.is_allowed(visit)
    return _shown("respond/done.html", enrolment, may_show=visit is not None, is_shown=is_shown)


@pages.post("/survey/done")
def show_answers() -> Response:
    """Their casemanager may see the answers of this wave."""
    enrolment = entered()
    visit = showing.finished_visit()
    if visit is not None:
        showing.allow(visit, spoken_in(enrolment).language)
    return redirect(url_for("respond.done"), 303)


@pages.post("/survey/close")
def close() -> Response:
    """From the end, or from one's own answers."""
    return leave("thanks")


@pages.get("/survey/your-answers")
def answers() -> Any:
    """What was answered in this sitting, and with their pictures what was answered before."""
    enrolment = entered()
    shown = _mirror(enrolment)
    has_lock = pictures.lock_of(enrolment.id) is not None
    if not shown.subjects:
        return redirect(url_for("respond.open_answers" if has_lock else "respond.own_data"), 303)
    return _shown(
        "respond/answers.html", enrolment, mirror=shown, wishes=mirror.wishes(enrolment.id),
        can_open=has_lock and shown.some_closed and not opened.is_opened(),
    )  # fmt: skip


@pages.post("/survey/your-answers")
def wish() -> Response:
    """Which subjects they want to talk about; then on to the pictures, if there are none yet."""
    enrolment = entered()
    offered = {subject.code for subject in _mirror(enrolment).subjects}
    if offered:
        mirror.wish(enrolment, set(request.form.getlist("talk")), offered)
    if _has_finished() and pictures.lock_of(enrolment.id) is None:
        return redirect(url_for("respond.choose_pictures"), 303)
    return leave("thanks")


@pages.route("/survey/pictures", methods=["GET", "POST"])
def choose_pictures() -> Any:
    """Only at the end of a sitting: what they open begins with it."""
    enrolment = entered()
    if not _has_finished():
        return redirect(url_for("respond.own_data"), 303)
    form = PicturesForm()
    if form.are_four:
        pictures.choose(enrolment, form.chosen, opened.from_now(enrolment))
        session["visit"] = {**session["visit"], "chosen": True}
        return redirect(url_for("respond.chosen_pictures"), 303)
    error = _("Choose four different pictures.") if form.is_submitted() else None
    return _asked("respond/choose_pictures.html", enrolment, error)


@pages.get("/survey/pictures/chosen")
def chosen_pictures() -> Any:
    """Shown once more, so that they can be remembered; only in the sitting in which they were chosen."""
    enrolment = entered()
    lock = pictures.lock_of(enrolment.id)
    if lock is None or "chosen" not in session["visit"]:
        return redirect(url_for("respond.own_data"), 303)
    return _shown("respond/chosen_pictures.html", enrolment, chosen=(lock.pictures or "").split())


@pages.route("/survey/your-answers/pictures", methods=["GET", "POST"])
def open_answers() -> Any:
    """The pictures that were chosen at an earlier visit open what was answered since then."""
    enrolment = entered()
    lock = pictures.lock_of(enrolment.id)
    if lock is None:
        return redirect(url_for("respond.own_data"), 303)
    form, error = PicturesForm(), None
    if form.is_submitted():
        error = _tried(form, enrolment)
        if error is None:
            opened.open_with(lock)
            return redirect(url_for("respond.answers"), 303)
    return _asked("respond/open_answers.html", enrolment, error)


def _tried(form: PicturesForm, enrolment: Enrolment) -> str | None:
    """What is wrong with the pictures that were sent; None if they fit."""
    if not form.are_four:
        return _("Choose four different pictures.")
    try:
        fits = pictures.fit(enrolment.id, form.chosen)
    except pictures.TooManyTries as problem:
        minutes = -(-problem.seconds // 60)
        return _("Too many wrong pictures. Minutes to wait: %(minutes)s.", minutes=minutes)
    return None if fits else _("These are not your pictures. Try again.")


def _has_finished() -> bool:
    """Whether this very sitting went through a wave to its end."""
    visit = session["visit"]
    return "id" in visit and queries.is_finished(UUID(visit["id"]))


def _mirror(enrolment: Enrolment) -> mirror.Mirror:
    return mirror.of(enrolment, spoken_in(enrolment), opened.in_this_sitting())


def _asked(template: str, enrolment: Enrolment, error: str | None) -> Any:
    shown = _shown(template, enrolment, error=error, pictures=PICTURES, how_many=PICTURES_CHOSEN)
    return shown, (422 if error else 200)


def _shown(template: str, enrolment: Enrolment, **values: Any) -> str:
    with speaking_in(spoken_in(enrolment), recorded(enrolment)):
        return render_template(template, **values, **asker(enrolment))
