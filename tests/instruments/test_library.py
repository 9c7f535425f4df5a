"""Definitions by key and version, and next to each other."""

from collections.abc import Callable

import pytest

from instruments.library import UnknownInstrument, conflicts, instruments, load, parse, versions
from instruments.model import DefinitionError, Instrument


def test_load_gives_the_latest_version() -> None:
    for instrument in instruments():
        assert instrument.version == versions(instrument.key)[-1]
        assert load(instrument.key) is load(instrument.key, instrument.version)


@pytest.mark.parametrize(("key", "version"), [("nothing", None), ("integration", 999), ("../integration", 1)])
def test_an_unknown_instrument_is_a_key_error_that_says_what_there_is(key: str, version: int | None) -> None:
    with pytest.raises(KeyError) as caught:
        load(key, version)
    assert isinstance(caught.value, UnknownInstrument)
    assert "integration (version 1)" in str(caught.value)


def test_versions_of_an_unknown_instrument() -> None:
    with pytest.raises(UnknownInstrument):
        versions("nothing")


def test_parts_are_found_by_name() -> None:
    instrument = load("integration")
    for domain in instrument.domains:
        assert instrument.domain(domain.code) is domain
        for item in domain.items:
            assert instrument.item(item.id) is item
            assert instrument.scale_of(item.id).key == item.scale
    for look_up in (instrument.domain, instrument.item, instrument.scale_of, instrument.score_range):
        with pytest.raises(KeyError):
            look_up("nothing")


def test_an_instrument_cannot_be_changed(sample: Callable[..., Instrument]) -> None:
    instrument = sample(False)
    with pytest.raises(ValueError, match="frozen"):
        instrument.version = 2  # type: ignore[misc]  # the point of the test
    assert len({instrument, sample(False)}) == 1


def test_a_hash_is_computed_and_cannot_be_claimed(definition: Callable[..., str]) -> None:
    assert parse(definition(False)).sha256 != parse(definition(False) + "# note\n").sha256
    with pytest.raises(DefinitionError, match="sha256: is not known here"):
        parse('sha256 = "0"\n' + definition(False))


def test_a_definition_is_held_against_the_shipped_ones(definition: Callable[..., str]) -> None:
    text = definition(False).replace("sample_1", "work_1").replace('"five"\ncodes', '"well"\ncodes')
    text = text.replace('scale = "five"', 'scale = "well"')
    assert conflicts(parse(text)) == [
        ("scale well", "differs from the scale of that name in intake version 1"),
        ("item work_1", "id is used by integration version 1"),
        ("scale well", "differs from the scale of that name in integration version 1"),
        ("scale well", "differs from the scale of that name in wellbeing version 1"),
    ]


def test_a_published_version_is_not_replaced(definition: Callable[..., str]) -> None:
    text = definition(False).replace('key = "sample"', 'key = "integration"', 1)
    assert conflicts(parse(text)) == [("version", "1 of integration is published; give a new number")]
    assert conflicts(parse(text.replace("version = 1", "version = 2"))) == []


def test_a_mapping_table_means_the_same_everywhere(definition: Callable[..., str]) -> None:
    table = '[[mapping]]\nkey = "aalten"\nversion = {}\nname = "Other"\n[mapping.terms]\nwork = "werk"\n'
    faults = conflicts(parse(definition(False) + table.format(1)))
    assert ("mapping aalten", "differs from version 1 of it in integration version 1") in faults
    assert conflicts(parse(definition(False) + table.format(2))) == []
