"""What is taken as a sound is one: told by what is in the file, with an end to it, and not too long."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from survey.fieldwork import Refused
from survey.manage.recordings import sound
from tests.fixtures import sounds

MAKERS: dict[str, Callable[[float], bytes]] = {
    "audio/wav": sounds.wav, "audio/mpeg": sounds.mp3, "audio/ogg": sounds.ogg, "audio/mp4": sounds.m4a,
}  # fmt: skip
PNG = b"\x89PNG\r\n\x1a\n" + bytes(400)


@pytest.fixture(autouse=True)
def _words(app: Flask) -> object:
    with app.app_context():
        yield


@pytest.mark.parametrize("media_type", MAKERS)
@pytest.mark.parametrize("seconds", [1.0, 5.0])
def test_a_sound_is_told_by_what_is_in_it(media_type: str, seconds: float) -> None:
    found = sound.read(MAKERS[media_type](seconds))
    assert (found.media_type, found.seconds) == (media_type, round(seconds))


@pytest.mark.parametrize("media_type", MAKERS)
def test_without_its_end_a_sound_is_refused(media_type: str) -> None:
    whole = MAKERS[media_type](3.0)
    for length in (len(whole) - 1, len(whole) * 2 // 3, len(whole) // 2):
        with pytest.raises(Refused):
            sound.read(whole[:length])


@pytest.mark.parametrize("media_type", MAKERS)
def test_a_sound_that_takes_too_long_is_refused(media_type: str) -> None:
    with pytest.raises(Refused, match="60"):
        sound.read(MAKERS[media_type](61.0))


@pytest.mark.parametrize(
    "content", [b"", PNG, b"%PDF-1.7", b"<svg onload=alert(1)>", b"RIFF\x10\0\0\0WEBP", b"OggS" + bytes(300)]
)
def test_what_is_no_sound_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(Refused):
        sound.read(content)


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(Refused, match="1 MB"):
        sound.read(bytes(sound.LARGEST + 1))


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([maker(1.0) for maker in MAKERS.values()]),
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 255)), max_size=12),
    st.integers(0, 400),
)
def test_whatever_is_wrong_with_a_file_it_is_read_or_refused(
    whole: bytes, changes: list[tuple[int, int]], length: int
) -> None:
    damaged = bytearray(whole)
    for place, value in changes:
        damaged[place % len(damaged)] = value
    for content in (bytes(damaged), bytes(damaged[:length])):
        with suppress(Refused):
            assert 1 <= sound.read(content).seconds <= sound.LONGEST
