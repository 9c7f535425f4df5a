"""Every fault at once, each with its place, and never anything but a DefinitionError."""

import copy
import tomllib
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from instruments.library import LARGEST_FILE, parse, parse_file
from instruments.model import DefinitionError
from instruments.validation import problems

Document = dict[str, Any]
TEXT = files("instruments").joinpath("definitions", "integration.v1.toml").read_text(encoding="utf-8")
INTEGRATION: Document = tomllib.loads(TEXT)
PLACES = [(d, i) for d, domain in enumerate(INTEGRATION["domain"]) for i in range(len(domain["item"]))]

# What a slip of the pen does to an item, where it is reported (below the item) and in which words.
SLIPS: dict[str, tuple[Callable[[Document], object], str, str]] = {
    "no such scale": (lambda item: item.update(scale="wel"), "", 'scale "wel" is not defined'),
    "empty text": (lambda item: item.update(text=""), ", text", "is empty"),
    "blank text": (lambda item: item.update(text="  "), ", text", "is empty"),
    "long text": (
        lambda item: item.update(text="x" * 201),
        ", text",
        "has 201 characters; at most 200 fit",
    ),
    "line break": (
        lambda item: item.update(hint="one\ntwo"),
        ", hint",
        "holds a line break or another character that cannot be seen",
    ),
    "no reason": (lambda item: item.pop("why"), ", why", "is missing"),
    "unknown field": (lambda item: item.update(colour="red"), ", colour", "is not known here"),
    "yes for true": (
        lambda item: item.update(not_applicable="yes"),
        ", not_applicable",
        "must be true or false",
    ),
    "number for text": (lambda item: item.update(measures=3), ", measures", "must be text between quotes"),
}


def item_place(document: Document, d: int, i: int) -> str:
    domain = document["domain"][d]
    return f"domain[{d}] {domain['code']}, item[{i}] {domain['item'][i]['id']}"


@given(st.dictionaries(st.sampled_from(PLACES), st.sampled_from(sorted(SLIPS)), min_size=1, max_size=12))
def test_every_slip_is_reported_at_its_place_and_nothing_else_is(slips: dict[tuple[int, int], str]) -> None:
    document = copy.deepcopy(INTEGRATION)
    expected = set()
    for (d, i), name in slips.items():
        slip, below, message = SLIPS[name]
        slip(document["domain"][d]["item"][i])
        expected.add((item_place(INTEGRATION, d, i) + below, message))
    # A scale whose only question was changed to another is then truly without use.
    found = {fault for fault in problems(document) if fault[1] != "is used by no item"}
    assert found == expected


@given(st.permutations(range(14)), st.data())
def test_the_order_of_domains_changes_no_verdict(order: list[int], data: st.DataObject) -> None:
    document = copy.deepcopy(INTEGRATION)
    document["domain"] = [document["domain"][number] for number in order]
    assert problems(document) == []


def broken(**changes: Any) -> Document:
    return copy.deepcopy(INTEGRATION) | changes


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"codes": [1, 2, 3, 3, 5]}, ("codes", "must increase: each code higher than the one before")),
        ({"codes": [5, 4, 3, 2, 1]}, ("codes", "must increase: each code higher than the one before")),
        ({"codes": [1, 2, 3, 4, "5"]}, ("codes[4]", "must be a whole number")),
        ({"codes": [1, 2, 3, 4, 5.0]}, ("codes[4]", "must be a whole number")),
        ({"codes": [1, 2, 3, 4, True]}, ("codes[4]", "must be a whole number")),
        ({"labels": ["low", "high"]}, ("labels", "must be as many as the codes: 2 labels, 5 codes")),
        (
            {"labels": ["a", "", "", "b", "c"]},
            ("labels", "are partly empty: label every code, or only the first and the last"),
        ),
        ({"labels": ["a", "a", "b", "c", "d"]}, ("labels", 'must differ: "a" stands 2 times')),
    ],
)
def test_faults_of_a_scale(change: Document, fault: tuple[str, str]) -> None:
    document = broken()
    document["scale"][0].update(change)
    where, message = fault
    assert (f"scale[0] well, {where}", message) in problems(document)


