"""The check of the catalogs finds what would go wrong on a page."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from tools import strings
from tools.strings import message_problems, write

DAYS = ("%(num)s day", "%(num)s days")


Text = str | tuple[str, ...]


def problems(language: str, text: Text, translation: Text, status: str = "draft") -> list[str]:
    message = Message(text, translation, user_comments=[f"status: {status}"] if status else [])
    return list(message_problems(message, Catalog(locale=language)))


@pytest.mark.parametrize(
    ("text", "translation"),
    [
        ("Hello", "Hallo"),
        ("Hello, %(name)s", "Dag %(name)s"),
        ("%(a)s of %(b)s", "%(b)s en dan %(a)s"),
        ("{people} people", "{people} mensen"),
        ("100%% of %(a)s", "%(a)s: 100%%"),
    ],
)
def test_a_translation_with_the_same_placeholders_in_any_order_is_right(text: str, translation: str) -> None:
    assert problems("nl", text, translation) == []


@pytest.mark.parametrize(
    ("text", "translation"),
    [
        ("Hello, %(name)s", "Dag"),
        ("Hello, %(name)s", "Dag %(naam)s"),
        ("%(number)d days", "%(number)s dagen"),
        ("{people} people", "{mensen} mensen"),
        ("Hello", "Dag %(name)s"),
    ],
)
def test_another_placeholder_is_found(text: str, translation: str) -> None:
    assert "placeholders differ" in problems("nl", text, translation)[0]


def test_an_untranslated_text_is_found_once() -> None:
    assert problems("nl", "Hello", "", status="") == ["not translated"]
    assert problems("nl", DAYS, ("%(num)s dag", "")) == ["not translated"]


@pytest.mark.parametrize("status", ["", "done", "approved by"])
def test_a_translation_says_who_stands_behind_it(status: str) -> None:
    [problem] = problems("nl", "Hello", "Hallo", status=status)
    assert "status" in problem


def test_a_form_for_one_number_may_say_it_in_a_word_and_others_may_not() -> None:
    arabic = ["لا أيام", "يوم", "يومان", "%(num)s أيام", "%(num)s يوم", "%(num)s يوم"]
    assert problems("ar", DAYS, tuple(arabic)) == []
    for form in (3, 4, 5):
        wrong = [*arabic[:form], "أيام", *arabic[form + 1 :]]
        assert "placeholders differ" in problems("ar", DAYS, tuple(wrong))[0]
    # In Ukrainian the first form is for 1, 21, 31 and so on: it must say which.
    assert "placeholders differ" in problems("uk", DAYS, ("день", "%(num)s дні", "%(num)s днів"))[0]


def test_every_plural_form_of_the_language_is_there() -> None:
    assert "plural forms" in problems("ar", DAYS, ("%(num)s", "%(num)s"))[0]


def test_a_catalog_is_written_the_same_each_time(tmp_path: Path) -> None:
    texts = ["Zebra", "apple", "Mango"]
    files = []
    for position, order in enumerate((texts, texts[::-1])):
        catalog = Catalog(locale="uk")
        for text in order:
            catalog.add(text, text.upper(), user_comments=["status: draft"], locations=[("x.py", position)])
        files.append(tmp_path / f"{position}.po")
        write(files[-1], catalog)
    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.parametrize(("said", "found"), [(("Mensen", "Deelnemers"), 1), (("Mensen", "Mensen"), 0)])
def test_one_text_has_one_translation_in_a_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: tuple[str, str], found: int
) -> None:
    monkeypatch.setattr(strings, "ROOT", tmp_path)
    domains = tuple(strings.Domain(name, "floor", (), (), ("nl", "uk")) for name in ("one", "other"))
    monkeypatch.setattr(strings, "DOMAINS", domains)
    for domain, text in zip(domains, said, strict=True):
        catalog = Catalog(locale="nl")
        catalog.add("People", text, user_comments=["status: approved"])
        catalog.add("People", f"{text} hier", context="here" if domain.name == "one" else "there")
        write(domain.catalog_file("nl"), catalog)
    assert len(list(strings.clashes())) == found
