"""No box in the place of a letter: every character of every text is in a font that travels with the program."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from instruments.translation import LANGUAGES
from survey import languages
from tests.fixtures.texts import texts

VENDOR = Path(languages.__file__).parent / "static" / "vendor"
FACE = re.compile(r"font-family: '([^']+)'.*?url\(([^)]+)\).*?unicode-range: ([^;]+);", re.DOTALL)
#: What steers text or is never drawn: soft hyphen, joiners, marks of direction, line breaks.
NOT_DRAWN = set("\u00ad\u200b\u200c\u200d\u200e\u200f\u2066\u2067\u2068\u2069\n\t")


@cache
def drawable() -> frozenset[int]:
    """Characters that the style sheet gives to a font, and that this font has."""
    found: set[int] = set()
    faces = FACE.findall((VENDOR / "fonts.css").read_text("utf-8"))
    assert len(faces) >= 6
    for _family, file, ranges in faces:
        has = TTFont(VENDOR / file).getBestCmap().keys()
        found |= {code for code in has if any(code in one for one in map(as_range, ranges.split(",")))}
    return frozenset(found)


def as_range(text: str) -> range:
    first, _, last = text.strip().removeprefix("U+").partition("-")
    return range(int(first, 16), int(last or first, 16) + 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_can_be_drawn(language: str) -> None:
    found = texts(language) | {LANGUAGES[language].name, "0123456789%.,–"}
    assert len(found) > 100
    missing = {
        letter
        for text in found
        for letter in text
        if letter not in NOT_DRAWN and ord(letter) not in drawable()
    }
    assert missing == set()


def test_a_letter_that_is_in_no_font_is_noticed() -> None:
    assert ord("中") not in drawable()
    assert all(ord(letter) in drawable() for letter in "aşğіїжاهቕ")


@pytest.mark.parametrize("family", ["Noto Sans", "Noto Sans Arabic", "Noto Sans Ethiopic"])
def test_the_page_asks_for_the_family(family: str) -> None:
    assert f"'{family}'" in (VENDOR / "fonts.css").read_text("utf-8")
    theme = (VENDOR.parent / "theme.css").read_text("utf-8")
    assert f'"{family}"' in theme
