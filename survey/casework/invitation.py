"""The invitation: a page to print and hand over, in the participant's own language.

The code exists in clear only while it is made. So the page is the answer to the request that made it; the
code is in no address, no session and no log, and the page cannot be opened again.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import segno
from flask import current_app, render_template, url_for
from flask_babel import gettext as _

from survey import languages
from survey.database import db, transactions_that
from survey.languages import LANGUAGES, Language
from survey.models import Enrolment
from survey.participation import PreparedCode, give_code, prepare_codes
from survey.print import frame, pdf
from survey.privacy.codes import Code
from survey.wording.kept import interface_of
from survey.wording.rule import organisation_words

#: Size of one square of the QR code in CSS pixels: about 5 cm across on paper, read well at arm's length.
QR_SCALE = 5
#: How many are made at once: three seconds (hashing a code takes 21 ms), in which a worker does nothing else.
MOST = 100
#: How many stand on a page, by layout.
ON_A_PAGE = {"several": 3, "one": 1}


def invitation_page(enrolment: Enrolment, code: Code) -> str:
    organisation = enrolment.programme.organisation
    language = language_of(enrolment)
    # In the staff's language: rendered before the page turns to the participant's.
    bar = render_template("casework/invitation_bar.html", enrolment=enrolment, invitation_language=language)
    own = interface_of(language.code, organisation_words(language.code))
    with languages.speaking(language.code, own):
        return render_template(
            "participant/invitation.html",
            staff_bar=bar,
            organisation=organisation.name,
            help_contact=organisation.help_contact,
            fictitious=organisation.fictitious,
            programme=enrolment.programme.name,
            code=code.grouped,
            address=url_for("respond.start", _external=True),
            qr=qr_code(url_for("respond.link", _external=True, _anchor=code.selector + code.secret)),
        )


def language_of(enrolment: Enrolment) -> Language:
    """The participant's language if the programme asks in it; else one that it does ask in, Dutch first."""
    offered = {language.code: language for language in languages.open_languages(enrolment.programme)}
    wished = (enrolment.participant.language or "", languages.DEFAULT, *offered)
    return next((offered[code] for code in wished if code in offered), LANGUAGES[languages.DEFAULT])


def qr_code(address: str) -> str:
    """An SVG element, black on white whatever the theme; no style attributes, as the policy wants."""
    return str(segno.make(address, error="m", micro=False).svg_inline(scale=QR_SCALE, border=4, light="#fff"))


def sheets(enrolments: Sequence[Enrolment], layout: str) -> tuple[bytes, list[PreparedCode]]:
    """A PDF with a sheet for each of these people, in their order, and the codes on it, which are not theirs yet.

    Made before anything is written: the embedded database has one writer, and this takes seconds.
    """
    prepared = prepare_codes(len(enrolments))
    spoken = {language_of(enrolment).code for enrolment in enrolments}
    own = {code: interface_of(code, organisation_words(code)) for code in spoken}
    values = {
        "title": _("Invitations"),
        "cut_off": _("For you: cut this strip off before you hand over the paper."),
        "on_a_page": ON_A_PAGE[layout],
        "sheets": [
            _sheet(enrolment, one.code, own) for enrolment, one in zip(enrolments, prepared, strict=True)
        ],
    }
    return pdf("invitations", languages.current(), values), prepared


def _sheet(enrolment: Enrolment, code: Code, own: dict[str, Any]) -> dict[str, Any]:
    language = language_of(enrolment)
    organisation = enrolment.programme.organisation
    with languages.speaking(language.code, own[language.code]):
        template = current_app.jinja_env.get_template("participant/invitation_words.html")
        names = {"organisation": organisation.name, "fictitious": organisation.fictitious}
        words: dict[str, Any] = template.make_module(names).words  # type: ignore[attr-defined]  # the template sets it
    return {
        **frame(language),
        **words,
        "pseudonym": enrolment.participant.pseudonym,
        "language_name": language.name,
        "code": code.grouped,
        "address": url_for("respond.start", _external=True),
        "qr": _qr_file(url_for("respond.link", _external=True, _anchor=code.selector + code.secret)),
    }


def _qr_file(address: str) -> str:
    file = BytesIO()
    segno.make(address, error="m", micro=False).save(file, kind="svg", border=2, light="#fff")
    return file.getvalue().decode()


def give_codes(people: dict[Any, PreparedCode]) -> None:
    """By id of an enrolment: from now on these codes work and those before do not. One short transaction of its own:
    what was read is let go first, for nothing can be written in it.
    """
    from survey.casework import queries

    db.session.rollback()
    with transactions_that(read=False):
        for enrolment in queries.with_codes(list(people)):
            give_code(enrolment, people[enrolment.id])
        db.session.commit()
