"""What a coordinator fills in: a programme with its waves, a confirmation, a story."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length, StopValidation
from wtforms.widgets import CheckboxInput

from instruments import library
from instruments.translation import LANGUAGES, words
from survey import languages
from survey.codes import WAVE_DEFAULTS
from survey.editing import EditingForm
from survey.fieldwork import WAVE_KEY, WavePlan, is_slug
from survey.forgery import mark
from survey.languages import STAFF_LANGUAGES
from survey.manage.first_look import Piece, look, words_seen
from survey.manage.operations import STATES, Rewriting
from survey.models import Story
from survey.typed import WholeField, no_overrides, one_line, paragraphs

LONGEST_STORY = 800
FURTHEST_WEEK = 999

#: What must not be in a story, each to be looked for and ticked off.
CHECKS = {
    "name": _("No name, also no first name"),
    "place": _("No village, neighbourhood, street or shelter"),
    "employer": _("No employer, school or organisation"),
    "rare_job": _("No occupation that few people have"),
    "family": _("No detail about family, illness or a child"),
    "nationality": _("No nationality, religion or mother tongue"),
    "dates": _("No date, age or year"),
}


#: What a marked word could tell.
SUSPECTS = {
    "number": _("a date, an age or another number"),
    "day": _("a date"),
    "relative": _("something about family"),
    "origin": _("a country, a people or a language"),
    "name": _("a name, a place or an employer"),
}


def _tick_boxes(label: Any, **keywords: Any) -> SelectMultipleField:
    """Several of a few, as boxes to tick."""
    return SelectMultipleField(label, option_widget=CheckboxInput(), **keywords)


def _used(default: bool = True) -> BooleanField:
    return BooleanField(_("Ask this wave"), default=default)


def _weeks(default: int | None) -> WholeField:
    return WholeField(_("Weeks after someone starts"), default=default, validators=[NeededWhenUsed(0)])


def _window(default: int | None) -> WholeField:
    return WholeField(
        _("Weeks it stays open for that person"), default=default, validators=[NeededWhenUsed(1)]
    )


class NeededWhenUsed:
    """A number of weeks: needed when its wave is asked, of no matter when it is not."""

    def __init__(self, least: int) -> None:
        self.least = least

    def __call__(self, form: ProgrammeForm, field: WholeField) -> None:
        field.errors = []
        wave = field.name.rpartition("_")[0]
        if form.is_used(wave) and (field.data is None or not self.least <= field.data <= FURTHEST_WEEK):
            message = _(
                "Write a whole number from %(least)s to %(most)s.", least=self.least, most=FURTHEST_WEEK
            )
            raise StopValidation(str(message))
        raise StopValidation


class ProgrammeForm(FlaskForm):
    """A programme and its waves. The fields of a wave are named after it: before_used, before_weeks..."""

    name = StringField(
        _("Name"),
        description=_("Participants and the council see this name."),
        filters=[one_line],
        validators=[
            DataRequired(_("Write a name.")),
            no_overrides,
            Length(max=200, message=_("Use at most 200 characters.")),
        ],
    )
    code = StringField(
        _("Code"),
        description=_("Short and for good: it stands in files and addresses. For example: samen-2026"),
        filters=[one_line],
        validators=[DataRequired(_("Write a code."))],
    )
    instruments = _tick_boxes(
        _("Questionnaires"), validators=[InputRequired(_("Choose at least one questionnaire."))]
    )
    before_used, before_weeks, before_window = _used(), _weeks(0), _window(4)
    after_used, after_weeks, after_window = _used(), _weeks(10), _window(4)
    follow_up_used, follow_up_weeks, follow_up_window = _used(), _weeks(26), _window(6)
    other_used = _used(default=False)
    other_key = StringField(
        _("Short name of this wave"),
        description=_("Small letters. For example: year_later"),
        filters=[one_line],
    )
    other_weeks, other_window = _weeks(None), _window(None)

    def __init__(self) -> None:
        super().__init__()
        language = languages.current().code
        self.instruments.choices = [
            SelectChoice(instrument.key, words(instrument, language).name())
            for instrument in library.instruments()
            if instrument.is_questionnaire
        ]

    def is_used(self, wave: str) -> bool:
        return bool(self[f"{wave}_used"].data)

    @property
    def plans(self) -> list[WavePlan]:
        keys = {**{wave: wave for wave in WAVE_DEFAULTS}, "other": self.other_key.data}
        return [
            WavePlan(key, self[f"{wave}_weeks"].data, self[f"{wave}_window"].data)
            for wave, key in keys.items()
            if self.is_used(wave)
        ]

    def validate_code(self, field: StringField) -> None:
        if not is_slug(field.data):
            raise ValidationError(str(_("Use small letters, digits and hyphens, at most 60.")))

    def validate_before_used(self, field: BooleanField) -> None:
        if not any(self.is_used(wave) for wave in (*WAVE_DEFAULTS, "other")):
            raise ValidationError(str(_("Choose at least one wave.")))

    def validate_other_key(self, field: StringField) -> None:
        if not self.is_used("other"):
            return
        if not WAVE_KEY.fullmatch(field.data):
            raise ValidationError(str(_("Use small letters, digits and _, a letter first.")))
        if field.data in WAVE_DEFAULTS:
            raise ValidationError(str(_("This name is taken. Use another.")))


class ConfirmationForm(FlaskForm):
    """A box to tick before something that cannot be undone, or that someone must answer for."""

    sure = BooleanField(validators=[InputRequired(_("Tick the box if you are sure."))])

    def __init__(self, statement: str) -> None:
        super().__init__()
        self.sure.label.text = statement


class StoryForm(EditingForm):
    """A quote, rewritten. What must be filled in depends on the button: an approved story is complete."""

    text = TextAreaField(
        _("Rewritten text"),
        filters=[paragraphs],
        validators=[Length(max=LONGEST_STORY, message=_("Use at most %(max)d characters."))],
    )
    language = SelectField(
        _("Language of the rewritten text"),
        description=_(
            "Words in another language than Dutch appear only if at least ten of those who answered speak it. "
            "Otherwise they point to the one who does."
        ),
    )
    domain = SelectField(_("Domain"))
    stance = RadioField(
        _("Does it fit what most people say?"),
        choices=[
            SelectChoice("typical", _("Yes, it is typical")),
            SelectChoice("contrary", _("No, it is another voice")),
        ],
        validate_choice=False,
    )
    checks = _tick_boxes(
        _("Read it once more. Tick what is right:"),
        choices=[SelectChoice(key, statement) for key, statement in CHECKS.items()],
    )
    decision = HiddenField(validators=[AnyOf(("approve", "draft", "refuse"))])
    not_kept = ("checks", "decision", "looked")
    asks_always = True
    #: The words that were marked on the page from which this is sent.
    looked = HiddenField()

    def __init__(self, domains: list[tuple[str, str]], story: Story | None) -> None:
        self.story = story
        super().__init__(obj=story, version=self._now)
        self.language.choices = [SelectChoice(code, LANGUAGES[code].name) for code in STAFF_LANGUAGES]
        self.domain.choices = [SelectChoice("", _("Choose a domain"))]
        self.domain.choices += [SelectChoice(code, name) for code, name in domains]

    @cached_property
    def was_changed(self) -> bool:
        """By somebody else, since the page was shown."""
        typed = self._mark(self.rewriting, STATES.get(self.decision.data))
        return self.is_submitted() and self.differs_from(self._now, typed)

    @property
    def _now(self) -> str:
        kept = self.story
        if kept is None:
            return "0"
        return self._mark(Rewriting(kept.text, kept.language, kept.domain, kept.stance), kept.state)

    def _mark(self, rewriting: Rewriting, state: str | None) -> str:
        return mark(self.story and self.story.id, rewriting, state)

    @property
    def rewriting(self) -> Rewriting:
        """As it was left; a refused quote needs no domain or stance, so it gets the first ones."""
        first = self.domain.choices[1].value
        return Rewriting(
            self.text.data, self.language.data, self.domain.data or first, self.stance.data or "typical"
        )

    @property
    def pieces(self) -> list[Piece]:
        language = self.language.data if self.language.data in STAFF_LANGUAGES else "nl"
        return look(self.text.data or "", language)

    @property
    def marked(self) -> str:
        return words_seen(self.pieces)

    def validate_text(self, field: TextAreaField) -> None:
        if self.decision.data != "approve":
            return
        if not field.data:
            raise ValidationError(str(_("Write the text as others may read it.")))
        if self.marked and self.looked.data != self.marked:
            raise ValidationError(
                str(_("Look at the marked words. Can they tell who said this? If not, approve once more."))
            )

    def validate_domain(self, field: SelectField) -> None:
        if self.decision.data != "refuse" and not field.data:
            raise ValidationError(str(_("Choose a domain.")))

    def validate_stance(self, field: RadioField) -> None:
        needless = self.decision.data == "refuse" and not field.data
        if not needless and field.data not in ("typical", "contrary"):
            raise ValidationError(str(_("Choose one answer.")))

    def validate_checks(self, field: SelectMultipleField) -> None:
        if self.decision.data == "approve" and set(field.data or ()) != set(CHECKS):
            raise ValidationError(str(_("Before approving, check each of these and tick it.")))


class InvitationForm(FlaskForm):
    """Who is to work here, and as what."""

    email = EmailField(
        _("E-mail address"),
        filters=[one_line],
        validators=[DataRequired(_("Write an e-mail address.")), Length(max=255)],
    )
    role = RadioField(_("Role"), validators=[InputRequired(_("Choose a role."))])

    def __init__(self) -> None:
        super().__init__()
        self.role.choices = [SelectChoice(role, sentence) for role, sentence in what_roles_do().items()]


def what_roles_do() -> dict[str, str]:
    return {
        "casemanager": str(_("Casemanager: sees names, and only those answers that a person shows")),
        "coordinator": str(_("Coordinator: sees answers, never names")),
        "councillor": str(_("Councillor: sees what is published")),
        "administrator": str(_("Administrator: says who works here")),
        "reviewer": str(_("Reviewer: approves texts, sees nothing of people")),
    }
