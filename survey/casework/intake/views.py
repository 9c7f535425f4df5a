"""The pages of an intake. A view parses, calls, answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from instruments.model import Domain, Item
from instruments.translation import Words
from survey import audience, intakes, languages, opened
from survey.beside import Row
from survey.casework.intake import carry_over, forms, operations, queries
from survey.casework.intake.carry_over import recorded_name, recorded_value
from survey.casework.intake.forms import INTERPRETER_NAMES, HowForm, Sent
from survey.casework.intake.operations import Changed
from survey.code_names import SOURCE_NAMES
from survey.intakes import Answers
from survey.languages import LANGUAGES
from survey.models import Enrolment, Intake
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
def state(enrolment_id: UUID, state: str) -> Response:
    found = _intake(enrolment_id)
    operations.finish(found, state == "finished")
    person = found.participant_id
    if state == "finished":
        flash(_("The intake is finished. You can still change it."), "success")
        if any(one.can_be_chosen for one in carry_over.proposals(found)):
            return redirect(url_for("intake.take_over", enrolment_id=enrolment_id), 303)
        return redirect(url_for("casework.participant", participant_id=person), 303)
    return redirect(url_for("intake.intake", enrolment_id=enrolment_id), 303)


@pages.post("/<uuid:enrolment_id>/intake/sections/<domain>")
def save(enrolment_id: UUID, domain: str) -> Any:
    """One section: sent by its button, or by a script at every change, which then asks for JSON."""
    found = _intake(enrolment_id)
    of = _domain(found, domain)
    sent = forms.read(intakes.asked(found), of, request.form)
    if sent.errors:
        return _not_saved(found, of, sent)
    try:
        stored = operations.save(found, of, sent, _seen())
    except Changed as problem:
        return _clash(found, of, sent, problem.stored)
    shown = queries.section(of, stored)
    if _by_script():
        return {"version": shown.seen, "answered": shown.answered, "questions": shown.questions}
    return _saved(found, of)


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


def _not_saved(found: Intake, of: Domain, sent: Sent) -> Any:
    if _by_script():
        return {"errors": sent.errors}, 422
    audit.record("participant.seen", found.participant_id)
    return _page(found.enrolment, found, {of.code: sent}), 422


def _saved(found: Intake, of: Domain) -> Response:
    flash(_("Saved."), "success")
    return redirect(url_for("intake.intake", enrolment_id=found.enrolment_id, _anchor=f"part-{of.code}"), 303)


def _clash(found: Intake, of: Domain, sent: Sent, stored: Any) -> Any:
    """What the other wrote beside what was typed here; nothing is changed until somebody chose."""
    if _by_script():
        return {"clash": True}, 409
    instrument, there = intakes.asked(found), queries.section(of, stored)
    typed, sent = sent, forms.follow(instrument, of, sent, _marks(), there.values)
    own, theirs = queries.own_words(instrument), intakes.answers_in(stored)
    if sent.all == theirs:
        return _saved(found, of)
    audit.record("participant.seen", found.participant_id)
    said = [
        Row(
            own.question(item.id), _said(own, item, theirs), _said(own, item, sent.all),
            typed.typed[item.id] != sent.typed[item.id],
        )
        for item in of.items
    ]  # fmt: skip
    return render_template(
        "intake/clash.html", enrolment=found.enrolment, domain=of, said=said, words=own, typed=sent.typed,
        version=there.seen,
    ), 409  # fmt: skip


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
    enrolment: Enrolment, found: Intake, sent: Mapping[str, Sent] | None = None, form: HowForm | None = None
) -> str:
    instrument = intakes.asked(found)
    return render_template(
        "intake/intake.html", enrolment=enrolment, intake=found, form=form or _how_form(enrolment, found),
        sections=queries.sections_of(found), sent=sent or {}, instrument=instrument,
        own=queries.own_words(instrument), beside=queries.spoken_beside(instrument, found.language),
        is_other=found.language != languages.current().code, purposes=queries.purposes(instrument),
    )  # fmt: skip


def _seen() -> int:
    version, _opened = opened.read(request.form.get("version", ""))
    return int(version) if re.fullmatch(r"[0-9]{1,9}", version) else 0


def _marks() -> opened.Marks:
    return opened.read(request.form.get("version", ""))[1]


def _by_script() -> bool:
    return request.headers.get("Accept") == "application/json"


def _enrolment(enrolment_id: UUID) -> Enrolment:
    return queries.enrolment(enrolment_id) or abort(404)


def _intake(enrolment_id: UUID) -> Intake:
    _enrolment(enrolment_id)
    return queries.intake_of(enrolment_id) or abort(404)


def _domain(found: Intake, code: str) -> Domain:
    try:
        return intakes.asked(found).domain(code)
    except KeyError:
        abort(404)
