"""What a casemanager does for someone about their data: hand it out, take back a yes, ask for erasure.

They see no answers, so what they hand out has none: those the person opens with their own code, or gets in a closed
envelope from a coordinator (docs/decisions/0008). What is shown here is the same for everybody, whatever they chose.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_security import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField
from wtforms.validators import InputRequired

from survey import languages
from survey.casework import operations, participants
from survey.casework.invitation import language_of
from survey.casework.views import pages
from survey.languages import LANGUAGES
from survey.models import Enrolment, Participant
from survey.privacy import audit, erasure, own_data


class AskedForm(FlaskForm):
    """Something that cannot be undone: only because the person asked for it."""

    asked = BooleanField(
        lazy_gettext("This person asked me to do this."),
        validators=[InputRequired(lazy_gettext("Tick the box if this person asked for it."))],
    )


class ErasureForm(AskedForm):
    keep_answers = BooleanField(
        lazy_gettext("The answers may count on, without anything that says whose they are."),
        description=lazy_gettext("Only if this person says so. Otherwise the answers are deleted too."),
    )


@pages.get("/participants/<uuid:participant_id>/rights")
def rights(participant_id: UUID) -> str:
    person = _person(participant_id)
    audit.record("participant.seen", person.id)
    return _page(person, ErasureForm())


def _page(person: Participant, form: ErasureForm) -> str:
    return render_template(
        "casework/rights.html", person=person, form=form, request_made=participants.erasure_request(person.id)
    )


@pages.get("/participants/<uuid:participant_id>/rights/document")
def data_document(participant_id: UUID) -> str:
    """Who someone is according to us, in their own language, to print."""
    person = _person(participant_id)
    audit.record("data.handed_out", person.id, how="document")
    language = _language(person)
    with languages.speaking(language):
        return render_template(
            "participant/own_document.html", own=_without_answers(person, language), languages=LANGUAGES,
            without_answers=True, back_url=url_for("casework.rights", participant_id=person.id),
        )  # fmt: skip


@pages.get("/participants/<uuid:participant_id>/rights/file")
def data_file(participant_id: UUID) -> Response:
    person = _person(participant_id)
    audit.record("data.handed_out", person.id, how="file")
    content = _without_answers(person, _language(person)).as_file()
    return send_file(
        BytesIO(content), mimetype="application/json", as_attachment=True,
        download_name=f"{person.pseudonym}.json",
    )  # fmt: skip


@pages.post("/enrolments/<uuid:enrolment_id>/withdrawal")
def withdrawal(enrolment_id: UUID) -> Any:
    """Someone no longer takes part. Said in the same words whether there was anything to delete or not."""
    enrolment = _enrolment(enrolment_id)
    if AskedForm().validate_on_submit():
        erasure.take_back_answers(enrolment, language_of(enrolment).code)
        flash(_("Done. Whatever this person answered is deleted, and the code works no more."), "success")
    else:
        flash(_("Nothing was changed. Tick the box if this person asked for it."), "error")
    return redirect(url_for("casework.rights", participant_id=enrolment.participant_id), 303)


@pages.post("/enrolments/<uuid:enrolment_id>/no-quotes")
def no_quotes(enrolment_id: UUID) -> Any:
    enrolment = _enrolment(enrolment_id)
    erasure.take_back_quotes(enrolment)
    flash(_("Done. Nothing this person said may be quoted from now on."), "success")
    return redirect(url_for("casework.rights", participant_id=enrolment.participant_id), 303)


@pages.post("/participants/<uuid:participant_id>/rights/erasure")
def ask_erasure(participant_id: UUID) -> Any:
    person = _person(participant_id)
    form = ErasureForm()
    if not form.validate_on_submit():
        return _page(person, form), 422
    operations.ask_erasure(person, form.keep_answers.data, current_user.id)
    flash(_("Asked. An administrator erases this person; until then you can take it back."), "success")
    return redirect(url_for("casework.rights", participant_id=person.id), 303)


@pages.post("/participants/<uuid:participant_id>/rights/erasure/taken-back")
def take_back_erasure(participant_id: UUID) -> Response:
    person = _person(participant_id)
    operations.take_back_erasure(person)
    flash(_("This person will not be erased."), "success")
    return redirect(url_for("casework.rights", participant_id=person.id), 303)


def _without_answers(person: Participant, language: str) -> own_data.OwnData:
    return own_data.collect(person.id, language, None, with_identity=True, with_casework=True)


def _language(person: Participant) -> str:
    return person.language if person.language in LANGUAGES else languages.DEFAULT


def _person(participant_id: UUID) -> Participant:
    return participants.participant(participant_id) or abort(404)


def _enrolment(enrolment_id: UUID) -> Enrolment:
    return participants.enrolment(enrolment_id) or abort(404)
