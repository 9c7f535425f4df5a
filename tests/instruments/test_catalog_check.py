"""The check finds what is wrong with a catalog, and finds nothing wrong with the shipped ones."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.catalog_check import check_catalog, check_catalogs, wrong_letters
from instruments.library import instruments, load, versions
from instruments.translation import LANGUAGES, Catalog, String, catalog, purposes, strings

HEADER = 'msgid ""\nmsgstr ""\n"Language: {}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
ENTRY = '\n# status: {status}\n{more}msgctxt "item: work_1"\nmsgid "How is {{name}}?"\nmsgstr "{text}"\n'
WANTED = [String("item: work_1", "How is {name}?")]


def read(folder: Path, text: str) -> Catalog:
    file = folder / "instruments.po"
    file.write_text(text, encoding="utf-8")
    return Catalog.read(file)


def faults(folder: Path, language: str, text: str, status: str = "draft", more: str = "") -> list[str]:
    entry = ENTRY.format(status=status, text=text, more=more)
    catalog = read(folder, HEADER.format(language) + entry)
    return [message for _, message in check_catalog(catalog, LANGUAGES[language], WANTED)]


def test_nothing_is_wrong_with_the_shipped_catalogs() -> None:
    assert check_catalogs() == []


def test_the_shipped_catalogs_hold_every_version_and_nothing_more() -> None:
    every = [load(one.key, number) for one in instruments() for number in versions(one.key)]
    read = {string for one in every for string in strings(one)}
    for_staff = {string for one in every for string in purposes(one)}
    for language in set(LANGUAGES) - {"en"}:
        assert set(catalog(language).entries) == (read | for_staff if language == "nl" else read)


@pytest.mark.parametrize(
    ("language", "text"), [("nl", "Hoe is {name}?"), ("uk", "Як {name}? Здоров’я."), ("ar", "كيف {name}؟")]
)
def test_a_right_entry(tmp_path: Path, language: str, text: str) -> None:
    assert faults(tmp_path, language, text) == []
    assert faults(tmp_path, language, text, "approved") == []
    assert faults(tmp_path, language, text, "approved by Olena Kovalenko on 2026-12-01") == []


@pytest.mark.parametrize(
    ("language", "text", "message"),
    [
        ("nl", "How is {name}?", "is the English text"),
        ("nl", "Hoe is het?", "does not keep the placeholders of the English text"),
        ("nl", "Hoe is {name} {name}?", "does not keep the placeholders of the English text"),
        ("nl", "", "is empty"),
        ("nl", "Як {name}?", 'has letters that are not Nederlands: "Як"'),
        ("uk", "Это {name}", 'has letters that are not Українська: "Э"'),
        ("uk", "Як {name} ты?", 'has letters that are not Українська: "ы"'),
        ("uk", "Як {name} cправи?", 'has letters that are not Українська: "c"'),
        ("uk", "Hoe is {name}?", 'has letters that are not Українська: "Hoeis"'),
        ("ar", "Як {name}?", 'has letters that are not العربية: "Як"'),
        ("ar", "کیف {name}؟", 'has letters that are not العربية: "کی"'),
    ],
)
def test_a_wrong_text(tmp_path: Path, language: str, text: str, message: str) -> None:
    assert faults(tmp_path, language, text) == [message]


def test_a_fuzzy_entry_is_a_fault_and_no_translation(tmp_path: Path) -> None:
    assert "is marked fuzzy; review it and remove the mark" in faults(
        tmp_path, "uk", "Як {name}?", more="#, fuzzy\n"
    )
    catalog = read(tmp_path, (tmp_path / "instruments.po").read_text(encoding="utf-8"))
    assert catalog.text("How is {name}?", "item: work_1") is None
    assert catalog.status("How is {name}?", "item: work_1") is None


@pytest.mark.parametrize(
    "status", ["machine", "approved by", "approved by Ann", "draft\n# status: approved", ""]
)
def test_an_unclear_status_is_a_fault_and_counts_as_draft(tmp_path: Path, status: str) -> None:
    [message] = faults(tmp_path, "uk", "Як {name}?", status)
    assert message.startswith("needs one comment")
    catalog = read(tmp_path, (tmp_path / "instruments.po").read_text(encoding="utf-8"))
    assert catalog.status("How is {name}?", "item: work_1") == "draft"


def test_missing_stale_and_obsolete_entries(tmp_path: Path) -> None:
    text = HEADER.format("uk") + '\n# status: draft\nmsgctxt "item: old"\nmsgid "Old?"\nmsgstr "Старе?"\n'
    text += '\n#~ msgctxt "item: older"\n#~ msgid "Older?"\n#~ msgstr "Давнє?"\n'
    assert check_catalog(read(tmp_path, text), LANGUAGES["uk"], WANTED) == [
        ('uk, item: work_1, "How is {name}?"', "is missing"),
        ('uk, item: older, "Older?"', "is kept, but used nowhere"),
        ('uk, item: old, "Old?"', "is stale: no instrument asks for it"),
    ]


def test_two_entries_for_one_string(tmp_path: Path) -> None:
    entry = ENTRY.format(status="draft", text="Як {{name}}?", more="").replace("{{name}}", "{name}")
    other = entry.replace("Як", "Яке")
    catalog = read(tmp_path, HEADER.format("uk") + entry + other)
    assert ("uk", "gives strings more than once (1 too many)") in check_catalog(
        catalog, LANGUAGES["uk"], WANTED
    )


def test_the_header_names_the_language(tmp_path: Path) -> None:
    catalog = read(tmp_path, HEADER.format("nl"))
    assert ("uk", 'its header says Language "nl"') in check_catalog(catalog, LANGUAGES["uk"], [])


def test_what_may_equal_english_needs_a_reason_and_numbers_need_none(tmp_path: Path) -> None:
    text = HEADER.format("nl") + "".join(
        f'\n# status: draft\nmsgid "{same}"\nmsgstr "{same}"\n' for same in ("Internet", "4", "%(number)s")
    )
    wanted = [String("", "Internet"), String("", "4"), String("", "%(number)s")]
    catalog = read(tmp_path, text)
    assert check_catalog(catalog, LANGUAGES["nl"], wanted) == [
        ('nl, no context, "Internet"', "is the English text")
    ]
    assert check_catalog(catalog, LANGUAGES["nl"], wanted, {"Internet": "the same word in Dutch"}) == []


def test_names_in_another_script_can_be_allowed() -> None:
    uk = LANGUAGES["uk"]
    assert wrong_letters("Telvertel питає", uk, ["Telvertel"]) == ""
    assert wrong_letters("Telvertel питає", uk) != ""


@given(st.text(alphabet=st.characters(whitelist_categories=("Nd", "P", "Z", "S")), max_size=20))
def test_digits_and_punctuation_belong_to_every_language(text: str) -> None:
    for language in LANGUAGES.values():
        assert wrong_letters(text, language) == ""