def test_a_scale_of_numbers_may_label_only_its_ends() -> None:
    document = broken()
    document["scale"][0]["labels"] = ["low", "", "", "", "high"]
    assert problems(document) == []


def test_names_used_twice_are_reported_with_the_first_place() -> None:
    document = broken()
    document["domain"][2]["item"][0]["id"] = "work_1"
    document["domain"][3]["code"] = "work"
    document["scale"].append(document["scale"][0])
    document["mapping"].append(document["mapping"][0])
    assert problems(document) == [
        ("domain[2] education, item[0] work_1", 'id "work_1" is used before, in domain[0], item[0]'),
        ("domain[3] work", 'code "work" is used before, in domain[0]'),
        ("mapping[5] openembassy", 'key "openembassy" is used before, in mapping[0]'),
        (f"scale[{len(document['scale']) - 1}] well", 'key "well" is used before, in scale[0]'),
    ]


def test_a_domain_cannot_mix_ranges() -> None:
    document = broken()
    document["scale"].append({"key": "ten", "codes": [0, 10], "labels": ["low", "high"]})
    document["domain"][0]["item"][0]["scale"] = "ten"
    message = "mixes answers from 0 to 10 and 1 to 5; the items of a domain share one range"
    assert problems(document) == [("domain[0] work", message)]


def test_mappings_only_name_what_is_defined() -> None:
    document = broken()
    document["domain"][0]["mappings"] = {"aalten": ["wealth"], "elsewhere": ["work"]}
    assert problems(document) == [
        ("domain[0] work, mappings", 'mapping "elsewhere" is not defined'),
        ("domain[0] work, mappings, aalten", 'term "wealth" is not defined in that mapping'),
    ]


@pytest.mark.parametrize("name", ["scale", "domain"])
def test_the_tables_an_instrument_needs_are_asked_for(name: str) -> None:
    document = broken()
    del document[name]
    assert (name, "is missing") in problems(document)
    assert (name, "must have at least 1") in problems(broken(**{name: []}))
    as_list = "must be a list: values between [ and ], or tables headed [[name]]"
    assert (name, as_list) in problems(broken(**{name: {"key": "well"}}))


def test_a_syntax_error_names_its_line() -> None:
    with pytest.raises(DefinitionError) as caught:
        parse('key = "sample"\nversion = 1\nname = Sample\n')
    [(place, message)] = caught.value.errors
    assert place == "line 3, column 8"
    assert message


def test_an_unfinished_file_names_its_end() -> None:
    with pytest.raises(DefinitionError) as caught:
        parse('key = "sample"\nname = ["Sample"\n')
    assert caught.value.errors[0][0] == "line 2 (the end)"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("# " + "x" * LARGEST_FILE, "file", "is larger than 128 KiB"),
        ("a = " + "[" * 60_000, "file", "has lists or tables nested too deeply"),
        ("a = " + "{a=" * 30_000, "file", "has lists or tables nested too deeply"),
        ("\n" + "a." * 60_000 + "a = 1", "line 2", "has more than 10 dots outside quotes"),
        ('"a".' * 20 + "a = 1", "line 1", "has more than 10 dots outside quotes"),
        ("[" + "a." * 60_000 + "a]", "line 1", "has more than 10 dots outside quotes"),
        ("a = '\ud800'", "file", "holds half characters that no text can hold"),
    ],
    ids=[
        "large",
        "deep lists",
        "deep tables",
        "long key",
        "long quoted key",
        "long heading",
        "half character",
    ],
)
def test_a_file_made_to_break_the_reader_is_refused(text: str, place: str, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse(text)
    assert caught.value.errors == [(place, message)]


def test_an_endless_number_is_refused() -> None:
    with pytest.raises(DefinitionError):
        parse("version = " + "9" * 5_000)


def test_dots_in_texts_and_comments_are_only_dots(definition: Callable[..., str]) -> None:
    text = definition(False).replace("How is part 1?", "1.2.3.4.5.6.7.8.9.10.11.12?") + "# " + "." * 20
    assert parse(text).item("sample_1").text == "1.2.3.4.5.6.7.8.9.10.11.12?"


TOML_LIKE = st.text(alphabet="abk=[]{}\"'.,#\n\\ 19-:_é", max_size=200)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.dates()
    | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)


