"""What docs/security.md says of guards, numbers and places is so."""

from __future__ import annotations

import re
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.test_asvs import ROOT, TEST, missing_tests

DOCUMENT = (ROOT / "docs" / "security.md").read_text("utf-8")
READ = [ROOT / "docs" / "asvs.md", ROOT / "docs" / "security.md"]
NUMBERS = re.findall(r"^\| .+ \| ([\d ]+) \| `([\w.]+):(\w+(?:\.\w+)?)` \|$", DOCUMENT, re.MULTILINE)
ANY_NUMBER = re.compile(r"^\| .+ \| [\d ]+ \| .+ \|$", re.MULTILINE)


def headings(path: Path) -> set[str]:
    found = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in found}


@pytest.mark.parametrize("path", READ, ids=lambda path: path.name)
def test_every_place_that_is_named_exists(path: Path) -> None:
    places = re.findall(r"`((?:docs/[\w./-]+|[A-Z]+)\.md)(?:#([\w-]+))?`", path.read_text("utf-8"))
    assert places
    for document, heading in places:
        assert (ROOT / document).is_file(), document
        assert not heading or heading in headings(ROOT / document), f"{document}#{heading}"


def test_every_guard_has_a_test_that_exists() -> None:
    guards = DOCUMENT.split("## Guards")[1].split("\n## ")[0]
    lines = [line for line in guards.splitlines() if line.startswith("|")][2:]
    assert len(lines) > 15
    assert all(TEST.search(line) for line in lines)
    assert missing_tests(DOCUMENT) == []


@pytest.mark.parametrize(("said", "module", "name"), NUMBERS, ids=[name for _, _, name in NUMBERS])
def test_every_number_is_the_codes(said: str, module: str, name: str) -> None:
    value: Any = import_module(module)
    for part in name.split("."):
        value = value.model_fields[part].default if hasattr(value, "model_fields") else getattr(value, part)
    value = value.total_seconds() if isinstance(value, timedelta) else value
    assert int(said.replace(" ", "")) == value


def test_no_number_stands_there_without_its_place() -> None:
    table = DOCUMENT.split("## Numbers")[1].split("\n## ")[0]
    assert len(ANY_NUMBER.findall(table)) == len(NUMBERS) >= 12
