"""Definitions from text and from this package: `parse`, `load`, `instruments`, `versions`.

A definition is TOML, one file per instrument and version, named `KEY.vVERSION.toml`. A published version
never changes: responses remember which version was answered, so a better wording is a new file with a new
number.
"""

import hashlib
import re
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from instruments.model import DefinitionError, Instrument
from instruments.validation import problems

# Some five times the largest instrument shipped; more is a mistake, or an attempt to keep the machine busy.
LARGEST_FILE = 128 * 1024
TOO_LARGE = ("file", f"is larger than {LARGEST_FILE // 1024} KiB")
# TOML's reader takes memory by the square of the parts in a dotted key, so long keys are refused before it.
LONGEST_KEY = 10
FILE_NAME = re.compile(r"([a-z][a-z0-9-]*)\.v([1-9][0-9]*)\.toml")
QUOTED = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'')
SYNTAX_PLACE = re.compile(
    r"(?P<message>.*) \(at (?P<place>line \d+, column \d+|end of document)\)", re.DOTALL
)


class UnknownInstrument(KeyError):
    """No instrument, or no such version of it, is shipped."""

    def __init__(self, key: str, version: int | None = None) -> None:
        self.key, self.version = key, version
        super().__init__(key, version)

    def __str__(self) -> str:
        known = ", ".join(f"{key} (version {_numbers(key)})" for key in sorted(_shipped()))
        asked = f'"{self.key}"' if self.version is None else f'"{self.key}" version {self.version}'
        return f"there is no instrument {asked}; there is {known}"


def parse(text: str) -> Instrument:
    """The instrument that a definition describes.

    Raises DefinitionError with every fault at once, each with its place; a fault in the TOML itself is
    reported alone with its line, because nothing behind it can be read.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    document = _read(text)
    if faults := problems(document):
        raise DefinitionError(faults)
    instrument = Instrument.model_validate(document)
    instrument._sha256 = hashlib.sha256(text.encode()).hexdigest()
    return instrument


def parse_file(file: Path) -> Instrument:
    """The instrument that a definition file describes; raises DefinitionError like `parse`, and OSError."""
    with file.open("rb") as stream:
        raw = stream.read(LARGEST_FILE + 1)
    if len(raw) > LARGEST_FILE:
        raise DefinitionError([TOO_LARGE])
    try:
        return parse(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise DefinitionError([(f"line {line}", "is not UTF-8 text; save the file as UTF-8")]) from None


def load(key: str, version: int | None = None) -> Instrument:
    """A shipped instrument, its latest version unless one is named; raises UnknownInstrument."""
    numbers = _shipped().get(key, ())
    if not numbers or (version is not None and version not in numbers):
        raise UnknownInstrument(key, version)
    return _load(key, numbers[-1] if version is None else version)


def instruments() -> list[Instrument]:
    """The latest version of every shipped instrument, by key; those that look back come later, intakes last."""
    return sorted(map(load, sorted(_shipped())), key=lambda one: (one.intake, one.looks_back))


def versions(key: str) -> list[int]:
    """The shipped versions of an instrument, oldest first; raises UnknownInstrument."""
    if key not in _shipped():
        raise UnknownInstrument(key)
    return list(_shipped()[key])


def conflicts(instrument: Instrument) -> list[tuple[str, str]]:
    """Every (place, message) where a definition cannot stand next to the shipped ones.

    Item ids are unique across instruments because they name columns in data files. A scale key means the
    same everywhere because its labels are translated once, and so does a version of a mapping table. A
    published version is never replaced by another text.
    """
    shipped = [load(key, number) for key in sorted(_shipped()) for number in versions(key)]
    faults = []
    for other in shipped:
        if (other.key, other.version) == (instrument.key, instrument.version):
            if other.sha256 != instrument.sha256:
                faults.append(("version", f"{other.version} of {other.key} is published; give a new number"))
        else:
            faults += _clashes(instrument, other)
    return faults


def _clashes(instrument: Instrument, other: Instrument) -> list[tuple[str, str]]:
    name = f"{other.key} version {other.version}"
    faults = []
    if other.key != instrument.key:
        taken = {item.id for item in other.items}
        faults += [
            (f"item {item.id}", f"id is used by {name}") for item in instrument.items if item.id in taken
        ]
    scales = {scale.key: scale for scale in other.scales}
    for scale in instrument.scales:
        if scales.get(scale.key, scale) != scale:
            faults.append((f"scale {scale.key}", f"differs from the scale of that name in {name}"))
    tables = {(table.key, table.version): table for table in other.mappings}
    for table in instrument.mappings:
        if tables.get((table.key, table.version), table) != table:
            faults.append((f"mapping {table.key}", f"differs from version {table.version} of it in {name}"))
    return faults


def _read(text: str) -> dict[str, Any]:
    if len(text) > LARGEST_FILE:
        raise DefinitionError([TOO_LARGE])
    if any("\ud800" <= c <= "\udfff" for c in text):
        raise DefinitionError([("file", "holds half characters that no text can hold")])
    for number, line in enumerate(text.split("\n"), start=1):
        if QUOTED.sub("", line).partition("#")[0].count(".") > LONGEST_KEY:
            raise DefinitionError([(f"line {number}", f"has more than {LONGEST_KEY} dots outside quotes")])
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise DefinitionError([("file", "has lists or tables nested too deeply")]) from None
    except ValueError as error:  # tomllib's own error, or int() refusing an endless number
        raise DefinitionError([_syntax_fault(text, str(error))]) from None


def _syntax_fault(text: str, message: str) -> tuple[str, str]:
    found = SYNTAX_PLACE.fullmatch(message)
    if not found:
        return "file", message
    lines = text.rstrip().count("\n") + 1
    return found["place"].replace("end of document", f"line {lines} (the end)"), found["message"]


@cache
def _shipped() -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for file in files("instruments").joinpath("definitions").iterdir():
        if name := FILE_NAME.fullmatch(file.name):
            found.setdefault(name[1], []).append(int(name[2]))
    return {key: tuple(sorted(numbers)) for key, numbers in found.items()}


@cache
def _load(key: str, version: int) -> Instrument:
    file = files("instruments").joinpath("definitions", f"{key}.v{version}.toml")
    return parse(file.read_text(encoding="utf-8"))


def _numbers(key: str) -> str:
    return ", ".join(str(number) for number in _shipped()[key])
