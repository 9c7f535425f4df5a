"""What a browser keeps so that the questionnaire goes on without a network: pages that are nobody's.

A page of questions as it is shown to someone has their token and ticket on it, and perhaps their answers. Those are
never kept. Here the same pages are given out without any of it, all of a sitting at once and once per language: a
script puts them where the service worker finds them.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Response,
    current_app,
    jsonify,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from survey import languages
from survey.errors import Again
from survey.respond import door, queries
from survey.respond import pages as prepared
from survey.respond.forms import CodeForm
from survey.respond.views import current_sitting, manner, pages

FAREWELLS = ("thanks", "stopped", "over")
#: The address under which the page stands that says there is no network.
NO_NETWORK = "/survey/no-network"


@pages.get("/survey/ahead")
def ahead() -> Response:
    """All pages of this sitting; nothing if the browser has just these."""
    key, kept = _kept(_frames(current_sitting(), manner()))
    if request.args.get("have") == key:
        return Response(status=204)
    return jsonify(key=key, pages=kept)


@pages.get("/service-worker.js")
def service_worker() -> Response:
    """It stands at the root because it may only answer for what stands below it."""
    folder = Path(current_app.static_folder or "")
    response = send_from_directory(folder, "service-worker.js", mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-store"  # a browser keeps it in a place of its own
    return response


def _frames(
    sitting: queries.Sitting, how: prepared.Manner
) -> tuple[prepared.Frame | prepared.LastFrame, ...]:
    questions = [
        prepared.frame(sitting, step, how, saved=False, start="first", again=False) for step in sitting.steps
    ]
    return (*questions, prepared.last_frame(sitting, how, saved=False))


@lru_cache(maxsize=64)
def _kept(frames: tuple[prepared.Frame | prepared.LastFrame, ...]) -> tuple[str, dict[str, str]]:
    """By path the pages, and a key that changes with any of them."""
    with prepared.speaking_in(frames[0].spoken, frames[0].recorded):
        kept = {_path(frame): prepared.nobodys(frame) for frame in frames}
        for what in FAREWELLS:
            kept[url_for("respond.goodbye", what=what)] = render_template("respond/goodbye.html", what=what)
        kept[request.script_root + NO_NETWORK] = _no_network(frames[0])
    with languages.speaking(languages.DEFAULT):
        kept[url_for("respond.start")] = door.rendered(CodeForm(formdata=None)).replace(generate_csrf(), "")
    return sha256(repr(sorted(kept.items())).encode()).hexdigest()[:16], kept


def _path(frame: prepared.Frame | prepared.LastFrame) -> str:
    if isinstance(frame, prepared.LastFrame):
        return urlsplit(queries.last_address()).path
    return url_for("respond.page", instrument=frame.instrument, domain=frame.domain)


def _no_network(frame: Any) -> str:
    return render_template(
        "participant/error.html", title=_("Not now"), help_contact=frame.help_contact, again=Again("", None),
        advice=_("We cannot show this page now. Wait a moment. Then try again."),
    )  # fmt: skip
