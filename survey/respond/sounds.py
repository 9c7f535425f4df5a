"""What a participant can hear: the sounds themselves, and the screens they belong to."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import abort, render_template, send_file
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from instruments.asking import Versions
from survey import languages
from survey.aloud import Asker
from survey.respond import pages as prepared
from survey.respond import queries
from survey.respond.forms import ConsentForm
from survey.respond.views import pages
from survey.wording.kept import Kept, Spoken, interface_of, words_of

#: The address holds the hash of what is in it, so it may be kept for good; by this browser alone.
FOR_GOOD = "private, max-age=31536000, immutable"


@pages.get("/survey/sounds/<sound>")
def sound(sound: str) -> Response:
    """A recording of the organisation this person answers for."""
    found = queries.recording(sound) or abort(404)
    answer = send_file(BytesIO(found.sound), mimetype=found.media_type, conditional=True)
    answer.headers["Cache-Control"] = FOR_GOOD
    return answer


def render_all(asker: Asker, versions: Versions, language: str, texts: Kept) -> None:
    """Every screen from agreeing to the end in these words, with all that can stand on it."""
    with languages.speaking(language, interface_of(language, texts)):
        _render_all(asker, versions, language, texts)


def _render_all(asker: Asker, versions: Versions, language: str, texts: Kept) -> None:
    own: dict[str, Any] = {
        "organisation": asker.organisation, "help_contact": asker.help_contact, "fictitious": asker.fictitious,
        "aloud": True, "shared": True,
    }  # fmt: skip
    form = ConsentForm(formdata=None)
    form.take_part.errors = [_("Choose one answer.")]
    render_template("respond/about.html", form=form, basis=asker.basis, **own)
    frame: dict[str, Any] = {
        **own,
        "spoken": Spoken(language),
        "recorded": None,
        "saved": True,
        "back_url": None,
    }
    for step in queries.steps_of(versions):
        page = prepared.Frame(
            instrument=step.instrument.key, version=step.instrument.version, domain=step.domain.code,
            questions_before=step.questions_before, questions=step.questions, start="first", again=True,
            onward_url="",
            **frame,
        )  # fmt: skip
        words = words_of(step.instrument, language, texts)
        prepared.rendered(page, words, {}, {step.domain.items[0].id: _("Choose one of the answers.")})
    for first_wave in (True, False):
        last = prepared.LastFrame(first_wave=first_wave, questions=1, **frame)
        prepared.last_rendered(last, "", False, _("This is too long. Make it shorter."))
