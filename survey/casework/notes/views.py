"""The pages of notes. A view parses, calls, answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from survey import audience, languages, subjects
from survey import labels as names
from survey.casework import participants
from survey.casework.notes import operations, queries
from survey.casework.notes.forms import (
    PersonNoteForm,
    ProgrammeNoteForm,
    QuestionForm,
    SearchForm,
    StoryForm,
    TaggedForm,
)
from survey.casework.notes.operations import Rewritten
from survey.code_names import CHANNEL_NAMES, NOTE_KIND_NAMES
from survey.fieldwork import Refused
from survey.models import Note, Participant, Programme
from survey.privacy import audit

pages = Blueprint("notes", __name__, url_prefix="/casework", template_folder="templates")
AUDIENCE = {
    "notes.home": audience.CASEMANAGER,
    "notes.search": audience.CASEMANAGER,
    "notes.of_person": audience.CASEMANAGER,
    "notes.new": audience.CASEMANAGER,
    "notes.new_of_programme": audience.CASEMANAGER,
    "notes.new_question": audience.CASEMANAGER,
    "notes.note": audience.CASEMANAGER,
    "notes.story": audience.CASEMANAGER,
}


@pages.app_context_processor
def words() -> dict[str, Any]:
    """Also for the section on the person's page."""
    return {"note_kinds": NOTE_KIND_NAMES, "channel_names": CHANNEL_NAMES, "label_name": names.name}


@pages.get("/notes")
def home() -> str:
    """Where to write about somebody at a touch, to look for a note, and to read those of programmes."""
    audit.record("programme.notes_read")
    own = queries.own_people(current_user.id)
    if own:
        audit.record("caseload.seen")
    listing = queries.of_programmes(request.args.get("page", 1, type=int))
    return render_template("notes/home.html", form=_search_form(), listing=listing, own=own)


@pages.post("/notes/search")
def search() -> Any:
    """Looks in the notes of one's own people; what one looks for stands in no address."""
    form = _search_form()
    if not form.validate_on_submit():
        return render_template("notes/search.html", form=form, found=None), 422
    found = queries.search(current_user.id, form.words.data, form.label.data, form.domain.data)
    audit.record("caseload.searched", notes=found.opened)
    for person in dict.fromkeys(note.participant.id for note in found.notes if note.participant):
        audit.record("participant.seen", person)
    return render_template("notes/search.html", form=form, found=found)


@pages.get("/participants/<uuid:participant_id>/notes")
def of_person(participant_id: UUID) -> str:
    person = _participant(participant_id)
    audit.record("participant.seen", person.id)
    listing = queries.of_person(person, request.args.get("page", 1, type=int))
    return render_template("notes/of_person.html", person=person, listing=listing)


@pages.route("/participants/<uuid:participant_id>/notes/new", methods=["GET", "POST"])
def new(participant_id: UUID) -> Any:
    person = _participant(participant_id)
    enrolments = {
        str(one.id): one for one in sorted(person.enrolments, key=lambda one: one.started_on, reverse=True)
    }
    form = PersonNoteForm(
        [(code, one.programme.name) for code, one in enrolments.items()], **_offered(), values={}
    )
    enrolment = enrolments.get(form.enrolment.data or "")
    said, after = _("The note is kept."), url_for("casework.participant", participant_id=person.id)
    if note := form.kept_before(queries.note, enrolment):
        return _once_more(note, said, after)
    if form.validate_on_submit() and enrolment:
        operations.add_to_person(form.new_id(enrolment), enrolment, form.typed, current_user.id)
        return _kept(said, after)
    audit.record("participant.seen", person.id)
    return _page(form, None, person, is_new=True)


@pages.route("/notes/new", methods=["GET", "POST"])
def new_of_programme() -> Any:
    programmes = queries.programmes()
    form = ProgrammeNoteForm(_named(programmes), **_offered(), values={"kind": request.args.get("kind")})
    return _add_to_programme(form, programmes, _("The note is kept."), url_for("notes.home"))


@pages.route("/questions/new", methods=["GET", "POST"])
def new_question() -> Any:
    """Logged in a row: after one question comes the next."""
    programmes = queries.programmes()
    form = QuestionForm(_named(programmes), **_offered(), values={})
    said = _("The question is logged. You can log the next.")
    return _add_to_programme(form, programmes, said, url_for("notes.new_question"))


