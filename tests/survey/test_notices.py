"""What anyone may read: the privacy notice in each language, and whom to tell about a fault."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from instruments.translation import LANGUAGES
from survey.privacy import keys
from survey.settings import Settings
from telvertel import create_app
from tests.fixtures.pages import check_page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_privacy_notice_is_in_each_language(app: Flask, language: str) -> None:
    client = app.test_client()
    english = client.get("/privacy?language=en").text
    page = client.get(f"/privacy?language={language}")
    document = check_page(page)
    assert (document.get("lang"), document.get("dir")) == (
        language.replace("_", "-"),
        LANGUAGES[language].direction,
    )
    assert page.text.count("<h2>") == english.count("<h2>")
    assert language == "en" or "Who asks?" not in page.text


def test_the_notice_can_be_read_before_typing_a_code(app: Flask) -> None:
    assert '"/privacy?language=uk"' in app.test_client().get("/?language=uk").text


def fields_of(text: str) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in text.splitlines())


def test_whom_to_tell_is_said_as_rfc_9116_wants(tmp_path: Path) -> None:
    keys.create_file(tmp_path / "keys")
    settings = Settings(data=tmp_path, security_contact="mailto:security@example.nl", hosts=("example.nl",))
    answer = (
        create_app(settings).test_client().get("/.well-known/security.txt", base_url="https://example.nl")
    )
    fields = fields_of(answer.text)
    assert answer.mimetype == "text/plain"
    assert fields["Contact"] == "mailto:security@example.nl"
    assert fields["Canonical"] == "https://example.nl/.well-known/security.txt"
    ahead = datetime.fromisoformat(fields["Expires"]) - datetime.now(UTC)
    assert 0 < ahead.days < 365


def test_without_anyone_to_tell_there_is_no_such_file(app: Flask) -> None:
    assert app.test_client().get("/.well-known/security.txt").status_code == 404


@pytest.mark.parametrize(
    "contact", ["security@example.nl", "javascript:alert(1)", "mailto:a b", "mailto:a\nX: y"]
)
def test_a_contact_is_an_address(contact: str) -> None:
    with pytest.raises(ValueError, match="security_contact"):
        Settings(security_contact=contact)
