"""What stands in an intake, as people read it: for the casemanager's pages, and for the person's own data."""

from __future__ import annotations

import json
from datetime import date

from flask_babel import format_date

from instruments import library
from instruments.model import Instrument, Item
from instruments.translation import Words
from survey.models import Intake, IntakeSection

KEY = "intake"
#: A code, several, a number, a day as in ISO 8601, or words.
Answer = int | list[int] | str
Answers = dict[str, Answer]


def asked(intake: Intake | None = None) -> Instrument:
    """The instrument in the version that was begun with; the newest where nothing was."""
    return library.load(KEY, intake.instrument_version if intake is not None else None)


def answers_in(section: IntakeSection) -> Answers:
    """All answers of a section, its words opened."""
    return {**section.answers, **json.loads(section.words or "{}")}


def said(words: Words, item: Item, answer: Answer) -> str:
    """An answer in the words of a language."""
    if item.answer == "date":
        return format_date(date.fromisoformat(str(answer)), "long")
    if not item.scale:
        return str(answer)
    labels = dict(words.options(item.id))
    chosen = answer if isinstance(answer, list) else [answer]
    return "; ".join(labels[code] for code in chosen if isinstance(code, int))


def is_asked(item: Item, answers: Answers) -> bool:
    """Whether an item is to be asked, going by what was answered before; what was not answered rules nothing out."""
    if item.shown_if is None or item.shown_if.item not in answers:
        return True
    answer = answers[item.shown_if.item]
    given = answer if isinstance(answer, list) else [answer]
    return any(code in item.shown_if.codes for code in given)
