"""What a reviewer sends: a decision on a text, ticks for several, and a file."""

from __future__ import annotations

from typing import NamedTuple

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, StringField
from wtforms.validators import AnyOf, Length

from survey.typed import OVERRIDES, one_line, paragraphs
from survey.wording.operations import LONGEST, Decision, Unfit

LONGEST_REMARK = 1000


class DecisionForm(FlaskForm):
    """One text. There are as many fields `text` as the text has forms, so these are read apart."""

    verdict = HiddenField(validators=[AnyOf(("approve", "refuse"))])
    seen = HiddenField()
    following = HiddenField()
    back_translation = StringField(filters=[one_line], validators=[Length(max=LONGEST)])
    remark = StringField(filters=[one_line], validators=[Length(max=LONGEST_REMARK)])


class Typed(NamedTuple):
    """A decision as it was sent, and what was wrong with it."""

    key: str
    texts: tuple[str, ...]
    back_translation: str
    remark: str
    fault: str = ""


def typed(key: str, form: DecisionForm, sent: MultiDict[str, str]) -> Typed:
    texts = tuple(paragraphs(text) for text in sent.getlist("text"))
    return Typed(key, texts or ("",), form.back_translation.data or "", form.remark.data or "")


def decision(found: Typed, form: DecisionForm) -> Decision:
    """What was decided; Unfit where it cannot be."""
    if not form.validate():
        raise Unfit(_("This is too long: at most %(count)s characters.", count=LONGEST_REMARK))
    if any(OVERRIDES & set(text) for text in found.texts):
        raise Unfit(_("This holds characters that turn the direction of text. Type it again."))
    if form.verdict.data == "refuse" and not found.remark:
        raise Unfit(_("Say in the remark why you refuse it."))
    return Decision(form.verdict.data, found.texts, found.back_translation, found.remark)


class FileForm(FlaskForm):
    file = FileField(_("The file that came back"))