@pages.route("/notes/<uuid:note_id>", methods=["GET", "POST"])
def note(note_id: UUID) -> Any:
    """A note again: to read whole, change or remove."""
    note = queries.note(note_id, lock=request.method == "POST") or abort(404)
    form = _form_of(note)
    form.beneath = [note.proposed_on] if note.proposed_on else []
    if form.removes(note):
        return _remove(note)
    if form.saves(note):
        operations.change(note, form.typed, form.kind_of_note)
        flash(_("Saved."), "success")
        return redirect(_back(note), 303)
    _looked_at(note)
    return _page(form, note, note.participant)


@pages.route("/notes/<uuid:note_id>/story", methods=["GET", "POST"])
def story(note_id: UUID) -> Any:
    """A note beside its rewriting: what a coordinator gets to see of it."""
    note = queries.note(note_id, lock=request.method == "POST")
    if note is None or note.participant is None:
        abort(404)
    domains = subjects.names(note.programme, languages.current().code)
    form = StoryForm(domains, next((one for one in note.domains if one in domains), None))
    if form.validate_on_submit():
        rewritten = Rewritten(form.text.data, form.language.data, form.domain.data)
        try:
            operations.propose(note, rewritten, current_user.id)
        except Refused as refused:
            form.form_errors.append(str(refused))
        else:
            flash(_("The story goes to a coordinator, who does not see your note."), "success")
            return redirect(_back(note), 303)
    _looked_at(note)
    return render_template("notes/story.html", form=form, note=note, person=note.participant), _status(form)


def _add_to_programme(
    form: ProgrammeNoteForm | QuestionForm, programmes: dict[str, Programme], said: str, after: str
) -> Any:
    programme = programmes.get(form.programme.data or "")
    if note := form.kept_before(queries.note, programme):
        return _once_more(note, said, after)
    if form.validate_on_submit() and programme:
        operations.add_to_programme(
            form.new_id(programme), form.kind_of_note, programme, form.typed, current_user.id
        )
        return _kept(said, after)
    return _page(form, None, None, is_new=True)


def _once_more(note: Note, said: str, after: str) -> Any:
    """A new note that was sent before, and kept: in the same words it is one, other words are laid beside those."""
    form = _form_of(note)
    if form.repeats():
        return _kept(said, after)
    if form.saves(note):
        operations.change(note, form.typed, form.kind_of_note)
        return _kept(said, after)
    _looked_at(note)
    return _page(form, None, note.participant, is_new=True)


def _kept(said: str, after: str) -> Response:
    flash(said, "success")
    return redirect(after, 303)


def _form_of(note: Note) -> Any:
    """The form for this kind of note, filled from it."""
    values = {
        "happened_on": note.happened_on, "minutes": note.minutes, "channel": note.channel, "domains": note.domains,
        "labels": [str(label.id) for label in note.labels], "text": note.text, "kind": note.kind,
        "version": note.version, "programme": note.programme.code, "enrolment": str(note.enrolment_id),
    }  # fmt: skip
    offered = {**_offered(note), "values": values}
    own = [(note.programme.code, note.programme.name)]
    if note.kind == "question":
        return QuestionForm(own, **offered)
    if note.kind != "person":
        return ProgrammeNoteForm(own, **offered)
    return PersonNoteForm([(str(note.enrolment_id), note.programme.name)], **offered)


def _remove(note: Note) -> Response:
    back = _back(note)
    operations.remove(note)
    flash(_("The note is removed."), "success")
    return redirect(back, 303)


def _page(
    form: TaggedForm, note: Note | None, person: Participant | None, is_new: bool = False
) -> tuple[str, int]:
    back = _back(note) if note else url_for("notes.home")
    if person is not None:
        back = url_for("casework.participant", participant_id=person.id)
    shown = render_template("notes/note.html", form=form, note=note, person=person, is_new=is_new, back=back)
    return shown, form.status


def _looked_at(note: Note) -> None:
    if note.participant is not None:
        audit.record("participant.seen", note.participant.id)
    else:
        audit.record("programme.notes_read")


def _back(note: Note) -> str:
    if note.participant is None:
        return url_for("notes.home")
    return url_for("notes.of_person", participant_id=note.participant.id)


def _offered(note: Note | None = None) -> dict[str, Any]:
    """Labels and domains to tick."""
    domains = subjects.every(languages.current().code)
    return {"labels": queries.labels(note.labels if note else ()), "domains": domains}


def _search_form() -> SearchForm:
    return SearchForm(**_offered())


def _named(programmes: dict[str, Any]) -> list[tuple[str, str]]:
    choose = [] if len(programmes) == 1 else [("", _("Choose a programme"))]
    return choose + [(code, programme.name) for code, programme in programmes.items()]


def _status(form: Any) -> int:
    return 422 if form.is_submitted() else 200


def _participant(participant_id: UUID) -> Participant:
    return participants.participant(participant_id) or abort(404)
