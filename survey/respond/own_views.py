"""What is kept of a participant: for them to see, take away and take back. A view parses, calls, answers."""

from __future__ import annotations

from io import BytesIO

from flask import redirect, render_template, send_file, session, url_for
from werkzeug.wrappers import Response

from survey import languages
from survey.clock import today
from survey.models import Enrolment
from survey.privacy import audit, erasure
from survey.privacy import own_data as own
from survey.respond import opened, queries
from survey.respond.pages import speaking_in
from survey.respond.spoken import spoken_in
from survey.respond.views import asker, entered, leave, pages, recorded


@pages.get("/survey/your-data")
def own_data() -> str:
    """What is kept of this person, and what they can do about it."""
    enrolment = entered()
    spoken = spoken_in(enrolment)
    due = queries.due_now(enrolment, today())
    kept = _own(enrolment, spoken.language)
    asked = [one for each in kept.rounds for one in each.questionnaires]
    with speaking_in(spoken, recorded(enrolment)):
        return render_template(
            "respond/own_data.html", own=kept, is_due=due is not None, can_see=any(one.domains for one in asked),
            can_open=kept.has_pictures and any(one.some_closed for one in asked) and not opened.is_opened(),
            **asker(enrolment),
        )  # fmt: skip


@pages.get("/survey/your-data/document")
def own_document() -> str:
    """The same in full, to read and to print."""
    enrolment = entered()
    spoken = spoken_in(enrolment)
    audit.record("data.handed_out", enrolment.participant_id, how="document")
    with speaking_in(spoken, recorded(enrolment)):
        return render_template(
            "participant/own_document.html", own=_own(enrolment, spoken.language), languages=languages.LANGUAGES,
            back_url=url_for("respond.own_data"), **asker(enrolment),
        )  # fmt: skip


@pages.get("/survey/your-data/file")
def own_file() -> Response:
    """The same for a program to read."""
    enrolment = entered()
    audit.record("data.handed_out", enrolment.participant_id, how="file")
    return send_file(
        BytesIO(_own(enrolment, spoken_in(enrolment).language).as_file()), mimetype="application/json",
        as_attachment=True, download_name="telvertel.json",
    )  # fmt: skip


@pages.post("/survey/your-data/quotes")
def take_back_quotes() -> Response:
    enrolment = entered()
    erasure.take_back_quotes(enrolment)
    session["visit"] = {**session["visit"], "number": enrolment.sittings}  # a yes after this counts again
    return redirect(url_for("respond.own_data", done="quotes"), 303)


@pages.post("/survey/your-data/showing")
def take_back_showing() -> Response:
    """Their casemanager does not see their answers any more."""
    erasure.take_back_showing(entered())
    return redirect(url_for("respond.own_data", done="showing"), 303)


@pages.post("/survey/your-data/answers")
def take_back_answers() -> Response:
    """No longer taking part: the answers go, and the code works no more."""
    enrolment = entered()
    erasure.take_back_answers(enrolment, spoken_in(enrolment).language)
    return leave("withdrawn")


def _own(enrolment: Enrolment, language: str) -> own.OwnData:
    shown = opened.in_this_sitting()
    return own.collect(
        enrolment.participant_id, language, shown, with_identity=True, with_casework=opened.is_opened()
    )