@given(TOML_LIKE | st.text(max_size=200))
@example("\x00")
@example('key = "a" "b"')
def test_any_text_is_an_instrument_or_a_definition_error(text: str) -> None:
    try:
        parse(text)
    except DefinitionError as error:
        assert error.errors
        assert all(place and message and "\n" not in place for place, message in error.errors)


@given(
    st.sampled_from(["", "domain", "scale", "mapping", "item"]), st.sampled_from(sorted(INTEGRATION)), VALUES
)
def test_any_value_in_any_place_is_reported_and_never_raises(table: str, field: str, value: Any) -> None:
    document = broken()
    target = document if not table else document["domain"][0] if table == "item" else document[table][0]
    target = target["item"][0] if table == "item" else target
    target[field] = value
    for place, message in problems(document):
        assert place and message and "\n" not in place + message


@given(VALUES, st.data())
def test_any_value_instead_of_a_known_one_never_raises(value: Any, data: st.DataObject) -> None:
    document: Any = broken()
    here = document
    while True:
        key = data.draw(st.sampled_from(sorted(here) if isinstance(here, dict) else range(len(here))))
        if not isinstance(here[key], dict | list) or not here[key] or data.draw(st.integers(0, 4)) == 0:
            break
        here = here[key]
    here[key] = value
    for place, message in problems(document):
        assert place and message and "\n" not in place + message


def test_a_byte_order_mark_and_other_line_ends_change_nothing(definition: Callable[..., str]) -> None:
    text = definition(False)
    other = parse("\ufeff" + text.replace("\n", "\r\n"))
    assert other == parse(text)
    assert other.sha256 == parse(text).sha256


def test_a_file_that_is_not_utf8_names_its_line(tmp_path: Path) -> None:
    file = tmp_path / "latin.toml"
    file.write_bytes('key = "a"\nname = "café"\n'.encode("latin-1"))
    with pytest.raises(DefinitionError) as caught:
        parse_file(file)
    assert caught.value.errors == [("line 2", "is not UTF-8 text; save the file as UTF-8")]


def test_a_file_too_large_is_not_read_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "large.toml"
    with file.open("wb") as stream:
        stream.truncate(50 * 1024 * 1024)
    with pytest.raises(DefinitionError, match="is larger than 128 KiB"):
        parse_file(file)


INTAKE: Document = tomllib.loads(
    files("instruments").joinpath("definitions", "intake.v1.toml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize(
    ("change", "where", "message"),
    [
        (lambda item: item.pop("purpose"), ", purpose", "is missing"),
        (lambda item: item.pop("scale"), ", scale", "is missing"),
        (
            lambda item: item.update(answer="words"),
            ", scale",
            "belongs to what is chosen, and this is written",
        ),
        (
            lambda item: item.update(shown_if={"item": "intake_childcare", "codes": [1]}),
            ", shown_if",
            '"intake_childcare" is not chosen from a scale earlier in this domain',
        ),
        (
            lambda item: item.update(shown_if={"item": "intake_household", "codes": [3, 9]}),
            ", shown_if",
            '"intake_household" has no code 9',
        ),
    ],
)
def test_faults_of_an_intake(change: Callable[[Document], object], where: str, message: str) -> None:
    assert problems(INTAKE) == []
    document = copy.deepcopy(INTAKE)
    change(document["domain"][2]["item"][3])
    assert (f"domain[2] family, item[3] intake_childcare{where}", message) in problems(document)


@pytest.mark.parametrize("field", ["purpose", "answer", "shown_if", "records", "least"])
def test_a_questionnaire_has_nothing_of_an_intake(field: str) -> None:
    document = broken()
    document["domain"][0]["item"][0][field] = "one"
    assert ("domain[0] work, item[0] work_1, " + field, "belongs to an intake") in problems(document)
