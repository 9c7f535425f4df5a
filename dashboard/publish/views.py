"""The pages where a coordinator builds, previews and publishes releases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from dashboard import draft as drafts
from dashboard import freezing, operations, queries
from dashboard.pages import labels
from dashboard.pages import preview as preview_page
from dashboard.pages.reader import reader
from dashboard.publish.forms import MenuForm
from dashboard.publish.told import told
from survey import audience
from survey.fieldwork import Refused, wave_name
from survey.models import Programme, Release

pages = Blueprint("publish", __name__, url_prefix="/publish", template_folder="../templates")
AUDIENCE = {
    "publish.programmes": audience.COORDINATOR,
    "publish.draft": audience.COORDINATOR,
    "publish.choose": audience.COORDINATOR,
    "publish.build": audience.COORDINATOR,
    "publish.preview": audience.COORDINATOR,
    "publish.publish": audience.COORDINATOR,
    "publish.withdraw": audience.COORDINATOR,
}


@pages.get("/")
def programmes() -> str:
    """Every programme, whether its waves are closed, and its releases."""
    overview = [_overview(programme) for programme in queries.programmes()]
    return render_template("publish/programmes.html", overview=overview, wave_name=wave_name)


@pages.get("/<code>/")
def draft(code: str) -> Any:
    """The release that would be made now: what it would show, leave out, and why. Nothing is stored."""
    return _drafted(_programme(code), None)


@pages.post("/<code>/breakdowns")
def choose(code: str) -> Any:
    programme = _programme(code)
    form = MenuForm()
    if form.validate_on_submit():
        try:
            operations.choose_breakdowns(programme, form.breakdowns.data or [])
        except Refused as problem:
            flash(str(problem), "error")
        else:
            flash(_("Your choice is saved."), "success")
        return redirect(url_for("publish.draft", code=code), 303)
    return _drafted(programme, form), 422


def _drafted(programme: Programme, form: MenuForm | None) -> Any:
    try:
        drafted = drafts.draft(programme)
    except Refused as problem:
        flash(str(problem), "error")
        return redirect(url_for("publish.programmes"), 303)
    is_first = queries.release(programme) is None
    names = [str(labels.DIMENSIONS[one]) for one in programme.breakdowns]
    this = reader(drafted.document)
    compared = _("By %(dimensions)s.", dimensions=this.language.listed(names)) if names else _("By nothing.")
    return render_template(
        "publish/draft.html",
        programme=programme,
        number=drafted.document["number"],
        told=told(drafted, freezing.cohorts(programme, "change")),
        form=(form or MenuForm(breakdowns=programme.breakdowns)) if is_first else None,
        compared=compared,
        page=preview_page.context(this),
    )


@pages.post("/<code>/")
def build(code: str) -> Response:
    programme = _programme(code)
    try:
        release = operations.build(programme)
    except Refused as problem:
        flash(str(problem), "error")
        return redirect(url_for("publish.programmes"), 303)
    return redirect(url_for("publish.preview", code=code, number=release.number), 303)


@pages.get("/<code>/<int(min=1, max=999999):number>")
def preview(code: str, number: int) -> str:
    """What readers will see of a release, in words and figures, and what they will not see and why."""
    release = _release(code, number)
    newest = queries.release(release.programme)
    return render_template(
        "publish/preview.html",
        release=release,
        is_newest=newest is release,
        is_seen=queries.published(code) is release,
        page=preview_page.context(reader(release.content)),
    )


@pages.post("/<code>/<int(min=1, max=999999):number>")
def publish(code: str, number: int) -> Response:
    said = _("Release %(number)s is now what readers see.", number=number)
    return _decide(code, number, operations.publish, said)


@pages.post("/<code>/<int(min=1, max=999999):number>/withdrawal")
def withdraw(code: str, number: int) -> Response:
    said = _("Release %(number)s is withdrawn. Readers see no results of this programme now.", number=number)
    return _decide(code, number, operations.withdraw, said)


def _decide(code: str, number: int, decide: Callable[[Release], None], said: str) -> Response:
    release = _release(code, number)
    try:
        decide(release)
    except Refused as problem:
        flash(str(problem), "error")
    else:
        flash(said, "success")
    return redirect(url_for("publish.preview", code=code, number=number), 303)


def _overview(programme: Programme) -> dict[str, Any]:
    waves = operations.waves_of_release(programme)
    releases = [(each, date.fromisoformat(each.content["built_on"])) for each in queries.releases(programme)]
    ready = bool(waves) and all(wave.state == "closed" for wave in waves)
    return {"programme": programme, "waves": waves, "ready": ready, "releases": releases}


def _programme(code: str) -> Programme:
    programme = queries.programme(code)
    if programme is None:
        abort(404)
    return programme


def _release(code: str, number: int) -> Release:
    release = queries.release(_programme(code), number)
    if release is None:
        abort(404)
    return release
