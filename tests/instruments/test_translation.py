"""Words are complete in a language or refused; nothing falls back."""

from collections.abc import Callable
from importlib.resources import files

import pytest
from babel import Locale

from instruments.library import instruments, load, parse
from instruments.model import Instrument
from instruments.translation import (
    LANGUAGES,
    UnknownLanguage,
    Untranslated,
    coverage,
    is_approved,
    strings,
    words,
)

PAIRS = [(instrument, language) for instrument in instruments() for language in LANGUAGES]


@pytest.mark.parametrize(("instrument", "language"), PAIRS, ids=lambda value: getattr(value, "key", value))
def test_every_shipped_language_is_complete(instrument: Instrument, language: str) -> None:
    found = words(instrument, language)
    assert found.name()
    for domain in instrument.domains:
        assert found.domain(domain.code)
        assert domain.heading is None or found.heading(domain.heading)
        for item in domain.items:
            assert found.question(item.id)
            assert (found.hint(item.id) is None) == (item.hint is None)
            options = found.options(item.id)
            if not item.scale:
                assert options == []
                continue
            assert [code for code, _ in options] == list(instrument.scale_of(item.id).codes)
            labels = [label for _, label in options if label]
            assert len(set(labels)) == len(labels)
            assert [bool(label) for _, label in options] == [
                bool(label) for label in instrument.scale_of(item.id).labels
            ]


@pytest.mark.parametrize(("instrument", "language"), PAIRS, ids=lambda value: getattr(value, "key", value))
def test_coverage_counts_every_string_once(instrument: Instrument, language: str) -> None:
    counts = coverage(instrument)
    assert list(counts) == list(LANGUAGES)
    total = len(strings(instrument))
    assert len(set(strings(instrument))) == total
    approved = total if language in ("en", "nl") else 0
    assert counts[language] == {"strings": total, "translated": total, "approved": approved}
    assert is_approved(instrument, language) == (language in ("en", "nl"))


def test_an_untranslated_instrument_is_refused_and_every_string_named(
    sample: Callable[..., Instrument],
) -> None:
    instrument = sample(False, False)
    assert words(instrument, "en").question("sample_1") == "How is part 1?"
    with pytest.raises(Untranslated) as caught:
        words(instrument, "nl")
    assert caught.value.strings == strings(instrument)
    assert 'item: sample_1 "How is part 1?"' in str(caught.value)
    assert coverage(instrument)["nl"] == {"strings": len(strings(instrument)), "translated": 0, "approved": 0}
    assert not is_approved(instrument, "nl")


def test_one_missing_string_is_enough_to_refuse(definition: Callable[..., str]) -> None:
    """A new wording of one question leaves the old translation behind: never the English in between."""
    text = files("instruments").joinpath("definitions", "wellbeing.v1.toml").read_text(encoding="utf-8")
    changed = parse(text.replace("How well can you deal with problems?", "How well can you handle problems?"))
    with pytest.raises(Untranslated) as caught:
        words(changed, "uk")
    assert [string.context for string in caught.value.strings] == ["item: wellbeing_4"]
    assert coverage(changed)["uk"]["translated"] == coverage(changed)["uk"]["strings"] - 1


def test_an_unknown_language_is_named() -> None:
    with pytest.raises(UnknownLanguage, match="xx"):
        words(load("wellbeing"), "xx")
    assert not is_approved(load("wellbeing"), "xx")


def test_words_are_made_once() -> None:
    assert words(load("wellbeing"), "ar") is words(load("wellbeing"), "ar")


#: Babel has no word of their own for them: what it calls them holds a country or another language's name.
OWN_WORD = {"fa_AF", "kmr"}


def test_the_language_table_agrees_with_babel() -> None:
    assert list(LANGUAGES) == ["nl", "en", "uk", "ru", "ar", "ti", "fa", "fa_AF", "so", "tr", "kmr"]
    for code, language in LANGUAGES.items():
        locale = Locale.parse(language.locale)
        assert language.code == code and str(locale) == language.locale
        assert language.direction == locale.text_direction
        assert code in OWN_WORD or language.name.lower() == (locale.language_name or "").lower()


def test_a_hint_belongs_to_its_question_alone() -> None:
    found = words(load("integration"), "nl")
    assert found.hint("work_2") == "Betaald of onbetaald werk."
    assert found.hint("work_1") is None
