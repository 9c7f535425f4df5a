"""The pages of a casemanager. A view parses, calls, answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from survey import audience, subjects
from survey.casework import courses, operations, participants, queries, search, sections, touches
from survey.casework.forms import (
    CaseloadForm,
    ChangedFactsForm,
    IntakeForm,
)
from survey.casework.invitation import invitation_page
from survey.clock import today
from survey.code_names import GENDER_NAMES, GROUP_NAMES, HOUSEHOLD_NAMES
from survey.codes import BIRTH_YEAR_BAND
from survey.editing import hold
from survey.fieldwork import wave_name
from survey.languages import LANGUAGES, open_languages
from survey.models import Enrolment, Participant, Programme
from survey.participation import STOP_REASON_NAMES, letters_made, new_access_code
from survey.privacy import audit

pages = Blueprint("casework", __name__, url_prefix="/casework", template_folder="templates")
AUDIENCE = {
    "casework.caseload": audience.CASEMANAGER,
    "casework.filtered": audience.CASEMANAGER,
    "casework.new_participant": audience.CASEMANAGER,
    "casework.participant": audience.CASEMANAGER,
    "casework.facts": audience.CASEMANAGER,
    "casework.invitation": audience.CASEMANAGER,
    "casework.revocation": audience.CASEMANAGER,
    "casework.talked": audience.CASEMANAGER,
    "casework.rights": audience.CASEMANAGER,
    "casework.data_document": audience.CASEMANAGER,
    "casework.data_file": audience.CASEMANAGER,
    "casework.withdrawal": audience.CASEMANAGER,
    "casework.no_quotes": audience.CASEMANAGER,
    "casework.ask_erasure": audience.CASEMANAGER,
    "casework.take_back_erasure": audience.CASEMANAGER,
}
WORDS = {
    "wave_name": wave_name,
    "contact_of": participants.contact_of,
    "languages": LANGUAGES,
    "group_names": GROUP_NAMES,
    "gender_names": GENDER_NAMES,
    "household_names": HOUSEHOLD_NAMES,
    "birth_year_band": BIRTH_YEAR_BAND,
    "subject_name": subjects.name,
    "stop_reason_names": STOP_REASON_NAMES,
    "letters_made": letters_made,
}


@pages.context_processor
def words() -> dict[str, Any]:
    return WORDS


@pages.app_context_processor
def name() -> dict[str, Any]:
    """Every part of casework says whom it is about, and leads back."""
    return {"name_of": participants.name_of, "caseload_address": caseload_address}


@pages.get("/")
def caseload() -> Any:
    every = queries.programmes()
    form = CaseloadForm(request.args, [(one.code, one.name) for one in every])
    form.validate()
    form.search.data = search.from_address(form.search.data or "")
    if form.search.data is None:
        form.search.errors = [_("This search was a colleague's. Type the name again.")]
        form.search.data = ""
    page = request.args.get("page", 1, type=int)
    found = queries.caseload(every, current_user.id, form.wanted, page)
    audit.record("caseload.seen")
    kept = _kept(form)
    _remember(kept, found.page)
    return render_template("casework/caseload.html", form=form, caseload=found, kept=kept)


@pages.post("/")
def filtered() -> Response:
    """The list that was asked for, under an address of its own."""
    return redirect(url_for("casework.caseload", **_kept(CaseloadForm(request.form, []))), 303)


def _kept(form: CaseloadForm) -> dict[str, Any]:
    """The filter as it stands in the address."""
    chosen = {name: "y" if value is True else value for name, value in form.data.items() if value}
    return chosen | ({"search": search.as_address(form.search.data)} if form.search.data else {})


def _remember(kept: dict[str, Any], page: int) -> None:
    """So that every way back leads to the list one came from."""
    shown = kept | ({"page": page} if page > 1 else {})
    if session.get("caseload") != [str(current_user.id), shown]:
        session["caseload"] = [str(current_user.id), shown]


def caseload_address() -> str:
    """The list as this colleague saw it last."""
    whose, shown = session.get("caseload") or ("", {})
    return url_for("casework.caseload", **(shown if whose == str(current_user.id) else {}))


@pages.route("/participants/new", methods=["GET", "POST"])
def new_participant() -> Any:
    """Intake. The invitation is the answer to the form: its code is known only now."""
    programmes = {one.code: one for one in queries.programmes()}
    form = IntakeForm([(code, one.name) for code, one in programmes.items()], _spoken_in(programmes.values()))
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template("casework/new_participant.html", form=form, programmes=programmes), status
    hold(Participant, Participant.id == form.new_id())
    if person := participants.participant(form.new_id()):
        return _added_before(person, form)
    programme = programmes[form.programme.data]
    enrolment, code = operations.add_participant(
        form.new_id(), form.facts, form.identity, programme, form.started_on.data, current_user.id
    )
    return invitation_page(enrolment, code)


def _added_before(person: Participant, form: IntakeForm) -> Any:
    """The form was sent before, and the reply never came: other facts than were kept then are laid beside those."""
    programme, first_day = form.programme.data, form.started_on.data
    if not any(one.programme.code == programme and one.started_on == first_day for one in person.enrolments):
        flash(_("The programme and the first day stay as you sent them before."), "warning")
    said = _("This person was added already. You can make a new invitation.")
    return _change_facts(person, said, is_resent=True)


@pages.get("/participants/<uuid:participant_id>")
def participant(participant_id: UUID) -> str:
    person = _participant(participant_id)
    audit.record("participant.seen", person.id)
    seen_on = max((one.last_seen_on for one in person.enrolments if one.last_seen_on), default=None)
    found, shown = courses.courses(person), sections.of(person)
    steps = [*courses.next_steps(found), *(step for section in shown for step in section.next_steps)]
    return render_template(
        "casework/participant.html", person=person, courses=found, last_seen_on=seen_on, sections=shown,
        next_steps=sections.in_order(steps), today=today(), touch=touches.last(person),
    )  # fmt: skip


@pages.route("/participants/<uuid:participant_id>/facts", methods=["GET", "POST"])
def facts(participant_id: UUID) -> Any:
    """Put right who someone is and what is known of them."""
    if request.method == "POST":
        hold(Participant, Participant.id == participant_id)
    return _change_facts(_participant(participant_id), _("Saved."))


def _change_facts(person: Participant, said: str, is_resent: bool = False) -> Any:
    form = ChangedFactsForm(person)
    form.is_resent = is_resent
    if not form.was_changed and form.validate_on_submit():
        if not form.is_the_same:
            operations.change_facts(person, form.facts, form.identity)
        flash(said, "success")
        return redirect(url_for("casework.participant", participant_id=person.id), 303)
    audit.record("participant.seen", person.id)
    page = render_template("casework/facts.html", form=form, person=person)
    return page, (409 if form.was_changed else 422 if form.errors else 200)


@pages.post("/enrolments/<uuid:enrolment_id>/invitation")
def invitation(enrolment_id: UUID) -> Any:
    """A new code; the ones before stop working. Not when the same form is sent twice: the paper just printed would not
    work any more.
    """
    enrolment = participants.enrolment(enrolment_id, lock=True) or abort(404)
    if request.form.get("made") != str(letters_made(enrolment)):
        audit.record("participant.seen", enrolment.participant_id)
        return render_template("casework/invitation_made.html", enrolment=enrolment), 409
    return invitation_page(enrolment, new_access_code(enrolment))


@pages.post("/enrolments/<uuid:enrolment_id>/revocation")
def revocation(enrolment_id: UUID) -> Response:
    enrolment = _enrolment(enrolment_id)
    operations.revoke_code(enrolment)
    flash(_("The code does not work any more. You can make a new invitation."), "success")
    return redirect(url_for("casework.participant", participant_id=enrolment.participant_id), 303)


@pages.post("/wishes/<uuid:wish_id>/talked")
def talked(wish_id: UUID) -> Response:
    """The casemanager and the person talked about a subject that was ticked."""
    wish = participants.talk_wish(wish_id) or abort(404)
    touches.talked(wish)
    return redirect(url_for("casework.participant", participant_id=wish.enrolment.participant_id), 303)


def _spoken_in(programmes: Iterable[Programme]) -> dict[str, list[str]]:
    """By language, the names of the programmes that ask in it."""
    spoken: dict[str, list[str]] = {}
    for programme in programmes:
        for language in open_languages(programme):
            spoken.setdefault(language.code, []).append(programme.name)
    return spoken


def _participant(participant_id: UUID) -> Participant:
    return participants.participant(participant_id) or abort(404)


def _enrolment(enrolment_id: UUID) -> Enrolment:
    return participants.enrolment(enrolment_id) or abort(404)
