"""What a casemanager fills in: who to look for, who someone is, and what to know of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import uuid4

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    SelectChoice,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional

from instruments.translation import LANGUAGES
from survey.casework import operations, participants
from survey.casework.filters import TERM_WEEKS, Wanted
from survey.casework.once import OnceForm
from survey.clock import today
from survey.code_names import GENDER_NAMES, GROUP_NAMES, HOUSEHOLD_NAMES
from survey.codes import BIRTH_YEAR_BAND, GENDERS, GROUPS
from survey.editing import EditingForm
from survey.forgery import mark
from survey.models import Participant
from survey.typed import A_DATE, DayField, InPageOrder, WholeField, no_overrides, one_line

#: The oldest band offered; whoever is older is in it too.
FIRST_BIRTH_YEAR = 1920
FIRST_ARRIVAL_YEAR = 1950
#: Whoever is added answers about themselves, which somebody may agree to from this age on (GDPR, article 8).
YOUNGEST = 16
#: A start further away than this, in days, is a slip of the keyboard.
FURTHEST_START = 366 * 5

WHOSE = (
    ("", _("Everyone, mine first")),
    ("mine", _("Only mine")),
    ("nobody", _("Without a casemanager")),
)
DUE = (("", _("Does not matter")), ("y", _("Due now")), ("missed", _("Missed")))
UNITS = (("", _("People")), ("households", _("Households")), ("benefits", _("Benefits")))
INVITED = (("", _("Does not matter")), ("y", _("Has a code that works")), ("n", _("No code works")))
WEEKS_UNSEEN = (4, 8, 13, 26)
NOT_KNOWN = ("", _("Not known"))
#: The fields of FactsForm that are columns of a participant.
FACTS = ("language", "group", "gender", "birth_year", "arrival_year", "household")


def or_none(value: str) -> str | None:
    return value or None


def year_or_none(value: str) -> int | None:
    return int(value) if value else None


def offer(choices: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in choices]


def birth_year_bands() -> list[tuple[int, str]]:
    """Those of which somebody is old enough, youngest first: (first year, as people read it)."""
    newest = today().year - YOUNGEST
    newest -= newest % BIRTH_YEAR_BAND
    return [(first, _band(first)) for first in range(newest, FIRST_BIRTH_YEAR - 1, -BIRTH_YEAR_BAND)]


def _band(first: int) -> str:
    return f"{first}\N{EN DASH}{first + BIRTH_YEAR_BAND - 1}"


class CaseloadForm(FlaskForm):
    """Stands in the address, so that a list can be reloaded and kept; a search stands there sealed."""

    class Meta:
        csrf = False

    search = StringField(_("Name or pseudonym"), filters=[one_line])
    whose = SelectField(_("Casemanager"), validate_choice=False)
    programme = SelectField(_("Programme"), validate_choice=False)
    due = SelectField(_("Questionnaire"), validate_choice=False)
    term = SelectField(_("Legal term"), validate_choice=False)
    unseen = SelectField(_("Not seen for"), validate_choice=False)
    invited = SelectField(_("Invitation"), validate_choice=False)
    talk = BooleanField(_("Wants to talk"))
    ended = BooleanField(_("Has stopped"))
    closed = BooleanField(_("Also people of closed programmes"))
    unit = SelectField(_("Count"), validate_choice=False)
    #: Shown only when asked for, or when one of them is in use.
    folded = ("whose", "programme", "due", "term", "unseen", "invited", "unit", "talk", "ended", "closed")

    def __init__(self, given: MultiDict[str, str], programmes: list[tuple[str, str]]) -> None:
        super().__init__(given)
        self.whose.choices = offer(WHOSE)
        self.programme.choices = offer([("", _("All programmes")), *programmes])
        self.due.choices = offer(DUE)
        within = [(number, _("Ends within %(number)s weeks", number=number)) for number in TERM_WEEKS]
        self.term.choices = offer([("", _("Does not matter")), ("overdue", _("Overdue")), *within])
        self.unit.choices = offer(UNITS)
        self.invited.choices = offer(INVITED)
        weeks = [(str(number), _("%(number)s weeks", number=number)) for number in WEEKS_UNSEEN]
        self.unseen.choices = offer([("", _("Does not matter")), *weeks])

    @property
    def wanted(self) -> Wanted:
        unseen = int(self.unseen.data) if self.unseen.data in map(str, WEEKS_UNSEEN) else None
        term = self.term.data if self.term.data in ("overdue", *TERM_WEEKS) else ""
        return Wanted(**{**self.data, "unseen": unseen, "term": term})

    @property
    def in_use(self) -> int:
        """How many of the folded ones."""
        return sum(bool(self[name].data) for name in self.folded)


def _a_year_of_arrival() -> str:
    first, last = FIRST_ARRIVAL_YEAR, today().year
    return str(_("Write a year between %(first)s and %(last)s.", first=first, last=last))


class FactsForm(FlaskForm):
    """Who someone is (sealed) and the coarse facts that results are grouped by."""

    name = StringField(
        _("Name"),
        description=_("Kept sealed, apart from all answers."),
        filters=[one_line],
        validators=[no_overrides, Length(max=200, message=_("Use at most 200 characters."))],
    )
    contact = StringField(
        _("Phone number or e-mail address"),
        description=_("Kept sealed, apart from all answers."),
        filters=[one_line],
        validators=[no_overrides, Length(max=300, message=_("Use at most 300 characters."))],
    )
    language = SelectField(
        _("Language"),
        description=_("Ask which language this person likes to read."),
        validators=[InputRequired(_("Choose a language."))],
    )
    group = SelectField(_("Group"), coerce=or_none)
    gender = SelectField(_("Gender"), coerce=or_none)
    birth_year = SelectField(_("Year of birth"), coerce=year_or_none)
    arrival_year = WholeField(
        _("Year of arrival in the Netherlands"), validators=[Optional()], wanted=_a_year_of_arrival
    )
    household = SelectField(_("Lives with"), coerce=or_none)

    def __init__(self, *, erased: bool = False, **keywords: Any) -> None:
        """`erased`: this person's key was destroyed, so nothing can be sealed for them any more."""
        super().__init__(**keywords)
        if erased:
            del self.name, self.contact
        languages = [(code, language.name) for code, language in LANGUAGES.items()]
        self.language.choices = _with_current([("", _("Choose a language")), *languages], self.language)
        self.group.choices = offer([NOT_KNOWN, *((code, GROUP_NAMES[code]) for code in GROUPS)])
        self.gender.choices = offer([NOT_KNOWN, *((code, GENDER_NAMES[code]) for code in GENDERS)])
        self.birth_year.choices = _with_current([NOT_KNOWN, *birth_year_bands()], self.birth_year, _band)
        self.household.choices = _with_current([NOT_KNOWN, *HOUSEHOLD_NAMES.items()], self.household)

    @property
    def facts(self) -> dict[str, Any]:
        return {fact: self[fact].data for fact in FACTS}

    @property
    def identity(self) -> operations.NameAndContact:
        """What was filled in of who someone is; empty texts where nothing was."""
        return operations.NameAndContact(
            *(self[part].data if part in self else "" for part in ("name", "contact"))
        )

    def validate_arrival_year(self, field: WholeField) -> None:
        if field.data is not None and not FIRST_ARRIVAL_YEAR <= field.data <= today().year:
            raise ValidationError(_a_year_of_arrival())


