"""The pages of an intake. A view parses, calls, answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user

from instruments.model import Item
from instruments.translation import Words
from survey import audience, intakes, languages
from survey.beside import Row
from survey.casework.intake import carry_over, forms, operations, queries
from survey.casework.intake.carry_over import recorded_name, recorded_value
from survey.casework.intake.forms import INTERPRETER_NAMES, HowForm, Part
from survey.casework.intake.operations import Changed
from survey.code_names import SOURCE_NAMES
from survey.database import db
from survey.intakes import Answers
from survey.languages import LANGUAGES
from survey.models import Enrolment, Intake, IntakeSection
from survey.privacy import audit

pages = Blueprint("intake", __name__, url_prefix="/casework/enrolments", template_folder="templates")
AUDIENCE = {
    "intake.intake": audience.CASEMANAGER,
    "intake.how": audience.CASEMANAGER,
    "intake.state": audience.CASEMANAGER,
    "intake.save": audience.CASEMANAGER,
    "intake.take_over": audience.CASEMANAGER,
}


@pages.context_processor
def words() -> dict[str, Any]:
    return {
        "languages": LANGUAGES, "interpreter_names": INTERPRETER_NAMES, "condition": queries.condition,
        "recorded_name": recorded_name, "recorded_value": recorded_value, "source_names": SOURCE_NAMES,
    }  # fmt: skip


@pages.get("/<uuid:enrolment_id>/intake")
def intake(enrolment_id: UUID) -> str:
    """All of it on one screen; before it is begun, how it will be done."""
    enrolment = _enrolment(enrolment_id)
    audit.record("participant.seen", enrolment.participant_id)
    found = queries.intake_of(enrolment_id)
    return _page(enrolment, found) if found else _first_page(enrolment, _how_form(enrolment, None))


@pages.post("/<uuid:enrolment_id>/intake")
def how(enrolment_id: UUID) -> Any:
    """In which language and with whom: said first, and whenever it changes."""
    enrolment = _enrolment(enrolment_id)
    found = queries.intake_of(enrolment_id, lock=True)
    form = _how_form(enrolment, found)
    if found is None and form.validate_on_submit():
        operations.begin(enrolment, form.language.data, form.interpreter.data)
        found = queries.intake_of(enrolment_id, lock=True)  # of somebody else, who was first
        form = _how_form(enrolment, found)
    if found and form.saves(found):
        operations.change_how(found, form.language.data, form.interpreter.data)
        return redirect(url_for("intake.intake", enrolment_id=enrolment_id), 303)
    audit.record("participant.seen", enrolment.participant_id)
    return (_page(enrolment, found, form=form) if found else _first_page(enrolment, form)), form.status


@pages.post("/<uuid:enrolment_id>/intake/<any(begun, finished):state>")
def state(enrolment_id: UUID, state: str) -> Any:
    """Finished, with what else was typed; or to be gone on with after all."""
    found = _intake(enrolment_id)
    problem = _problem_saving(found, _parts(found))
    if problem:
        return problem
    operations.finish(found, state == "finished")
    person = found.participant_id
    if state == "finished":
        flash(_("The intake is finished. You can still change it."), "success")
        if any(one.can_be_chosen for one in carry_over.proposals(found)):
            return redirect(url_for("intake.take_over", enrolment_id=enrolment_id), 303)
        return redirect(url_for("casework.participant", participant_id=person), 303)
    return redirect(url_for("intake.intake", enrolment_id=enrolment_id), 303)


@pages.post("/<uuid:enrolment_id>/intake/sections")
def save(enrolment_id: UUID) -> Any:
    """All parts, sent by a button; or one, by a script at every change, which then asks for JSON."""
    found = _intake(enrolment_id)
    parts = _parts(found)
    return _problem_saving(found, parts) or _saved(found, parts)


@pages.route("/<uuid:enrolment_id>/intake/take-over", methods=["GET", "POST"])
def take_over(enrolment_id: UUID) -> Any:
    """What was told as facts and observations: each is ticked, none is written unseen."""
    found = _intake(enrolment_id)
    if found.state != "finished":
        return redirect(url_for("intake.intake", enrolment_id=enrolment_id), 303)
    shown = carry_over.proposals(found)
    ticked = request.form.getlist("chosen")
    if request.method == "POST" and request.form.get("seen") == carry_over.fingerprint(shown):
        chosen = [one for one in shown if one.item in ticked and one.can_be_chosen]
        carry_over.carry(found, chosen, current_user.id)
        flash(
            _("Written down.") if chosen else _("Nothing was ticked, so nothing was written down."), "success"
        )
        return redirect(url_for("casework.participant", participant_id=found.participant_id), 303)
    is_stale = request.method == "POST"
    audit.record("participant.seen", found.participant_id)
    page = render_template(
        "intake/take_over.html", enrolment=found.enrolment, intake=found, proposals=shown, is_stale=is_stale,
        ticked=ticked if is_stale else [one.item for one in shown if one.is_proposed],
        own=queries.own_words(intakes.asked(found)), day=carry_over.day(found), seen=carry_over.fingerprint(shown),
    )  # fmt: skip
    return page, 409 if is_stale else 200


def _problem_saving(found: Intake, parts: list[Part]) -> Any:
    """All that was sent is saved, or none of it: then the page that says why."""
    if any(each.sent.errors for each in parts):
        return _not_saved(found, parts)
    for each in parts:
        try:
            operations.save(found, each.domain, each.sent, each.seen)
        except Changed as problem:
            if _by_script() or _differs(found, each, problem.stored):
                return _clash(found, parts, each, problem.stored)
    return None


def _not_saved(found: Intake, parts: list[Part]) -> Any:
    if _by_script():
        return {"errors": {item: reason for each in parts for item, reason in each.sent.errors.items()}}, 422
    audit.record("participant.seen", found.participant_id)
    return _page(found.enrolment, found, parts), 422


def _saved(found: Intake, parts: list[Part]) -> Any:
    if _by_script():
        db.session.refresh(found, ["sections"])
        now = {each.domain.code: each for each in queries.sections_of(found)}
        return {each.domain.code: _as_json(now[each.domain.code]) for each in parts}
    if parts:
        flash(_("Saved."), "success")
    first = f"part-{parts[0].domain.code}" if len(parts) == 1 else None
    return redirect(url_for("intake.intake", enrolment_id=found.enrolment_id, _anchor=first), 303)


def _as_json(section: queries.Section) -> dict[str, Any]:
    return {"version": section.seen, "answered": section.answered, "questions": section.questions}


def _mine(found: Intake, part: Part, stored: IntakeSection) -> Part:
    """What was sent; but what was left as it was opened is as it stands there now."""
    there = queries.section(part.domain, stored)
    return forms.follow(intakes.asked(found), part, there.values, there.seen)


def _differs(found: Intake, part: Part, stored: IntakeSection) -> bool:
    return _mine(found, part, stored).sent.all != intakes.answers_in(stored)


def _clash(found: Intake, parts: list[Part], part: Part, stored: IntakeSection) -> Any:
    """What the other wrote beside what was typed here; nothing is changed until somebody chose."""
    if _by_script():
        return {"clash": True}, 409
    audit.record("participant.seen", found.participant_id)
    mine, theirs, own = (
        _mine(found, part, stored),
        intakes.answers_in(stored),
        queries.own_words(intakes.asked(found)),
    )
    said = [
        Row(
            own.question(item.id), _said(own, item, theirs), _said(own, item, mine.sent.all),
            part.sent.typed[item.id] != mine.sent.typed[item.id],
        )
        for item in part.domain.items
    ]  # fmt: skip
    others = [each for each in parts if each is not part and each.is_changed]
    return render_template(
        "intake/clash.html",
        enrolment=found.enrolment,
        part=mine,
        others=others,
        said=said,
        words=own,
        is_step=request.endpoint == "intake.state",
    ), 409


def _said(own: Words, item: Item, answers: Answers) -> str:
    return intakes.said(own, item, answers[item.id]) if item.id in answers else ""


def _first_page(enrolment: Enrolment, form: HowForm) -> str:
    return render_template(
        "intake/begin.html", enrolment=enrolment, form=form, questions=len(intakes.asked().items)
    )


def _how_form(enrolment: Enrolment, found: Intake | None) -> HowForm:
    if found:
        return HowForm(obj=found)
    own = enrolment.participant.language
    return HowForm(data={"language": own if own in LANGUAGES else languages.DEFAULT, "version": 0})


def _page(
    enrolment: Enrolment, found: Intake, sent: list[Part] | None = None, form: HowForm | None = None
) -> str:
    instrument, unsaved = intakes.asked(found), {each.domain.code: each for each in sent or []}
    return render_template(
        "intake/intake.html", enrolment=enrolment, intake=found, form=form or _how_form(enrolment, found),
        sections=queries.sections_of(found), unsaved=unsaved, instrument=instrument,
        own=queries.own_words(instrument), beside=queries.spoken_beside(instrument, found.language),
        is_other=found.language != languages.current().code, purposes=queries.purposes(instrument),
        is_unsaved=form is not None,
    )  # fmt: skip


def _by_script() -> bool:
    return request.headers.get("Accept") == "application/json"


def _enrolment(enrolment_id: UUID) -> Enrolment:
    return queries.enrolment(enrolment_id) or abort(404)


def _intake(enrolment_id: UUID) -> Intake:
    _enrolment(enrolment_id)
    return queries.intake_of(enrolment_id) or abort(404)


def _parts(found: Intake) -> list[Part]:
    """Without the one that is left as it is now."""
    try:
        sent = forms.parts(intakes.asked(found), request.form)
    except KeyError:
        abort(404)
    return [each for each in sent if each.domain.code != request.form.get("leave")]
