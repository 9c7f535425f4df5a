"""A caseload file that is sent: first chosen, then held in the page until somebody is sure."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, SelectChoice, SelectField, ValidationError
from wtforms.validators import InputRequired

#: In bytes; larger caseloads come in on the command line.
LARGEST = 2_000_000


class LoadForm(FlaskForm):
    programme = SelectField(_("Programme"), validators=[InputRequired(_("Choose a programme."))])
    file = FileField(
        _("File"),
        description=_("XLSX or CSV (UTF-8), at most 2 MB and 5,000 rows. First you see what it would do."),
    )
    replace = BooleanField(
        _("The file may replace what is stored"),
        description=_("Without this, a row that differs from what is stored is refused."),
    )
    #: The file as it was looked at with its name, and what it would have done then.
    content = HiddenField()
    named = HiddenField()
    seen = HiddenField()

    def __init__(self, programmes: list[tuple[str, str]]) -> None:
        super().__init__()
        named = [SelectChoice(code, name) for code, name in programmes]
        choose = [SelectChoice("", _("Choose a programme"))] if len(named) > 1 else []
        self.programme.choices = [*choose, *named]

    @property
    def is_sure(self) -> bool:
        return bool(self.seen.data)

    #: What was sent, unless it is too large.
    sent = b""

    @property
    def in_page(self) -> str:
        """What was sent, as it goes along in the page."""
        return b64encode(self.sent).decode()

    def forget_file(self) -> None:
        """It is no table at all, so it need not be looked at again."""
        self.sent = b""

    def validate_file(self, field: FileField) -> None:
        try:
            self.sent = b64decode(self.content.data or "", validate=True)
        except (Error, ValueError):
            self.sent = b""
        if field.data:
            self.sent, self.named.data = field.data.read(LARGEST + 1), field.data.filename
            if not self.sent:
                raise ValidationError(str(_("This file is empty. Choose another file.")))
        if not self.sent:
            raise ValidationError(str(_("Choose a file.")))
        if len(self.sent) > LARGEST:
            self.sent = b""
            raise ValidationError(str(_("This file is larger than 2 MB. Divide it.")))
