"""The language and the words in which somebody sits: they come into the session when the language is chosen."""

from __future__ import annotations

from flask import session

from survey import languages
from survey.models import Enrolment
from survey.wording.kept import Spoken


def may_speak(enrolment: Enrolment) -> bool:
    """Whether a language was chosen in this sitting, and the programme still asks in it."""
    offered = [choice.code for choice in languages.open_languages(enrolment.programme)]
    return "spoken" in session["visit"] and spoken().language in offered


def spoken_in(enrolment: Enrolment) -> Spoken:
    """For pages that open before a language was chosen as well."""
    if may_speak(enrolment):
        return spoken()
    offered = [choice.code for choice in languages.open_languages(enrolment.programme)]
    current = languages.current().code
    return Spoken(current if current in offered else offered[0])


def spoken() -> Spoken:
    """The language and words of this sitting: one sitting, one wording."""
    return Spoken(*session["visit"]["spoken"])
