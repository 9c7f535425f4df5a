"""Whether a file is a sound that browsers play: told by what is in it, never by its name or what the browser says."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

from flask_babel import gettext as _
from tinytag import TinyTag, TinyTagException

from survey.fieldwork import Refused

#: In bytes and seconds: nobody listens longer to one text, and a tablet keeps all of them.
LARGEST = 1_000_000
LONGEST = 60


@dataclass(frozen=True)
class Sound:
    content: bytes
    media_type: str
    seconds: int

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def read(content: bytes) -> Sound:
    """The sound in a file; Refused, in words, when there is none that will do."""
    if not content:
        raise Refused(_("This file is empty. Choose another."))
    if len(content) > LARGEST:
        raise Refused(_("This file is larger than 1 MB. Make it smaller, for example as MP3 or Opus."))
    media_type = _media_type(content)
    if media_type is None:
        raise Refused(_("This is not a sound we can play. Choose a file in Opus (ogg), MP3, M4A or WAV."))
    seconds = _seconds(content)
    if seconds is None or not _is_whole(content, media_type):
        raise Refused(_("This file is damaged or not complete. Make or send it again."))
    if seconds > LONGEST:
        raise Refused(_("This takes more than %(seconds)s seconds. Make it shorter.", seconds=LONGEST))
    return Sound(content, media_type, max(1, round(seconds)))


def _media_type(content: bytes) -> str | None:
    if content.startswith(b"OggS") and (b"OpusHead" in content[:200] or b"\x01vorbis" in content[:200]):
        return "audio/ogg"
    if content.startswith(b"RIFF") and content[8:12] == b"WAVE":
        return "audio/wav"
    if content[4:8] == b"ftyp" and b"soun" in content and b"vide" not in content:
        return "audio/mp4"
    if content.startswith(b"ID3") or (content[0] == 0xFF and content[1:2] and content[1] & 0xE6 == 0xE2):
        return "audio/mpeg"  # a tag, or a frame of layer III
    return None


def _seconds(content: bytes) -> float | None:
    try:
        told = TinyTag.get(file_obj=BytesIO(content), tags=False).duration
    except TinyTagException:
        return None
    return told if told and told > 0 else None


def _is_whole(content: bytes, media_type: str) -> bool:
    """Whether the end of the file is there: what these formats say of their own length."""
    checks: dict[str, Callable[[bytes], bool]] = {
        "audio/wav": _is_whole_wave, "audio/mp4": _is_whole_mp4, "audio/ogg": _is_whole_ogg,
        "audio/mpeg": _is_whole_mp3,
    }  # fmt: skip
    return checks[media_type](content)


def _is_whole_wave(content: bytes) -> bool:
    return int.from_bytes(content[4:8], "little") + 8 <= len(content)


def _is_whole_mp4(content: bytes) -> bool:
    place = 0
    while place + 8 <= len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        if length == 1:
            length = int.from_bytes(content[place + 8 : place + 16], "big")
        if length < 8:
            return length == 0  # up to the end
        place += length
    return place == len(content)


def _is_whole_ogg(content: bytes) -> bool:
    """Page by page; the last one says that it is the last."""
    place, is_last = 0, False
    while content[place : place + 4] == b"OggS" and place + 27 <= len(content):
        segments = content[place + 27 : place + 27 + content[place + 26]]
        is_last = bool(content[place + 5] & 4)
        place += 27 + content[place + 26] + sum(segments)
    return is_last and place == len(content)


def _is_whole_mp3(content: bytes) -> bool:
    """An encoder may say in the first frame how many bytes there are; one that does not leaves nothing to check."""
    begin = max(content.find(b"Xing"), content.find(b"Info"))
    if not 0 <= begin < len(content) - 16 or not content[begin + 7] & 2:
        return True
    after_frames = begin + 8 + (4 if content[begin + 7] & 1 else 0)
    told = int.from_bytes(content[after_frames : after_frames + 4], "big")

    return told <= len(content)
