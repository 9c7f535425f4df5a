"""The plan on paper: what the person reads and, beside it, the same in Dutch, with room for both signatures.

What nobody wrote in one of the two languages stands there in the other: nothing is signed that was not read.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Any

import typst
from flask import current_app
from flask_babel import format_date
from flask_babel import gettext as _

from survey import languages, subjects
from survey.casework.participants import name_of
from survey.casework.plan.document import Linked, PlanDocument, PlannedGoal, Step
from survey.fieldwork import Refused
from survey.languages import DEFAULT, LANGUAGES, Language
from survey.models import Enrolment, PlanVersion
from survey.print import families, pdf
from survey.wording.kept import interface_of
from survey.wording.rule import organisation_words


def paper(enrolment: Enrolment, plan: PlanDocument, version: PlanVersion | None) -> bytes:
    """A PDF of the plan as it stands, or of a version. Refused where a letter cannot be printed."""
    own = language_of(enrolment)
    both = [own] if own.code == DEFAULT else [own, LANGUAGES[DEFAULT]]
    person, organisation = enrolment.participant, enrolment.programme.organisation
    values = {
        "name": name_of(person) or person.pseudonym,
        "programme": enrolment.programme.name,
        "organisation": organisation.name,
        "example": organisation.fictitious,
        "mark": f"{person.pseudonym} · {version.number}" if version else person.pseudonym,
        "sides": [
            _side(plan, language, own.code, version.signed_on if version else None) for language in both
        ],
        "directions": {code: language.direction for code, language in LANGUAGES.items()},
        "families": {code: families(language) for code, language in LANGUAGES.items()},
        "is_signed": version is not None,
    }
    try:
        return pdf("plan", own, values)
    except typst.TypstError as problem:
        raise Refused(_("A letter in this plan cannot be printed: %(why)s", why=str(problem))) from None


def language_of(enrolment: Enrolment) -> Language:
    return LANGUAGES.get(enrolment.participant.language or "", LANGUAGES[DEFAULT])


def _side(
    plan: PlanDocument, language: Language, own_language: str, signed_on: date | None
) -> dict[str, Any]:
    """One of the two columns: everything on it in one language."""
    words = None if language.code == DEFAULT else organisation_words(language.code)
    own = interface_of(language.code, words) if words else None
    with languages.speaking(language.code, own):
        words_module: Any = current_app.jinja_env.get_template("participant/plan_words.html").make_module({})
        said = words_module.words
        domains = subjects.every(language.code)
        return {
            "language": language.code,
            "words": {key: str(text) for key, text in said.items()},
            "example": str(_("Example with invented people")),
            "day": format_date(signed_on, "long") if signed_on else "",
            "goals": [_goal(goal, language.code, domains, said) for goal in plan.goals],
            "links": {
                kind: list(_links(plan.linked(kind), domains, own_language))
                for kind in ("obstacle", "breakthrough")
            },
        }


def _goal(goal: PlannedGoal, language: str, domains: dict[str, str], said: Any) -> dict[str, Any]:
    return {
        "domain": domains.get(goal.domain, goal.domain),
        "state": str(said[goal.state]),
        "text": _in(language, goal.language, goal.words, goal.dutch),
        "steps": [_step(step, language, goal.language, said) for step in goal.steps],
    }


def _step(step: Step, language: str, own: str, said: Any) -> dict[str, Any]:
    return {
        "text": _in(language, own, step.words, step.dutch),
        "who": step.other or str(said[step.actor]),
        "day": format_date(step.due_on, "long") if step.due_on else "",
    }


def _in(language: str, own: str, words: str, dutch: str) -> dict[str, str]:
    """The text for the column of a language, and the language it is in."""
    is_dutch = bool(dutch) if language == DEFAULT and own != DEFAULT else not words
    return {"text": dutch, "language": DEFAULT} if is_dutch else {"text": words, "language": own}


def _links(links: list[Linked], domains: dict[str, str], own: str) -> Iterator[dict[str, Any]]:
    for link in links:
        days = [format_date(day, "medium") for day in (link.since, link.until) if day]
        yield {
            "from": domains.get(link.from_domain, link.from_domain),
            "to": domains.get(link.to_domain, link.to_domain),
            "days": " \N{EN DASH} ".join(days),
            "text": {"text": link.words, "language": own if _reads_leftwards(link.words) else DEFAULT},
        }


def _reads_leftwards(text: str) -> bool:
    """Nobody says in which language an obstacle is written; its letters say which way it runs."""
    return any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text)
