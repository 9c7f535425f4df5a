"""Every screen a participant can have before them, with invented content: what pictures are made of.

The templates are those of the journeys; what stands in them comes from here, so that no person is on any picture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from itertools import cycle
from types import SimpleNamespace
from typing import Any

from flask import render_template, url_for

from instruments import library
from instruments.translation import LANGUAGES, words
from survey import languages
from survey.codes import GENDERS, GOAL_STATES, GROUPS, LINK_KINDS, PICTURES, PICTURES_CHOSEN, STOP_REASONS
from survey.privacy import codes, own_answers, own_casework, own_data, own_facts
from survey.terms import NAMES

ORGANISATION, HELP, PROGRAMME = "Gemeente Voorbeeld", "0800 0000", "Samen 2026"
CODE = "ABCD-EFGH-JKMN"
A_DAY = date(2026, 3, 2)
A_MOMENT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
#: A square, in the place of a QR code.
SQUARE = '<svg viewBox="0 0 10 10" width="160" height="160"><path d="M1 1h8v8h-8z"/></svg>'
HOUSEHOLDS = ("alone", "partner", "partner_children", "children", "other")
GOODBYES = ("thanks", "refused", "stopped", "withdrawn", "over")


def around() -> dict[str, Any]:
    """What every page shows around its content. Messages for whoever is signed in stay theirs."""
    return {
        "organisation": ORGANISATION, "help_contact": HELP, "fictitious": True, "programme": PROGRAMME,
        "basis": "consent", "saved": True, "language_url": "#", "back_url": "#",
        "get_flashed_messages": lambda **_options: [], "language": languages.current(),
    }  # fmt: skip


def make(name: str) -> str:
    return SCREENS[name]()


def message(text: str) -> str:
    """The page on which something is said that stands on no screen by itself."""
    return render_template("participant/error.html", title=text, advice="", again=None, **around())


def sheet() -> str:
    return url_for("static", filename="picture.css")


def _no_faults(*names: str) -> SimpleNamespace:
    return SimpleNamespace(**{name: SimpleNamespace(errors=[]) for name in names})


def _start() -> str:
    return render_template(
        "respond/start.html", form=_no_faults("code"), languages=LANGUAGES, code_letters=codes.ALPHABET,
        code_length=codes.LENGTH, **around(),
    )  # fmt: skip


def _language() -> str:
    choices = list(LANGUAGES.values())
    return render_template(
        "respond/language.html", form=_no_faults("language"), choices=choices, word_free=True,
        recorded=list(LANGUAGES), **around(),
    )  # fmt: skip


def _about() -> str:
    return render_template("respond/about.html", form=_no_faults("take_part"), **around())


def _question() -> str:
    instrument = library.load("integration")
    domain = instrument.domains[0]
    said = words(instrument, languages.current().code)
    item = domain.items[0]
    shown = {
        "id": item.id, "text": said.question(item.id), "hint": said.hint(item.id), "scale": item.scale,
        "not_applicable": True,
    }  # fmt: skip
    return render_template(
        "respond/page.html", domain=domain, words=said, items=[shown], progress=(0, 42), answers={}, errors={},
        start="first", again=True, action="", **around(),
    )  # fmt: skip


def _last(first_wave: bool) -> Callable[[], str]:
    return lambda: render_template(
        "respond/last.html", first_wave=first_wave, progress=(42, 42), text="", may_quote=False, error=None,
        **around(),
    )  # fmt: skip


def _goodbye(what: str) -> Callable[[], str]:
    return lambda: render_template("respond/goodbye.html", what=what, **around())


def _done(is_shown: bool) -> Callable[[], str]:
    return lambda: render_template("respond/done.html", may_show=True, is_shown=is_shown, **around())


def _answers() -> str:
    """Answered in two waves, the second time with a number."""
    instrument = library.load("wellbeing")
    said = words(instrument, languages.current().code)
    domain = instrument.domains[0]
    level = SimpleNamespace(step=3, steps=5, shown=3, most=5)
    moments = [SimpleNamespace(day=None, level=level), SimpleNamespace(day=A_DAY, level=None)]
    answers = [SimpleNamespace(day=None, answer="na", label=None)]
    asked = [SimpleNamespace(question=said.question(item.id), said=answers) for item in domain.items]
    subject = SimpleNamespace(
        code=domain.code,
        name=said.domain(domain.code),
        scales=frozenset({"often"}),
        moments=moments,
        questions=asked,
    )
    return render_template(
        "respond/answers.html", mirror=SimpleNamespace(subjects=[subject]), wishes={domain.code}, can_open=True,
        **around(),
    )  # fmt: skip


def _pictures(template: str, **others: Any) -> Callable[[], str]:
    around_it = {"pictures": PICTURES, "how_many": PICTURES_CHOSEN, "error": None, **others}
    return lambda: render_template(template, **{**around(), **around_it})


def _own(template: str, **others: Any) -> Callable[[], str]:
    around_it = {"is_due": False, "languages": LANGUAGES, "can_open": True, "can_see": False, **others}
    return lambda: render_template(template, **{**around(), "own": _own_data(), **around_it})


def _document(group: str, gender: str, household: str) -> Callable[[], str]:
    return lambda: render_template(
        "participant/own_document.html", languages=LANGUAGES,
        own=_own_data(group=group, gender=gender, household=household), **around(),
    )  # fmt: skip


def _own_data(**facts: Any) -> own_data.OwnData:
    """Of somebody who does not exist."""
    instrument = library.load("wellbeing")
    said = words(instrument, languages.current().code)
    item = instrument.items[0].id
    answers = [own_data.Answered(said.question(item), answer, None) for answer in ("na", "dk", "pna", None)]
    domain = own_data.Domain(said.domain(instrument.domains[0].code), answers)
    asked = own_answers.Questionnaire(said.name(), 1, A_DAY, "nl", "self", [domain], some_closed=False)
    closed = own_answers.Questionnaire(said.name(), 1, A_DAY, "nl", "self", [], some_closed=True)
    spoken = [own_answers.OpenWords("…", "nl", may_be_quoted=may) for may in (True, False)]
    rounds = [
        own_answers.Round(PROGRAMME, wave, "finished", A_DAY, [each], words_)
        for wave, each, words_ in zip(("before", "after"), (asked, closed), spoken, strict=True)
    ]
    kept = [own_data.FilledIn(PROGRAMME, said.name(), A_DAY, [domain])]
    choices = [
        own_data.Choice(purpose, basis, 1, "nl", A_MOMENT, withdrawn)
        for purpose, basis, withdrawn in (
            ("taking_part", "consent", None), ("quote", "consent", A_MOMENT), ("quote", "consent", None),
            ("taking_part", "public_task", None), ("show_to_casemanager", "consent", None),
        )
    ]  # fmt: skip
    facts = dict.fromkeys(own_data.FACTS) | {"language": "nl", "birth_year": 1990, **facts}
    courses = [own_data.Course(PROGRAMME, A_DAY, A_DAY, reason, A_DAY) for reason in STOP_REASONS]
    wishes = [own_data.Wish(PROGRAMME, domain.name, A_DAY, None)]
    terms = [own_facts.Term(rule, A_DAY, A_DAY, A_DAY, []) for rule in NAMES]
    seen = [own_facts.Observed("speaking", "a2", A_DAY, "test", "Spreken: A2")]
    return own_data.OwnData(
        ORGANISATION, "ABC234", A_MOMENT, "–", "–", facts, courses, choices, rounds, wishes, terms=terms,
        household=own_facts.HomeFacts(4, 2, 2, 1), has_pictures=True, observations=seen, activities=[],
        plans=[_plan(domain.name)],
        notes=[own_casework.OwnNote(PROGRAMME, A_DAY, [domain.name], [], None, "…")],
        intakes=kept, lenses=kept, casework_closed=False,
    )  # fmt: skip


def _plan(domain: str) -> own_casework.OwnPlan:
    """With a goal in each state, something in the way and something that helped."""
    steps = [own_casework.OwnStep("…", "…", actor, None, A_DAY, None) for actor in ("person", "casemanager")]
    goals = [own_casework.OwnGoal(domain, "nl", "…", None, state, steps) for state in GOAL_STATES]
    links = [own_casework.OwnLink(kind, domain, domain, A_DAY, None, None) for kind in LINK_KINDS]
    return own_casework.OwnPlan(PROGRAMME, goals, links, [])


def _invitation() -> str:
    return render_template(
        "participant/invitation.html", staff_bar="", code=CODE, address="https://…", qr=SQUARE, **around()
    )


def _privacy() -> str:
    return render_template("participant/privacy.html", **around())


#: By name, in the order in which a participant meets them: a text is shown where it is met first.
SCREENS: Mapping[str, Callable[[], str]] = {
    "start": _start,
    "language": _language,
    "about": _about,
    "question": _question,
    "last": _last(True),
    "last again": _last(False),
    "done": _done(is_shown=False),
    "done and shown": _done(is_shown=True),
    "own answers": _answers,
    "choosing pictures": _pictures("respond/choose_pictures.html"),
    "chosen pictures": _pictures("respond/chosen_pictures.html", chosen=PICTURES[:PICTURES_CHOSEN]),
    "pictures from before": _pictures("respond/open_answers.html"),
    **{f"goodbye {what}": _goodbye(what) for what in GOODBYES},
    "own data": _own("respond/own_data.html"),
    "own data for a public task": _own(
        "respond/own_data.html", basis="public_task", is_due=True, can_open=False, can_see=True
    ),
    "own document": _own("participant/own_document.html"),
    **{
        f"own document of {one[0]}": _document(*one)
        for one in zip(GROUPS, cycle(GENDERS), HOUSEHOLDS, strict=False)
    },
    "own document without answers": _own("participant/own_document.html", without_answers=True),
    "invitation": _invitation,
    "privacy": _privacy,
}
