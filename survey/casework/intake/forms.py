"""What is sent of an intake: how it is done, and the answers of one section."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import format_date, gettext
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired

from instruments.model import Domain, Instrument, Item
from instruments.translation import LANGUAGES
from survey import intakes, opened
from survey.clock import today
from survey.codes import EARLIEST_YEAR, INTERPRETERS
from survey.editing import EditingForm
from survey.intakes import Answer, Answers
from survey.languages import current
from survey.typed import A_DATE, FURTHEST, paragraphs

INTERPRETER_NAMES = {
    "none": _("No: we share a language"),
    "present": _("Yes, a professional, here with us"),
    "phone": _("Yes, a professional, by telephone or screen"),
    "acquaintance": _("Yes, somebody this person knows"),
}
#: Days that are looked at together.
DAYS = dict.fromkeys(("intake_arrived_on", "intake_stay_until", "intake_here_since"), "days")
#: Characters of one answer in words.
LONGEST = 2000


class HowForm(EditingForm):
    """In which language, and who interprets."""

    language = SelectField(
        _("Language beside ours"), description=_("The language this person likes to read."),
        validators=[InputRequired(_("Choose a language."))],
    )  # fmt: skip
    interpreter = RadioField(
        _("Is there an interpreter?"),
        choices=[SelectChoice(code, INTERPRETER_NAMES[code]) for code in INTERPRETERS],
        validators=[InputRequired(_("Choose one answer."))],
    )

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        own = current()
        only = gettext("None: only %(language)s", language=own.name)
        beside = [
            SelectChoice(code, language.name) for code, language in LANGUAGES.items() if code != own.code
        ]
        first = SelectChoice("", _("Choose a language")), SelectChoice(own.code, only)
        self.language.choices = [*first, *beside]


class Unfit(Exception):
    """An answer that its question does not take; the message says what does."""


@dataclass(frozen=True)
class Sent:
    """The answers of one section: what was understood, what was typed, and what is wrong with it."""

    answers: Answers = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    typed: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def all(self) -> Answers:
        return {**self.answers, **self.words}


def read(instrument: Instrument, domain: Domain, form: MultiDict[str, str]) -> Sent:
    """Nothing that was typed is dropped: what does not fit comes back with what to do about it."""
    sent = Sent()
    for item in domain.items:
        texts = [text for text in map(paragraphs, form.getlist(item.id)) if text]
        sent.typed[item.id] = texts if item.answer == "several" else (texts[0] if texts else "")
        if not texts:
            continue
        try:
            _keep(sent, item, READERS[item.answer](instrument, item, texts))
        except Unfit as reason:
            sent.errors[item.id] = str(reason)
    _look_at_order(sent)
    return sent


@dataclass(frozen=True)
class Part:
    """One section as it was sent. `version`: as its form carries it, with marks of what it was opened with."""

    domain: Domain
    sent: Sent
    version: str

    @property
    def seen(self) -> int:
        """The version of the section that was shown; 0 where there was none."""
        version, _marks = opened.read(self.version)
        return int(version) if re.fullmatch(r"[0-9]{1,9}", version) else 0

    @property
    def is_changed(self) -> bool:
        """Whether any of it was typed: without marks all of it was."""
        return opened.of_texts(self.sent.typed) != opened.read(self.version)[1]

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Names and values, to send it once more."""
        code, typed = self.domain.code, self.sent.typed.items()
        values = [
            (name, one) for name, value in typed for one in ([value] if isinstance(value, str) else value)
        ]
        return [("part", code), (f"version-{code}", self.version), *values]


def parts(instrument: Instrument, form: MultiDict[str, str]) -> list[Part]:
    """The sections that were sent, in the order of the instrument: two who save never wait for each other in a ring.

    Raises KeyError for a section that is not of this instrument.
    """
    sent = {instrument.domain(code).code for code in form.getlist("part")}
    return [
        Part(each, read(instrument, each, form), form.get(f"version-{each.code}", ""))
        for each in instrument.domains
        if each.code in sent
    ]


def follow(instrument: Instrument, part: Part, now: Mapping[str, Any], version: str) -> Part:
    """What was left as it was opened gets the answer that stands there `now`, in that `version`."""
    _seen, left = opened.read(part.version)
    followed = MultiDict(opened.followed(part.sent.typed, left, now, _together(part.domain)))
    return Part(part.domain, read(instrument, part.domain, followed), version)


def _together(domain: Domain) -> dict[str, str]:
    """Of each question what it hangs together with: the one it depends on, or the days it is compared with."""
    first: dict[str, str] = {}
    for item in domain.items:
        first[item.id] = first[item.shown_if.item] if item.shown_if else DAYS.get(item.id, item.id)
    return first


def _look_at_order(sent: Sent) -> None:
    """Days of one life: nobody may stay until before they came, or lives here since before that."""
    arrived = sent.answers.get("intake_arrived_on")
    for item in ("intake_arrived_on", "intake_here_since"):
        if str(sent.answers.get(item, "")) > today().isoformat():
            _refuse(sent, item, gettext("This day is in the future. Choose today or an earlier day."))
    for item in ("intake_stay_until", "intake_here_since"):
        if arrived and item in sent.answers and str(sent.answers[item]) < str(arrived):
            day = format_date(date.fromisoformat(str(arrived)), "long")
            _refuse(sent, item, gettext("This is before the day of arrival, %(day)s. Check both.", day=day))


def _refuse(sent: Sent, item: str, reason: str) -> None:
    del sent.answers[item]
    sent.errors[item] = reason


def _keep(sent: Sent, item: Item, answer: Answer) -> None:
    if not intakes.is_asked(item, sent.answers):
        raise Unfit(gettext("This does not go with the answer above. Empty it, or change that answer."))
    (sent.words if item.answer == "words" else sent.answers)[item.id] = answer  # type: ignore[assignment]  # one of the two, by kind


def _one(instrument: Instrument, item: Item, texts: list[str]) -> int:
    return _codes(instrument, item, texts[:1])[0]


def _codes(instrument: Instrument, item: Item, texts: list[str]) -> list[int]:
    known = {str(code): code for code in instrument.scale_of(item.id).codes}
    if not set(texts) <= known.keys():
        raise Unfit(gettext("Choose from the answers that are offered."))
    return sorted({known[text] for text in texts})


def _number(instrument: Instrument, item: Item, texts: list[str]) -> int:
    text = texts[0]
    if not (text.isascii() and text.isdigit() and len(text) < 5 and item.least <= int(text) <= item.most):
        raise Unfit(
            gettext("Write a whole number from %(least)s to %(most)s.", least=item.least, most=item.most)
        )
    return int(text)


def _day(instrument: Instrument, item: Item, texts: list[str]) -> str:
    try:
        day = date.fromisoformat(texts[0])
    except ValueError:
        raise Unfit(str(A_DATE)) from None
    if not EARLIEST_YEAR <= day.year <= today().year + FURTHEST:
        raise Unfit(gettext("Check the year."))
    return day.isoformat()


def _words(instrument: Instrument, item: Item, texts: list[str]) -> str:
    if len(texts[0]) > LONGEST:
        raise Unfit(gettext("This is too long. Make it shorter."))
    return texts[0]


READERS: dict[str, Callable[[Instrument, Item, list[str]], Answer]] = {
    "one": _one, "several": _codes, "number": _number, "date": _day, "words": _words,
}  # fmt: skip
