"""The page on which a casemanager says how they see a person. A view parses, calls, answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user

from instruments.scoring import Answer, check_answer
from instruments.translation import words
from survey import audience, languages, opened
from survey.casework.lens import operations, queries
from survey.casework.lens.queries import Lens
from survey.fieldwork import wave_name
from survey.privacy import audit

pages = Blueprint("lens", __name__, url_prefix="/casework/enrolments", template_folder="templates")
AUDIENCE = {"lens.lens": audience.CASEMANAGER, "lens.save": audience.CASEMANAGER}


@pages.context_processor
def names() -> dict[str, Any]:
    return {"wave_name": wave_name}


@pages.get("/<uuid:enrolment_id>/lens/<wave>")
def lens(enrolment_id: UUID, wave: str) -> str:
    """Filled in without seeing what the person answered, so that one does not lead the other."""
    return _page(_lens(enrolment_id, wave))


@pages.post("/<uuid:enrolment_id>/lens/<wave>")
def save(enrolment_id: UUID, wave: str) -> Any:
    found = _lens(enrolment_id, wave)
    if not found.can_be_filled_in:
        flash(_("This wave cannot be filled in now."), "error")
        return redirect(url_for("lens.lens", enrolment_id=enrolment_id, wave=wave), 303)
    sent = {item.id: request.form.get(item.id, "") for item in found.instrument.items}
    try:
        answers = _answers(found, sent)
    except ValueError:
        flash(_("Choose from the answers that are offered."), "error")
        return _page(found), 422
    if not answers and found.response is None:
        flash(_("Nothing is filled in yet."), "error")
        return _page(found), 422
    seen, left = opened.read(request.form.get("seen", ""))
    try:
        operations.save(found, answers, seen, languages.current().code)
    except operations.Changed:
        now = _lens(enrolment_id, wave)
        merged = opened.followed(sent, left, now.texts)
        followed = {item for item in merged if merged[item] != sent[item]}
        return _page(now, _answers(now, merged), followed), 409
    flash(_("Saved."), "success")
    return redirect(url_for("lens.lens", enrolment_id=enrolment_id, wave=wave), 303)


def _answers(found: Lens, sent: Mapping[str, str]) -> dict[str, Answer]:
    """ValueError for what is not offered."""
    return {item: check_answer(found.instrument, item, value) for item, value in sent.items() if value}


def _page(found: Lens, typed: dict[str, Answer] | None = None, followed: Collection[str] = ()) -> str:
    """`typed`: what was filled in here and not saved, because somebody else changed it meanwhile."""
    person = found.enrolment.participant_id
    own = queries.own_levels(found, current_user.id)
    audit.record("participant.seen", person)
    if own:
        audit.record("participant.answers_seen", person, wave=found.wave.key)
    return render_template(
        "lens/lens.html", lens=found, own=own, typed=typed, chosen=found.answers if typed is None else typed,
        followed=followed, words=words(found.instrument, languages.current().code),
    )  # fmt: skip


def _lens(enrolment_id: UUID, wave: str) -> Lens:
    enrolment = queries.enrolment(enrolment_id) or abort(404)
    return queries.lens(enrolment, enrolment.programme.wave(wave) or abort(404))
