"""What is filled in of a note, a question, a search, and a story made of a note."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from survey.casework.notes.operations import NoteAsTyped
from survey.casework.once import OnceForm
from survey.clock import today
from survey.code_names import CHANNEL_NAMES, NOTE_KIND_NAMES
from survey.codes import CHANNELS
from survey.editing import NO_LONGER, EditingForm
from survey.languages import LANGUAGES, STAFF_LANGUAGES
from survey.typed import A_DATE, DayField, InPageOrder, WholeField, one_line, paragraphs

LONGEST = 5000
LONGEST_STORY = 1000
#: A day, in minutes.
MOST_MINUTES = 24 * 60
EARLIEST = date(2010, 1, 1)
#: Of a programme, and of nobody in it.
OF_PROGRAMME = ("group_talk", "partner", "council")


def offer(choices: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in choices]


class Ticks(SelectMultipleField):
    """Boxes to tick. What is not offered is refused without saying which, or how many, were sent."""

    def pre_validate(self, form: Any) -> None:
        if set(self.data or []) - {choice[0] for choice in self.iter_choices()}:
            raise ValidationError(NO_LONGER)


def _ticks(label: str) -> Ticks:
    return Ticks(label, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())


def _text(label: str, description: str, is_needed: bool = True) -> TextAreaField:
    needed = [DataRequired(_("Write what was said."))] if is_needed else []
    length = Length(max=LONGEST, message=_("Use at most %(max)d characters."))
    return TextAreaField(label, description=description, filters=[paragraphs], validators=[*needed, length])


class TaggedForm(InPageOrder, OnceForm, EditingForm):
    """What notes and questions share."""

    first = ("text", "happened_on", "minutes", "channel", "kind", "programme", "enrolment")
    happened_on = DayField(_("Date"), validators=[InputRequired(A_DATE)])
    labels = _ticks(_("Labels"))
    domains = _ticks(_("Domains"))

    def __init__(
        self, labels: Iterable[tuple[str, Any]], domains: dict[str, str], values: dict[str, Any]
    ) -> None:
        super().__init__(data={"id": str(uuid4()), "happened_on": today(), "version": 0, **values})
        self.labels.choices = offer(labels)
        self.domains.choices = offer(domains.items())

    @property
    def typed(self) -> NoteAsTyped:
        """With what this form has; a question takes no minutes."""
        text, minutes, channel = (
            self[name].data if name in self else None for name in ("text", "minutes", "channel")
        )
        return NoteAsTyped(
            self.happened_on.data, text, minutes, channel, list(dict.fromkeys(self.domains.data or [])),
            [UUID(label) for label in dict.fromkeys(self.labels.data or [])],
        )  # fmt: skip

    def validate_happened_on(self, field: DayField) -> None:
        if field.data and not EARLIEST <= field.data <= today():
            raise ValidationError(str(_("Write a date from the year 2010 until today.")))


class WrittenForm(TaggedForm):
    minutes = WholeField(
        _("Minutes spent"),
        validators=[
            Optional(),
            NumberRange(1, MOST_MINUTES, _("Write a number of minutes, at most a day.")),
        ],
    )


class PersonNoteForm(WrittenForm):
    text = _text(_("What was said"), _("Sealed. Casemanagers can read it, and this person can ask for it."))
    kind_of_note = "person"
    #: The programme it belongs to; asked only of who is in several.
    enrolment = SelectField(_("Programme"))

    def __init__(self, enrolments: list[tuple[str, str]], **values: Any) -> None:
        super().__init__(**values)
        self.enrolment.choices = offer(enrolments)


class ProgrammeNoteForm(WrittenForm):
    text = _text(_("What was said"), _("Sealed. Name nobody here: this is not a note about a person."))
    kind = SelectField(_("What it is"), choices=offer((kind, NOTE_KIND_NAMES[kind]) for kind in OF_PROGRAMME))
    programme = SelectField(_("Programme"), validators=[InputRequired(_("Choose a programme."))])

    def __init__(self, programmes: list[tuple[str, str]], **values: Any) -> None:
        super().__init__(**values)
        self.programme.choices = offer(programmes)

    @property
    def kind_of_note(self) -> str:
        return str(self.kind.data)


class QuestionForm(TaggedForm):
    """A question to the help desk: labels to count by, and words only if they help."""

    kind_of_note = "question"
    text = _text(_("The question"), _("Sealed. Name nobody here: this is not a note about a person."), False)
    channel = SelectField(
        _("How it came"), choices=offer((channel, CHANNEL_NAMES[channel]) for channel in CHANNELS)
    )
    programme = SelectField(_("Programme"), validators=[InputRequired(_("Choose a programme."))])

    def __init__(self, programmes: list[tuple[str, str]], **values: Any) -> None:
        super().__init__(**values)
        self.programme.choices = offer(programmes)

    def validate_labels(self, field: SelectMultipleField) -> None:
        if not field.data:
            raise ValidationError(str(_("Tick at least one label.")))


class SearchForm(FlaskForm):
    """Sent, not put in an address: what one looks for tells something about people."""

    words = StringField(_("Words"), filters=[one_line])
    label = SelectField(_("Label"))
    domain = SelectField(_("Domain"))

    def __init__(self, labels: Iterable[tuple[str, Any]], domains: dict[str, str]) -> None:
        super().__init__()
        self.label.choices = offer([("", _("All labels")), *labels])
        self.domain.choices = offer([("", _("All domains")), *domains.items()])


class StoryForm(FlaskForm):
    """A note in other words, for a coordinator to look at."""

    text = TextAreaField(
        _("The story, as others may read it"),
        description=_("Leave out name, place, employer, rare jobs, family, nationality and dates."),
        filters=[paragraphs],
        validators=[
            DataRequired(_("Write the text as others may read it.")),
            Length(max=LONGEST_STORY, message=_("Use at most %(max)d characters.")),
        ],
    )
    language = SelectField(_("Language of the rewritten text"))
    domain = SelectField(_("Domain"), validators=[InputRequired(_("Choose a domain."))])
    agreed = BooleanField(
        _("I read this text to the person. They agree that it is shown without their name."),
        description=_("Say too: it is all right to say no, and they can take it back later."),
        validators=[InputRequired(_("Ask this person first, then tick this box."))],
    )

    def __init__(self, domains: dict[str, str], first: str | None) -> None:
        super().__init__(data={"domain": first})
        self.language.choices = offer((code, LANGUAGES[code].name) for code in STAFF_LANGUAGES)
        self.domain.choices = offer([("", _("Choose a domain")), *domains.items()])
