"""What a participant can send. Each form reads and checks; the words stand in the templates and catalogs."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, Form, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length

from instruments.model import Domain, Instrument
from instruments.scoring import Answer, check_answer

LONGEST_OPEN_ANSWER = 4000


class CodeForm(FlaskForm):
    #: Checked in full by privacy.codes; a refused code is one and the same message.
    code = StringField(validators=[InputRequired(_("Type your code first."))])


class LanguageForm(FlaskForm):
    language = RadioField(validators=[InputRequired(_("Choose a language."))])


class ConsentForm(FlaskForm):
    take_part = RadioField(
        choices=[SelectChoice("yes"), SelectChoice("no")], validators=[InputRequired(_("Choose one answer."))]
    )


class OpenAnswerForm(FlaskForm):
    text = TextAreaField(
        filters=[lambda text: (text or "").replace("\x00", "").strip()],
        validators=[Length(max=LONGEST_OPEN_ANSWER, message=_("This is too long. Make it shorter."))],
    )
    may_quote = BooleanField()
    then = StringField(default="next", validators=[AnyOf(("next", "stop"))])


class AnswerField(Field):
    """One item's answer: a code of its scale, a non-answer that is offered, or nothing."""

    def __init__(self, instrument: Instrument, item: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.instrument = instrument
        self.item = item
        self.data: Answer | None = None

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist or valuelist[0] == "":
            return
        if len(valuelist) > 1:
            raise ValueError(str(_("Choose one answer.")))
        try:
            self.data = check_answer(self.instrument, self.item, valuelist[0])
        except ValueError:
            raise ValueError(str(_("Choose one of the answers."))) from None


class PageForm(Form):
    """All questions of one domain. CSRF is checked by the application for every post."""

    @property
    def answers(self) -> dict[str, Answer]:
        """What was answered, by item id; questions that were passed over are not in it."""
        return {name: field.data for name, field in self._fields.items() if field.data is not None}


@cache
def page_form(instrument_key: str, version: int, domain_code: str) -> type[PageForm]:
    """The form of a page: made once, for published versions never change."""
    from instruments import library

    instrument = library.load(instrument_key, version)
    domain: Domain = instrument.domain(domain_code)
    fields = {item.id: AnswerField(instrument, item.id) for item in domain.items}
    return type("PageForm", (PageForm,), fields)
