"""Every sentence about outcomes is in the Dutch catalog, approved, with the same placeholders."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

import dashboard.outcomes
from tests.dashboard.outcomes.languages import dutch_catalog

SOURCE = Path(dashboard.outcomes.__file__).parent
MESSAGES = sorted({found[2] for found in extract_from_dir(SOURCE, [("**.py", "python")])}, key=str)


def placeholders(text):
    return sorted(re.findall(r"%\(\w+\)s", text))


def forms(text):
    return text if isinstance(text, tuple) else (text,)


def test_sentences_are_found_in_the_source():
    assert len(MESSAGES) > 30


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: forms(message)[0][:60])
def test_every_sentence_has_an_approved_dutch_one_with_the_same_placeholders(message):
    entry = dutch_catalog().get(message)
    assert entry is not None, "run the extraction and translate"
    assert "status: approved" in entry.user_comments
    assert len(forms(entry.string)) == len(forms(message))
    for english, dutch in zip(forms(message), forms(entry.string), strict=True):
        assert dutch and dutch != english
        assert placeholders(dutch) == placeholders(english)


def test_sentences_are_whole_so_that_no_language_has_to_be_glued_together():
    fragments = [message for message in MESSAGES if not forms(message)[0].endswith(".")]
    assert fragments == [("%(areas)s area", "%(areas)s areas"), "just above 0"]
