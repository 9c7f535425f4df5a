"""The pages on which a coordinator adds recordings. A view parses, calls, answers."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from instruments.translation import LANGUAGES
from survey import audience
from survey.manage.recordings import operations, queries
from survey.manage.recordings.forms import RecordingForm

pages = Blueprint("recordings", __name__, url_prefix="/manage/recordings", template_folder="../templates")
AUDIENCE = {
    "recordings.languages": audience.COORDINATOR,
    "recordings.texts": audience.COORDINATOR,
    "recordings.text": audience.COORDINATOR,
    "recordings.remove": audience.COORDINATOR,
    "recordings.sound": audience.COORDINATOR,
}
#: A file that is too large is refused in words on the page itself, up to this size in bytes.
LARGEST_REQUEST = 10_000_000


@pages.url_value_preprocessor
def take_larger_files(endpoint: str | None, values: dict[str, Any] | None) -> None:
    if endpoint == "recordings.text":
        request.max_content_length = LARGEST_REQUEST


@pages.get("/")
def languages() -> str:
    return render_template("manage/recordings.html", progress=queries.progress())


@pages.get("/<language>")
def texts(language: str) -> str:
    known = _language(language)
    return render_template(
        "manage/recordings_of_language.html", known=known, spoken=queries.spoken(language),
        stale=queries.stale(language),
    )  # fmt: skip


@pages.route("/<language>/<text_hash>", methods=["GET", "POST"])
def text(language: str, text_hash: str) -> Any:
    known = _language(language)
    words = queries.text(language, text_hash) or abort(404)
    form = RecordingForm()
    if form.validate_on_submit():
        operations.add(language, words, form.sound, form.speaker.data, form.recorded_on.data, current_user)
        flash(_("The recording is kept. Participants hear it from now on."), "success")
        return redirect(url_for("recordings.texts", language=language), 303)
    form.ask_for_file_again()
    recording = queries.recording(language, text_hash)
    shown = render_template(
        "manage/recording.html", form=form, known=known, words=words, hash=text_hash, recording=recording
    )
    return shown, (422 if form.is_submitted() else 200)


@pages.post("/<language>/<text_hash>/remove")
def remove(language: str, text_hash: str) -> Response:
    operations.remove(queries.recording(_language(language).code, text_hash) or abort(404))
    flash(_("The recording is removed."), "success")
    return redirect(url_for("recordings.texts", language=language), 303)


@pages.get("/<language>/<text_hash>/sound")
def sound(language: str, text_hash: str) -> Response:
    found = queries.recording(_language(language).code, text_hash, with_sound=True) or abort(404)
    return send_file(BytesIO(found.sound), mimetype=found.media_type, conditional=True)


def _language(code: str) -> Any:
    return LANGUAGES.get(code) or abort(404)
