"""The pages of a coordinator; an administrator reads along. A view parses, calls, answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from survey import audience, fieldwork, languages
from survey.codes import WAVE_DEFAULTS
from survey.editing import hold
from survey.fieldwork import Refused, wave_name
from survey.languages import LANGUAGES
from survey.manage import askings, operations, queries
from survey.manage.forms import SUSPECTS, ConfirmationForm, ProgrammeForm, StoryForm
from survey.manage.shared import shared
from survey.models import OpenAnswer, Programme, Story, Wave
from survey.privacy import audit
from survey.wording import operations as wording

pages = Blueprint("manage", __name__, url_prefix="/manage", template_folder="templates")
AUDIENCE = {
    "manage.programmes": audience.MANAGEMENT,
    "manage.programme": audience.MANAGEMENT,
    "manage.new_programme": audience.COORDINATOR,
    "manage.open_wave": audience.COORDINATOR,
    "manage.close_wave": audience.COORDINATOR,
    "manage.open_language": audience.COORDINATOR,
    "manage.word_free": audience.COORDINATOR,
    "manage.looking_back": audience.COORDINATOR,
    "manage.close_language": audience.COORDINATOR,
    "manage.newer_words": audience.COORDINATOR,
    "manage.quotes": audience.COORDINATOR,
    "manage.quote": audience.COORDINATOR,
    "manage.stories": audience.COORDINATOR,
    "manage.story": audience.COORDINATOR,
    "manage.answers": audience.COORDINATOR,
}


@pages.context_processor
def words() -> dict[str, Any]:
    return {"wave_name": wave_name, "languages": LANGUAGES}


@pages.get("/")
def programmes() -> str:
    return render_template(
        "manage/programmes.html", programmes=queries.programmes(), enrolled=queries.enrolled()
    )


@pages.route("/programmes/new", methods=["GET", "POST"])
def new_programme() -> Any:
    form = ProgrammeForm()
    if form.validate_on_submit():
        try:
            made = fieldwork.add_programme(form.code.data, form.name.data, form.instruments.data, form.plans)
        except Refused as refused:
            form.code.errors = [str(refused)]
        else:
            flash(_("The programme is made. Open its first wave when you want to begin."), "success")
            return redirect(url_for("manage.programme", code=made.code), 303)
    status = 422 if form.is_submitted() else 200
    return render_template("manage/new_programme.html", form=form, waves=(*WAVE_DEFAULTS, "other")), status


@pages.get("/programmes/<code>")
def programme(code: str) -> str:
    found = _programme(code)
    return render_template(
        "manage/programme.html",
        programme=found,
        enrolled=queries.enrolled().get(found.id, 0),
        counts=queries.wave_counts(found),
        askings=askings.askings(found),
        domains=queries.domain_names(found, _spoken()),
        instruments=queries.instrument_names(found, _spoken()),
        looking_back=queries.looking_back(found),
    )


@pages.post("/programmes/<code>/waves/<key>/open")
def open_wave(code: str, key: str) -> Response:
    wave = _wave(code, key)
    try:
        fieldwork.open_wave(wave)
    except Refused as refused:
        flash(str(refused), "error")
    else:
        flash(_("“%(wave)s” is open. Who is due can answer.", wave=wave_name(key)), "success")
    return redirect(url_for("manage.programme", code=code), 303)


@pages.route("/programmes/<code>/waves/<key>/close", methods=["GET", "POST"])
def close_wave(code: str, key: str) -> Any:
    """Closing is final, so it is asked once more, with what it means."""
    wave = _wave(code, key)
    form = ConfirmationForm(_("I know that this wave cannot be opened again."))
    if form.validate_on_submit():
        try:
            fieldwork.close_wave(wave)
        except Refused as refused:
            flash(str(refused), "error")
        else:
            flash(_("“%(wave)s” is closed.", wave=wave_name(key)), "success")
        return redirect(url_for("manage.programme", code=code), 303)
    due = queries.wave_counts(wave.programme)[wave.id].due
    return render_template("manage/close_wave.html", form=form, wave=wave, due=due), _status(form)


@pages.route("/programmes/<code>/languages/<language>", methods=["GET", "POST"])
def open_language(code: str, language: str) -> Any:
    """Ask in a language although nobody has checked its texts: it is kept who decided that."""
    found = _programme(code)
    asking = _asking(found, language)
    form = ConfirmationForm(_("I know that nobody has checked these texts."))
    if form.validate_on_submit():
        try:
            fieldwork.override_language(found, language, current_user)
        except Refused as refused:
            flash(str(refused), "error")
        return redirect(url_for("manage.programme", code=code), 303)
    return render_template("manage/open_language.html", form=form, programme=found, asking=asking), _status(
        form
    )


@pages.post("/programmes/<code>/languages/<language>/close")
def close_language(code: str, language: str) -> Response:
    found = _programme(code)
    _asking(found, language)
    fieldwork.withdraw_override(found, language)
    return redirect(url_for("manage.programme", code=code), 303)


@pages.route("/programmes/<code>/languages/<language>/words", methods=["GET", "POST"])
def newer_words(code: str, language: str) -> Any:
    """Ask in today's words from now on: what would be said differently, and what that means for comparing."""
    found = _programme(code)
    asking = _asking(found, language)
    form = ConfirmationForm(_("I know that answers before and after may differ because of the words."))
    if form.validate_on_submit():
        wording.move_on(found, language)
        flash(_("From the next visit on, people are asked in the newer words."), "success")
        return redirect(url_for("manage.programme", code=code), 303)
    shown = render_template(
        "manage/newer_words.html", form=form, programme=found, asking=asking,
        changes=askings.newer_words(found, language), answered=askings.was_answered(asking),
    )  # fmt: skip
    return shown, _status(form)


