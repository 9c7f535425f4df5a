"""A recording: the file, who speaks, when, and that they agreed."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, StringField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length

from survey.clock import today
from survey.fieldwork import Refused
from survey.manage.recordings import sound
from survey.typed import DayField, no_overrides, one_line

EARLIEST = date(2000, 1, 1)


class RecordingForm(FlaskForm):
    file = FileField(
        _("Sound file"),
        description=_(
            "Opus (ogg), MP3, M4A or WAV; at most 1 MB and one minute. Say exactly what stands above."
        ),
    )
    speaker = StringField(
        _("Who speaks"),
        description=_("A first name is enough. Participants do not see it."),
        filters=[one_line],
        validators=[
            DataRequired(_("Write who speaks.")),
            no_overrides,
            Length(max=100, message=_("Use at most 100 characters.")),
        ],
    )
    recorded_on = DayField(_("Recorded on"), validators=[InputRequired(_("Write a date."))])
    agreed = BooleanField(
        _("The speaker knows that participants will hear this voice, and agreed."),
        description=_("The speaker may take that back at any time. Then remove the recording here."),
        validators=[InputRequired(_("Ask the speaker first, then tick this box."))],
    )
    #: What was in the file; there once the form is valid.
    sound: sound.Sound

    def validate_file(self, field: FileField) -> None:
        if not field.data:
            raise ValidationError(str(_("Choose a sound file.")))
        try:
            self.sound = sound.read(field.data.read(sound.LARGEST + 1))
        except Refused as refused:
            raise ValidationError(str(refused)) from None

    def validate_recorded_on(self, field: DayField) -> None:
        if field.data and not EARLIEST <= field.data <= today():
            raise ValidationError(str(_("Write a date from the year 2000 until today.")))

    def ask_for_file_again(self) -> None:
        """A browser does not send a chosen file twice by itself, so say that it must be chosen once more."""
        if self.errors and not self.file.errors:
            self.file.errors = [str(_("Choose the sound file once more."))]
