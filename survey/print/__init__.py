"""Documents on paper, made by typst: PDF/UA-1, so that they can be read aloud as well as printed.

A document is a `.typ` file in this folder. What it says comes in as JSON; text in it stays text, whatever it holds.
In PDF/UA typst refuses a letter that no font has, so a document with a missing letter is never made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

from survey.languages import Language

HERE = Path(__file__).parent
FONTS = HERE.parent / "static" / "vendor" / "paper"
#: By script, the font families in the order in which a letter is looked for.
FAMILIES = {
    "Latin": ("Noto Sans",),
    "Cyrillic": ("Noto Sans",),
    "Arabic": ("Vazirmatn", "Noto Sans"),
    "Ethiopic": ("Noto Sans Ethiopic", "Noto Sans"),
}
EVERY_FAMILY = ("Noto Sans", "Vazirmatn", "Noto Sans Ethiopic")


def families(language: Language) -> list[str]:
    """The fonts of a language first; names of people and organisations may be in any script."""
    own = FAMILIES[language.script]
    return [*own, *(family for family in EVERY_FAMILY if family not in own)]


def pdf(document: str, language: Language, values: Mapping[str, Any]) -> bytes:
    """The document with these values in it, in a language's direction and letters."""
    made = typst.compile(
        HERE / f"{document}.typ",
        root=HERE,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"values": json.dumps({**frame(language), **values}, ensure_ascii=False)},
        pdf_standards=["ua-1"],
    )
    if not isinstance(made, bytes):
        raise TypeError("typst was asked for one PDF file")
    return made


def frame(language: Language) -> dict[str, Any]:
    """How a language is set: of a whole document, or of a part of it."""
    return {
        "fonts": families(language),
        "language": language.code.split("_")[0],
        "direction": language.direction,
    }
