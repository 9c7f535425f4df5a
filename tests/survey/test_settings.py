"""What the operator decides is read once, checked, and never shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from survey.settings import Settings


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("TELVERTEL_"):
            monkeypatch.delenv(name)


def test_the_embedded_database_stands_in_the_data_folder(tmp_path: Path) -> None:
    assert Settings(data=tmp_path).url == f"sqlite:///{tmp_path}/telvertel.sqlite"
    assert Settings(data=tmp_path).keys_path == tmp_path / "keys"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_any_postgresql_address_means_the_driver_that_ships(scheme: str) -> None:
    settings = Settings(database_url=f"{scheme}://telvertel@db/telvertel")
    assert settings.url == "postgresql+psycopg://telvertel@db/telvertel"


def test_defaults_are_safe_in_production() -> None:
    settings = Settings()
    assert not settings.plain_http
    assert set(settings.hosts) == {"127.0.0.1", "localhost"}
    assert settings.key is None


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TELVERTEL_DATA", str(tmp_path))
    monkeypatch.setenv("TELVERTEL_HOSTS", '["telvertel.example"]')
    monkeypatch.setenv("TELVERTEL_PART", "survey")
    settings = Settings()
    assert (settings.data, settings.hosts, settings.part) == (tmp_path, ("telvertel.example",), "survey")


@pytest.mark.parametrize(
    ("name", "value"),
    [("PART", "both"), ("LARGEST_REQUEST", "0"), ("LARGEST_REQUEST", "much"), ("PLAIN_HTTP", "perhaps")],
)
def test_nonsense_is_refused_at_once(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"TELVERTEL_{name}", value)
    with pytest.raises(ValidationError):
        Settings()


def test_settings_never_change() -> None:
    with pytest.raises(ValidationError):
        Settings().plain_http = True  # type: ignore[misc]  # that it is frozen is what is tested


def test_a_key_is_not_shown() -> None:
    settings = Settings(key="c2VjcmV0")
    assert "c2VjcmV0" not in f"{settings!r} {settings}"
