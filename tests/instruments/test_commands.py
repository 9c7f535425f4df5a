"""`telvertel instrument`: data on stdout, reasons on stderr, exit 0 done, 1 refused, 2 wrong usage."""

import json
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from instruments.commands import instrument
from instruments.library import instruments, load
from instruments.translation import LANGUAGES

KEYS = [one.key for one in instruments()]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(instrument, list(arguments), catch_exceptions=False)


@pytest.mark.parametrize("key", KEYS)
def test_show_as_json_follows_the_contract(key: str) -> None:
    result = run("show", key, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    shown = json.loads(result.stdout)
    assert list(shown) == ["key", "version", "domains", "languages"]
    definition = load(key)
    assert (shown["key"], shown["version"]) == (key, definition.version)
    assert [domain["code"] for domain in shown["domains"]] == [domain.code for domain in definition.domains]
    for domain in shown["domains"]:
        assert set(domain) == {"code", "items"}
        for item in domain["items"]:
            asked = definition.item(item["id"])
            more = {"answer", "purpose", "shown_if", "records"} if definition.intake else set()
            assert set(item) == {"id", "codes", "not_applicable", "reverse"} | more
            assert item["codes"] == (list(definition.scale_of(item["id"]).codes) if asked.scale else [])
            assert item["not_applicable"] is definition.item(item["id"]).not_applicable
    assert set(shown["languages"]) == set(LANGUAGES)
    for counts in shown["languages"].values():
        assert set(counts) == {"strings", "translated", "approved"}
        assert counts["strings"] == counts["translated"] > 0


def test_show_reads_like_a_questionnaire() -> None:
    result = run("show", "integration")
    assert result.exit_code == 0
    for item in load("integration").items:
        assert f"{item.id}: {item.text}" in result.stdout


def test_list_names_every_instrument() -> None:
    result = run("list")
    assert result.exit_code == 0
    assert [line.split("\t")[0] for line in result.stdout.splitlines()] == KEYS


@pytest.mark.parametrize("key", KEYS)
def test_shipped_definitions_and_their_translations_pass(key: str) -> None:
    with as_file(files("instruments").joinpath("definitions", f"{key}.v1.toml")) as file:
        result = run("check", str(file))
    assert (result.exit_code, result.stderr) == (0, "")
    assert f"{key} version 1: nothing is wrong" in result.stdout
    assert load(key).sha256 in result.stdout


def test_a_new_definition_passes_without_translations(definition: Callable[..., str], tmp_path: Path) -> None:
    file = tmp_path / "sample.toml"
    file.write_text(definition(False, True), encoding="utf-8")
    result = run("check", str(file))
    assert result.exit_code == 0
    assert "nl: 0 of 9 strings translated, 0 approved" in result.stdout


def test_every_fault_is_shown_with_its_place(definition: Callable[..., str], tmp_path: Path) -> None:
    file = tmp_path / "sample.toml"
    text = definition(False, False).replace('scale = "five"', 'scale = "fiv"', 1)
    file.write_text(text.replace("codes = [1, 2, 3, 4, 5]", "codes = [1, 2, 3]"), encoding="utf-8")
    result = run("check", str(file))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "has 2 faults" in result.stderr
    assert 'domain[0] sample, item[0] sample_1: scale "fiv" is not defined' in result.stderr
    assert "scale[0] five, labels: must be as many as the codes: 5 labels, 3 codes" in result.stderr


def test_a_definition_that_takes_a_shipped_name_is_refused(
    definition: Callable[..., str], tmp_path: Path
) -> None:
    file = tmp_path / "sample.toml"
    file.write_text(definition(False).replace("sample_1", "work_1"), encoding="utf-8")
    result = run("check", str(file))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "has 1 fault\n  item work_1: id is used by integration version 1" in result.stderr


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"key = ", b"x" * 200_000, b"[" * 100_000])
def test_bad_files_are_refused_with_a_reason(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_bytes(content)
    result = run("check", str(file))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "bad.toml has" in result.stderr


def test_an_unknown_key_is_refused_with_the_known_ones() -> None:
    result = run("show", "nothing", "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "integration" in result.stderr and '"nothing"' in result.stderr


@pytest.mark.parametrize(
    "arguments", [["check"], ["show"], ["check", "/no/such/file.toml"], ["shw"], ["list", "--loud"]]
)
def test_wrong_usage(arguments: list[str]) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage:" in result.stderr


@pytest.mark.parametrize("arguments", [[], ["check"], ["list"], ["show"]])
def test_help_has_an_example(arguments: list[str]) -> None:
    result = run(*arguments, "--help")
    assert result.exit_code == 0
    assert "Example" in result.stdout and "telvertel instrument" in result.stdout
