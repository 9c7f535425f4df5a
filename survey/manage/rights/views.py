"""Pages about people's data. A view parses, calls, answers."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from survey import audience, languages
from survey.languages import LANGUAGES
from survey.manage.forms import ConfirmationForm
from survey.manage.rights import operations, queries
from survey.manage.rights.forms import BASIS_NAMES, KIND_NAMES, PutOffForm, RulesForm
from survey.models import Participant
from survey.privacy import audit, erasure, own_data
from survey.privacy import retention as kept

pages = Blueprint("rights", __name__, url_prefix="/manage", template_folder="../templates")
AUDIENCE = {
    "rights.erasures": audience.ADMINISTRATOR,
    "rights.erase": audience.ADMINISTRATOR,
    "rights.envelope": audience.COORDINATOR,
    "rights.answers_document": audience.COORDINATOR,
    "rights.answers_file": audience.COORDINATOR,
    "rights.retention": audience.MANAGEMENT,
    "rights.retention_rules": audience.ADMINISTRATOR,
    "rights.put_off": audience.MANAGEMENT,
}


@pages.get("/erasures")
def erasures() -> str:
    """Who asked to be erased."""
    return render_template("manage/erasures.html", requests=queries.erasure_requests())


@pages.route("/erasures/<uuid:request_id>", methods=["GET", "POST"])
def erase(request_id: UUID) -> Any:
    """What goes and what stays, and then it goes."""
    asked = queries.erasure_request(request_id) or abort(404)
    form = ConfirmationForm(_("I know that this cannot be undone."))
    if form.validate_on_submit():
        erasure.forget(asked.participant, asked.keep_answers)
        flash(_("Erased. Nothing says any more who this was."), "success")
        return redirect(url_for("rights.erasures"), 303)
    return render_template("manage/erase.html", form=form, asked=asked), (422 if form.is_submitted() else 200)


@pages.get("/answers-of")
def envelope() -> Any:
    """Someone's answers for themselves, by their number; to print and put in an envelope."""
    number = " ".join(request.args.get("number", "").replace("\x00", "").split())
    person = queries.by_pseudonym(number) if number else None
    shown = render_template("manage/envelope.html", number=number, person=person)
    return shown, (404 if number and person is None else 200)


@pages.get("/answers-of/<uuid:participant_id>/document")
def answers_document(participant_id: UUID) -> str:
    person = queries.participant(participant_id) or abort(404)
    language = _language(person)
    audit.record("data.handed_out", person.id, how="envelope")
    with languages.speaking(language):
        return render_template(
            "participant/own_document.html", own=_without_identity(person, language), languages=LANGUAGES,
            without_identity=True, back_url=url_for("rights.envelope", number=person.pseudonym),
        )  # fmt: skip


@pages.get("/answers-of/<uuid:participant_id>/file")
def answers_file(participant_id: UUID) -> Response:
    person = queries.participant(participant_id) or abort(404)
    audit.record("data.handed_out", person.id, how="file")
    content = _without_identity(person, _language(person)).as_file()
    return send_file(
        BytesIO(content), mimetype="application/json", as_attachment=True,
        download_name=f"{person.pseudonym}.json",
    )  # fmt: skip


@pages.get("/retention")
def retention() -> str:
    """How long things are kept, and what is about to be removed."""
    return render_template(
        "manage/retention.html", months=kept.months_of(), rules=kept.RULES, waiting=queries.about_to_be_removed(),
        organisation_row=queries.organisation(), kind_names=KIND_NAMES, basis_names=BASIS_NAMES,
    )  # fmt: skip


@pages.route("/retention/rules", methods=["GET", "POST"])
def retention_rules() -> Any:
    form = RulesForm(data={**kept.months_of(), "basis": queries.organisation().taking_part_basis})
    if form.validate_on_submit():
        kept.decide(form.months, current_user.id)
        operations.decide_basis(queries.organisation(), form.basis.data)
        flash(_("Saved."), "success")
        return redirect(url_for("rights.retention"), 303)
    return render_template("manage/retention_rules.html", form=form), (422 if form.errors else 200)


@pages.route("/retention/<code>/<kind>", methods=["GET", "POST"])
def put_off(code: str, kind: str) -> Any:
    """Remove something later than it was due, and say why."""
    removals = [
        one for one in queries.about_to_be_removed() if (one.programme.code, one.kind) == (code, kind)
    ]
    removal = removals[0] if removals else abort(404)
    form = PutOffForm()
    if form.validate_on_submit():
        kept.put_off(removal.programme, kind, form.until.data, form.reason.data, current_user.id)
        flash(_("Put off. Your reason is kept with your name."), "success")
        return redirect(url_for("rights.retention"), 303)
    shown = render_template("manage/put_off.html", form=form, removal=removal, kind_names=KIND_NAMES)
    return shown, (422 if form.is_submitted() else 200)


def _without_identity(person: Participant, language: str) -> own_data.OwnData:
    return own_data.collect(
        person.id, language, lambda answers: True, with_identity=False, with_casework=False
    )


def _language(person: Participant) -> str:
    return person.language if person.language in LANGUAGES else languages.DEFAULT
