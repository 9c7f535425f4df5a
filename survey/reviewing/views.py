"""The pages of a reviewer. A view parses, calls, answers."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from instruments.translation import LANGUAGES
from survey import audience, headers, languages
from survey.reviewing import pictures, queries
from survey.reviewing.forms import DecisionForm, Typed, decision, typed
from survey.reviewing.queries import REVIEWED, SHOWN, Filter
from survey.wording import operations
from survey.wording.operations import Changed, Decision, Unfit
from survey.wording.texts import INTERFACE, all_texts

pages = Blueprint("reviewing", __name__, url_prefix="/reviewing", template_folder="templates")
AUDIENCE = {
    "reviewing.overview": audience.REVIEW,
    "reviewing.texts": audience.REVIEW,
    "reviewing.decide": audience.REVIEW,
    "reviewing.approve": audience.REVIEW,
    "reviewing.picture": audience.REVIEW,
    "reviewing.file": audience.REVIEW,
    "reviewing.propose": audience.REVIEW,
    "reviewing.withdraw": audience.REVIEW,
}
LANGUAGE = f"<any({', '.join(REVIEWED)}):language>"
#: A page with pictures may show pages of ours in a frame; a picture may stand in one, and does nothing else.
WITH_PICTURES = f"{headers.STRICT}; frame-src 'self'"
PICTURE = {
    "Content-Security-Policy": headers.STRICT.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    + "; sandbox allow-same-origin",
    "X-Frame-Options": "SAMEORIGIN",
    # A page that is sandboxed is not shown where it also asks to be alone.
    "Cross-Origin-Opener-Policy": "unsafe-none",
}


@pages.get("/")
def overview() -> str:
    return render_template("reviewing/overview.html", languages=queries.overview())


@pages.get(f"/{LANGUAGE}")
def texts(language: str) -> Response:
    """A page of texts, each with what can be decided on it."""
    return _listed(language, None)


@pages.post(f"/{LANGUAGE}/texts/<key>")
def decide(language: str, key: str) -> Any:
    if key not in all_texts(language).by_key:
        abort(404)
    form = DecisionForm()
    sent = typed(key, form, request.form)
    try:
        verdict = operations.decide(language, key, decision(sent, form), current_user, form.seen.data or "")
    except Unfit as unfit:
        return _listed(language, sent._replace(fault=str(unfit)))
    except Changed:
        return _listed(language, sent._replace(fault=_meanwhile()))
    is_asked = all_texts(language).by_key[key].catalog != INTERFACE
    flash(_said(verdict, is_asked), "success")
    return redirect(_next(language, form.following.data or key), 303)


def _said(verdict: str, is_asked: bool) -> str:
    if verdict == "changed" and is_asked:
        return _(
            "Changed and approved. Programmes that asked in this language before go on in the old words, until a"
            " coordinator chooses the newer ones."
        )
    return {
        "approved": _("Approved."),
        "changed": _("Changed and approved. Participants read this from their next visit on."),
        "refused": _("Refused. Programmes do not ask in this language until it is changed or approved."),
    }[verdict]


def _meanwhile() -> str:
    return _("Somebody else decided on this text since you opened the page. Look at it once more.")


def _next(language: str, key: str) -> str:
    """Back in the list, at the text behind the one that was decided on."""
    return url_for(
        "reviewing.texts",
        language=language,
        at=key,
        page=_page(),
        _anchor=f"text-{key}",
        **_filter()._asdict(),
    )


@pages.post(f"/{LANGUAGE}/approve")
def approve(language: str) -> Any:
    """Approve the texts that were ticked, as they stood on the page."""
    rows = {row.text.key: row for row in queries.rows(language)}
    done, changed = 0, 0
    for ticked in request.form.getlist("ticked")[: len(rows)]:
        key, _dot, seen = ticked.partition(".")
        row = rows.pop(key, None)
        if row is None:
            continue
        try:
            operations.decide(
                language, key, Decision("approve", row.shown, row.back_translation), current_user, seen
            )
            done += 1
        except (Changed, Unfit):
            changed += 1
    if done:
        flash(ngettext("%(num)s text approved.", "%(num)s texts approved.", done), "success")
    if changed:
        said = _("Some texts were changed meanwhile. They are still here: look at them once more.")
        flash(said, "warning")
    if not done and not changed:
        flash(_("Tick the texts to approve."), "warning")
    return redirect(_next(language, ""), 303)


@pages.get(f"/{LANGUAGE}/pictures/<key>")
def picture(language: str, key: str) -> Response:
    """The participant's own screen with this text on it."""
    text = all_texts(language).by_key.get(key) or abort(404)
    here = {row.text.key: row.shown for row in queries.rows(language) if row.shown[0]}
    return make_response(pictures.picture(language, text, here), PICTURE)


def _listed(language: str, wrong: Typed | None) -> Response:
    wanted = _filter()
    if wrong:  # that text alone: it may stand in the list no more
        found = queries.alone(language, wrong.key, request.form.get("following", ""), _page())
    else:
        found = queries.listing(language, wanted, _page(), request.args.get("at", ""))
    shown = render_template(
        "reviewing/texts.html", reviewed=LANGUAGES[language], progress=queries.progress(language), found=found,
        wanted=wanted, wrong=wrong, instruments=queries.parts_of_questions(languages.current().code),
        interface=INTERFACE,
    )  # fmt: skip
    return make_response(shown, 422 if wrong else 200, {"Content-Security-Policy": WITH_PICTURES})


def _place() -> MultiDict[str, str]:
    """Where in the list one is: it stands in the address of a list, and in a form that leads back to it."""
    return request.form if request.method == "POST" else request.args


def _filter() -> Filter:
    show, part = _place().get("show", "todo"), _place().get("part", "")
    return Filter(show if show in SHOWN else "todo", part[:60])


def _page() -> int:
    return _place().get("page", 1, type=int)
