"""Recordings come and go. Each change raises the organisation's count, so that every worker notices."""

from __future__ import annotations

from datetime import date

from survey.clock import now
from survey.database import db
from survey.manage.recordings import queries
from survey.manage.recordings.sound import Sound
from survey.models import Organisation, Recording, Staff
from survey.privacy import audit
from survey.recordings import text_hash


def add(language: str, text: str, sound: Sound, speaker: str, recorded_on: date, staff: Staff) -> None:
    """Add a recording of this text, in the place of the one there was."""
    recording = queries.recording(language, text_hash(text))
    if recording is None:
        recording = Recording(language=language, text=text, text_hash=text_hash(text))
        db.session.add(recording)
    recording.sound, recording.sound_hash = sound.content, sound.hash
    recording.media_type, recording.seconds = sound.media_type, sound.seconds
    recording.speaker, recording.recorded_on = speaker, recorded_on
    recording.added_at, recording.added_by_id = now(), staff.id
    _changed("recording.added", recording)


def remove(recording: Recording) -> None:
    db.session.delete(recording)
    _changed("recording.removed", recording)


def _changed(action: str, recording: Recording) -> None:
    queries.organisation().sounds = Organisation.sounds + 1
    audit.record(action, language=recording.language.lower(), text=recording.text_hash[:12])