class ChangedFactsForm(EditingForm, FactsForm):
    """Facts that are put right."""

    def __init__(self, person: Participant) -> None:
        known = {"name": participants.name_of(person), "contact": participants.contact_of(person)}
        known |= {fact: getattr(person, fact) for fact in FACTS}
        self._now = mark(*known.values())
        super().__init__(data={**known, "version": self._now}, erased=person.key is None)

    @cached_property
    def was_changed(self) -> bool:
        """By somebody else, since the page was shown."""
        return self.is_submitted() and self.differs_from(self._now, self._typed)

    @property
    def is_the_same(self) -> bool:
        """As what is known already."""
        return self._typed == self._now

    @property
    def _typed(self) -> str:
        who = (self.identity.name or None, self.identity.contact or None)
        return mark(*who, *self.facts.values())


def _with_current(
    choices: Iterable[tuple[Any, Any]], field: SelectField, named: Callable[[Any], str] = str
) -> list[SelectChoice]:
    """The choices, and what an imported person has now if that is none of them: saving must not lose it."""
    offered = list(choices)
    current = field.object_data
    if current is not None and current not in [value for value, label in offered]:
        offered.append((current, named(current)))
    return offer(offered)


def _by_use(programmes: list[tuple[str, str]], spoken: Mapping[str, list[str]]) -> list[SelectChoice]:
    """All languages, those first in which somebody can answer; what becomes of the others is said at the choice."""

    def use(code: str) -> str:
        names = spoken.get(code, [])
        if len(names) == len(programmes):
            return gettext("Questions can be answered in")
        if names:
            return gettext("Only in %(programmes)s", programmes=", ".join(names))
        return gettext("Not yet: invitation and questions in Dutch")

    order = sorted(LANGUAGES, key=lambda code: -len(spoken.get(code, [])))
    grouped: dict[str, list[str]] = {}
    for code in order:
        grouped.setdefault(use(code), []).append(code)
    return [
        SelectChoice(code, LANGUAGES[code].name, optgroup=group)
        for group, codes in grouped.items()
        for code in codes
    ]


class IntakeForm(InPageOrder, OnceForm, FactsForm):
    """Someone joins a programme."""

    first = ("programme", "started_on")
    programme = SelectField(_("Programme"), validators=[InputRequired(_("Choose a programme."))])
    started_on = DayField(
        _("Starts on"),
        description=_("From this day the weeks until each wave are counted."),
        validators=[InputRequired(A_DATE)],
    )

    def __init__(self, programmes: list[tuple[str, str]], spoken: Mapping[str, list[str]]) -> None:
        """`spoken`: by language, the names of the programmes that ask in it."""
        super().__init__()
        self.language.choices = [SelectChoice("", _("Choose a language")), *_by_use(programmes, spoken)]
        choose = [] if len(programmes) == 1 else [("", _("Choose a programme"))]
        self.programme.choices = offer(choose + programmes)
        if not self.is_submitted():
            self.id.data = str(uuid4())
            self.started_on.data = today()

    def validate_started_on(self, field: DayField) -> None:
        if field.data is not None and abs(field.data - today()) > timedelta(days=FURTHEST_START):
            raise ValidationError(
                str(_("Check the year: this day is more than five years before or after today."))
            )