@pages.post("/programmes/<code>/word-free")
def word_free(code: str) -> Response:
    try:
        fieldwork.offer_word_free(_programme(code), request.form.get("offered") == "yes")
    except Refused as refused:
        flash(str(refused), "error")
    return redirect(url_for("manage.programme", code=code), 303)


@pages.post("/programmes/<code>/looking-back/<any(then_now, anchor):what>")
def looking_back(code: str, what: str) -> Response:
    try:
        fieldwork.look_back(_programme(code), **{what: request.form.get("asked") == "yes"})
    except Refused as refused:
        flash(str(refused), "error")
    return redirect(url_for("manage.programme", code=code), 303)


@pages.get("/quotes")
def quotes() -> str:
    found = queries.waiting_quotes(_page())
    audit.record("answers.read", list="quotes", answers=len(found.rows))
    return render_template("manage/quotes.html", quotes=found, shared=shared(found.rows))


@pages.get("/answers")
def answers() -> str:
    """What people want the municipality to know and do not want quoted: to read, nothing more."""
    found = queries.other_answers(_page())
    audit.record("answers.read", list="other-answers", answers=len(found.rows))
    return render_template("manage/answers.html", answers=found, shared=shared(found.rows))


@pages.get("/stories")
def stories() -> str:
    return render_template("manage/stories.html", stories=queries.stories(_page()))


@pages.route("/quotes/<uuid:answer_id>", methods=["GET", "POST"])
def quote(answer_id: UUID) -> Any:
    """An answer beside its rewriting, which becomes a story. What was typed stays when a colleague was first."""
    if request.method == "POST":
        hold(OpenAnswer, OpenAnswer.id == answer_id)
    answer = queries.quotable(answer_id) or abort(404)
    story = queries.story_of(answer)
    if story is not None and request.method != "POST":
        return redirect(url_for("manage.story", story_id=story.id), 303)
    return _rewrite(answer.visit.wave.programme, answer.visit.wave, answer, story)


@pages.route("/stories/<uuid:story_id>", methods=["GET", "POST"])
def story(story_id: UUID) -> Any:
    """A story again: to edit, approve or withdraw."""
    if request.method == "POST":
        hold(Story, Story.id == story_id)
    found = queries.story(story_id) or abort(404)
    return _rewrite(found.programme, found.wave, queries.answer_of(found), found)


def _rewrite(programme: Programme, wave: Wave, answer: OpenAnswer | None, story: Story | None) -> Any:
    domains = queries.domain_names(programme, _spoken())
    form = StoryForm(list(domains.items()), story)
    if not form.was_changed and form.validate_on_submit():
        try:
            if story is None and answer is not None:
                operations.decide_quote(answer, form.rewriting, form.decision.data, current_user.id)
            elif story is not None:
                operations.decide_story(story, answer, form.rewriting, form.decision.data, current_user.id)
        except Refused as refused:
            form.form_errors.append(str(refused))
        else:
            flash(_said(form.decision.data), "success")
            return redirect(url_for("manage.quotes" if story is None else "manage.stories"), 303)
    shown = answer if answer is not None and queries.is_quotable(answer) else None
    if shown is not None:
        audit.record("answers.read", answer=shown.id.hex)
    return render_template(
        "manage/story.html", form=form, suspects=SUSPECTS, programme=programme, wave=wave, answer=shown, story=story,
        domains=domains,        taken_back=answer is not None and shown is None,
        language_of=shared([shown]).language_of(shown) if shown else None,
    ), 409 if form.was_changed else _status(form)  # fmt: skip


def _said(decision: str) -> str:
    return {
        "approve": _("Approved. It comes into the next release."),
        "draft": _("Kept as a draft."),
        "refuse": _("Refused. It will not be in a next release."),
    }[decision]


def _programme(code: str) -> Programme:
    return queries.programme(code) or abort(404)


def _wave(code: str, key: str) -> Wave:
    return _programme(code).wave(key) or abort(404)


def _asking(programme: Programme, language: str) -> askings.Asking:
    asked = [asking for asking in askings.askings(programme) if asking.language.code == language]
    return asked[0] if asked else abort(404)


def _page() -> int:
    return request.args.get("page", 1, type=int)


def _status(form: Any) -> int:
    return 422 if form.is_submitted() else 200


def _spoken() -> str:
    return languages.current().code
