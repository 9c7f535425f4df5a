"""What a participant can send. Each form reads and checks; the words stand in the templates and catalogs."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length

from instruments.model import Domain, Instrument
from instruments.scoring import Answer, offered_answers
from survey.codes import PICTURES, PICTURES_CHOSEN
from survey.typed import words

LONGEST_OPEN_ANSWER = 4000
#: What the form of a page sends besides answers.
BESIDES_ANSWERS = frozenset({"csrf_token", "then", "order"})


class CodeForm(FlaskForm):
    #: Checked in full by privacy.codes; a refused code is one and the same message.
    code = StringField(validators=[InputRequired(_("Type your code first."))])


class LanguageForm(FlaskForm):
    """A language, or with `:aloud` behind it: by pictures and sound, without words."""

    language = RadioField(validators=[InputRequired(_("Choose a language."))])

    def offer(self, codes: list[str], word_free: bool) -> None:
        manners = ("", ":aloud") if word_free else ("",)
        self.language.choices = [SelectChoice(code + manner) for code in codes for manner in manners]

    @property
    def chosen(self) -> tuple[str, bool]:
        code, _separator, manner = self.language.data.partition(":")
        return code, manner == "aloud"


class ConsentForm(FlaskForm):
    take_part = RadioField(
        choices=[SelectChoice("yes"), SelectChoice("no")], validators=[InputRequired(_("Choose one answer."))]
    )


class OpenAnswerForm(FlaskForm):
    text = TextAreaField(
        filters=[lambda text: words(text).strip()],
        validators=[Length(max=LONGEST_OPEN_ANSWER, message=_("This is too long. Make it shorter."))],
    )
    may_quote = BooleanField()
    then = StringField(default="next", validators=[AnyOf(("next", "stop", "language", "data"))])


class PicturesForm(FlaskForm):
    """Four pictures, one after the other. Which ones, nobody is told by an error."""

    picture_1 = picture_2 = picture_3 = picture_4 = RadioField(
        choices=[SelectChoice(picture) for picture in PICTURES], validators=[AnyOf(PICTURES)]
    )

    @property
    def chosen(self) -> tuple[str, ...]:
        return tuple(self[f"picture_{number}"].data for number in range(1, PICTURES_CHOSEN + 1))

    @property
    def are_four(self) -> bool:
        return self.validate_on_submit() and len(set(self.chosen)) == PICTURES_CHOSEN


class OtherQuestion(Exception):
    """What was sent has a question that is not on this page."""


@dataclass
class SentPage:
    """One page as it was sent. Tokens against forgery are checked by the application for every post."""

    #: By item id; questions that were passed over are not in it.
    answers: dict[str, Answer] = field(default_factory=dict)
    #: What is wrong, by item id.
    errors: dict[str, str] = field(default_factory=dict)


def read_page(instrument: Instrument, domain: Domain, sent: MultiDict[str, str]) -> SentPage:
    """The answers to a page's questions; OtherQuestion when one of another page is among them."""
    offered = _offered(instrument, domain.code)
    if sent.keys() - offered.keys() - BESIDES_ANSWERS:
        raise OtherQuestion
    page = SentPage()
    for item, answers in offered.items():
        values = sent.getlist(item)
        if len(values) > 1:
            page.errors[item] = str(_("Choose one answer."))
        elif values and values[0] in answers:
            page.answers[item] = answers[values[0]]
        elif values and values[0]:
            page.errors[item] = str(_("Choose one of the answers."))
    return page


@cache
def _offered(instrument: Instrument, domain: str) -> dict[str, dict[str, Answer]]:
    """For each item of a domain: the values that may be sent, and the answers they stand for."""
    return {item.id: offered_answers(instrument, item.id) for item in instrument.domain(domain).items}
