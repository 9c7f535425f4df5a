"""The invitation: a page to print and hand over, in the participant's own language.

The code exists in clear only while it is made. So the page is the answer to the request that made it; the
code is in no address, no session and no log, and the page cannot be opened again.
"""

from __future__ import annotations

import segno
from flask import render_template, url_for

from survey import languages
from survey.languages import LANGUAGES, Language
from survey.models import Enrolment
from survey.privacy.codes import Code
from survey.wording.kept import interface_of
from survey.wording.rule import organisation_words

#: Size of one square of the QR code in CSS pixels: about 5 cm across on paper, read well at arm's length.
QR_SCALE = 5


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
