"""The steps of a goal, each a line of its form: who does what by when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import Form, FormField, HiddenField, SelectChoice, SelectField, StringField, ValidationError
from wtforms.validators import Length, Optional

from survey import opened
from survey.casework.plan.document import Step
from survey.clock import today
from survey.codes import STEP_ACTORS
from survey.editing import NEW
from survey.opened import Lines
from survey.typed import DayField, one_line

LONGEST_LINE = 300
MOST_STEPS = 30
#: With what others may have added meanwhile.
MOST_LINES = 3 * MOST_STEPS
ACTOR_NAMES = {
    "person": _("This person"), "casemanager": _("The casemanager"), "other": _("Someone else"),
}  # fmt: skip


def offer(names: dict[str, Any]) -> list[SelectChoice]:
    return [SelectChoice(code, name) for code, name in names.items()]


def _line(label: str) -> StringField:
    too_long = _("Use at most %(max)d characters.")
    return StringField(label, filters=[one_line], validators=[Length(max=LONGEST_LINE, message=too_long)])


class StepForm(Form):
    """One line of who does what by when; one in which nothing was typed is not kept."""

    #: Which of the steps that are there it is; nothing of a new one.
    key = HiddenField()
    dutch = _line(_("What, in Dutch"))
    words = _line(_("The same in the language of this person"))
    actor = SelectField(_("Who"), choices=offer({code: ACTOR_NAMES[code] for code in STEP_ACTORS}))
    other = _line(_("Who else"))
    due_on = DayField(_("By which day"), validators=[Optional()])
    done_on = DayField(_("Done on"), validators=[Optional()])

    def validate_dutch(self, field: StringField) -> None:
        if self.is_begun and not field.data and not self.words.data:
            raise ValidationError(str(_("Write what happens.")))

    def validate_other(self, field: StringField) -> None:
        if self.actor.data == "other" and not field.data and (self.dutch.data or self.words.data):
            raise ValidationError(str(_("Write who it is.")))
        if self.actor.data != "other" and field.data and field.data != field.object_data:
            raise ValidationError(str(_("Choose “Someone else” under “Who”, or leave this empty.")))

    def validate_done_on(self, field: DayField) -> None:
        if field.data and field.data > today():
            raise ValidationError(str(_("This day is in the future. Choose today or an earlier day.")))

    @property
    def is_begun(self) -> bool:
        """Whether something of it was filled in; who does it says nothing where it is as it came."""
        words = (self.dutch.data, self.words.data, self.other.data)
        days = (*(self.due_on.raw_data or ()), *(self.done_on.raw_data or ()))
        return any((*words, *days)) or self.actor.data in STEP_ACTORS[1:]

    @property
    def step(self) -> Step:
        """A name that was left where somebody else was chosen goes."""
        other = self.other.data if self.actor.data == "other" else ""
        return Step(
            self.words.data, self.dutch.data, self.actor.data, other, self.due_on.data, self.done_on.data
        )


class Steps(Lines):
    """Each line says which step it is."""

    def _add_entry(self, *arguments: Any, **keywords: Any) -> FormField:
        line = super()._add_entry(*arguments, **keywords)
        line.label.text = _("Step %(number)s", number=len(self.entries))
        return line


def sent(keys: Sequence[UUID]) -> MultiDict[str, str] | None:
    """What was sent, as it is meant. Nothing if the form was not sent."""
    if request.method != "POST":
        return None
    sent = MultiDict(request.form)
    lines = [
        _Line(sent, f"steps-{number}-")
        for number in range(min(MOST_LINES, sum(name.endswith("-key") for name in sent)))
    ]
    for line in lines:
        line.means_who_is_named()
    if opened.read(sent.get("version", ""))[0] == NEW:
        _find_steps(lines, keys)
    return sent


def _find_steps(lines: list[_Line], keys: Sequence[UUID]) -> None:
    """A new goal that was sent before knows nothing of its steps: each is the line that it was kept from.

    A line without words was not kept; one of which the words were taken out now stands for what is left.
    """
    for line, key in zip(sorted(lines, key=lambda line: not line.words), keys, strict=False):
        line["key"] = str(key)


class _Line:
    """What was sent of one step."""

    def __init__(self, sent: MultiDict[str, str], prefix: str) -> None:
        self.sent, self.prefix = sent, prefix

    def __getitem__(self, name: str) -> str:
        return one_line(self.sent.get(self.prefix + name))

    def __setitem__(self, name: str, value: str) -> None:
        self.sent[self.prefix + name] = value

    @property
    def words(self) -> str:
        return self["dutch"] or self["words"]

    def means_who_is_named(self) -> None:
        """Of a new step: a name beside the choice that came by itself says what “Someone else” does."""
        if not self["key"] and self["other"] and self["actor"] == STEP_ACTORS[0]:
            self["actor"] = "other"
