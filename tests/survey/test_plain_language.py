"""What participants read is short: a tired person, or somebody who reads out loud for another, gets to the end."""

from __future__ import annotations

import re
from statistics import mean

import pytest

from instruments.translation import LANGUAGES
from tests.fixtures.texts import texts

#: Where one sentence, or one part of it that can be read by itself, ends.
END = re.compile(r"(?<=[.!?:;؟؛።፧])\s+|\n+")
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")
#: Stands for a name of a municipality or programme.
NAME = "Gemeente Nieuw Voorbeeld"
#: Anything shorter is a label, not a sentence.
LABEL = 3


def lengths(language: str) -> dict[str, int]:
    """Words of each sentence."""
    parts = {part for text in texts(language) for part in END.split(PLACEHOLDER.sub(NAME, text))}
    return {part: len(part.split()) for part in parts if len(part.split()) > LABEL}


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_short(language: str) -> None:
    found = lengths(language)
    assert len(found) > 100
    assert mean(found.values()) < 12
    assert [sentence for sentence, words in found.items() if words > 20] == []


def test_a_long_sentence_is_noticed() -> None:
    assert max(map(len, (END.split("One. Two? ሓደ። ክልተ፧ سه؟ چهار")))) <= 6
    assert len(END.split("One: two; three\nfour")) == 4
