"""Invitations for many: on paper, each for its own person, and for nobody who finds it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from flask.testing import FlaskClient

from survey.casework import invitation
from survey.clock import today
from survey.database import db
from survey.models import AccessCode
from survey.participation import code_of_sitting, new_access_code
from survey.privacy import codes
from tests.fixtures.application import Town
from tests.fixtures.audit import events
from tests.survey.casework.conftest import enrolment_of, inside, people, speaking, went
from tests.survey.casework.filling import send, text
from tests.survey.casework.test_caseload import ADDRESS, rows
from tests.survey.casework.test_finding import found

SHEETS = f"{ADDRESS}invitations"


def text_of(document: Any) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def scanned(document: Any) -> list[codes.Code]:
    """The codes on its pages, as telephones read them, from top to bottom."""
    found = [
        (number, one.position.top_left.y, codes.fold(one.text.rpartition("#")[2]))
        for number, page in enumerate(document)
        for one in zxingcpp.read_barcodes(page.render(scale=3).to_numpy())
    ]
    return [code for _page, _height, code in sorted(found, key=lambda one: one[:2]) if code is not None]


def working(town: Town, code: codes.Code) -> str | None:
    """The pseudonym of whom this code lets in."""
    with inside(town):
        kept = db.session.query(AccessCode).filter_by(selector=code.selector, revoked_at=None).one_or_none()
        if kept is None or not codes.verify_secret(kept.secret_hash, code):
            return None
        return kept.enrolment.participant.pseudonym


@pytest.mark.parametrize("layout", ["several", "one"])
def test_each_sheet_lets_in_its_own_person_and_names_nobody(any_town: Town, layout: str) -> None:
    client = speaking("en", any_town.sign_in("casemanager"))
    chosen = [*people(any_town, 3), *people(any_town, 1, prefix="A", language="ar")]
    with inside(any_town):
        enrolments = [enrolment_of(person) for person in chosen]
        old = new_access_code(enrolments[1])
        tablet = code_of_sitting(enrolments[2]).id
        ids = [str(one.id) for one in enrolments]
    page = client.get(SHEETS, query_string={"chosen": ids})
    assert "Sheets for 4 people." in text(page) and "1 code that works now will stop" in text(page)
    assert working(any_town, old) == "P0001", "looking changes nothing"
    made = send(client, page, SHEETS, chosen=ids, layout=layout)
    assert made.mimetype == "application/pdf" and made.headers["Cache-Control"] == "no-store"
    document = pypdfium2.PdfDocument(made.data)
    assert len(document) == {"several": 2, "one": 4}[layout]
    assert [working(any_town, code) for code in scanned(document)] == ["A0000", "P0000", "P0001", "P0002"]
    assert working(any_town, old) is None
    with inside(any_town):
        assert db.session.get_one(AccessCode, tablet).revoked_at is None, "who sits at a tablet goes on"
    said = text_of(document)
    assert "Name of" not in said and "Pilot" not in said
    assert "Як вам живеться?" in said and "Uitnodig" not in said
    assert [event["action"] for event in events(any_town.app)][-4:] == ["code.made"] * 4


def test_what_cannot_be_made_stops_no_code(
    town: Town, casemanager: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    (person,) = people(town, 1)
    with inside(town):
        old = new_access_code(enrolment_of(person))
        ids = [str(enrolment_of(person).id)]
    page = casemanager.get(SHEETS, query_string={"chosen": ids})
    assert send(casemanager, page, SHEETS, chosen=ids, layout="x").status_code == 422

    def broken(*arguments: object) -> bytes:
        raise RuntimeError("no such letter")

    monkeypatch.setattr(invitation, "pdf", broken)
    town.app.config["PROPAGATE_EXCEPTIONS"] = False
    assert send(casemanager, page, SHEETS, chosen=ids).status_code == 500
    assert working(town, old) == "P0000"


def test_who_is_to_be_invited_and_who_to_be_reminded(any_town: Town) -> None:
    client = speaking("en", any_town.sign_in("casemanager"))
    coded, without, done, expired, taken = people(any_town, 5)
    people(any_town, 1, days_ago=40, prefix="L")
    went(any_town, done, "refused")
    with inside(any_town):
        for person in (coded, done, expired, taken):
            new_access_code(enrolment_of(person))
        enrolment_of(expired).codes[0].expires_on = today() - timedelta(days=1)
        # Ended by the person; nobody here may notice.
        enrolment_of(coded).codes[0].ended_at = enrolment_of(coded).codes[0].made_at
        enrolment_of(taken).codes[0].revoked_at = enrolment_of(taken).codes[0].made_at
        code_of_sitting(enrolment_of(without))
    assert found(client, due="y", invited="y") == ["P0000"], "the reminder list"
    assert found(client, due="y", invited="n") == ["P0001", "P0003", "P0004"]
    assert "invited on" not in rows(client)[0]
    page = client.get(SHEETS, query_string={"due": "y", "invited": "n"})
    assert "Sheets for 3 people." in text(page) and "will stop" not in text(page)


def test_not_more_at_once_than_stay_within_seconds(
    town: Town, casemanager: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("survey.casework.sheets.MOST", 2)
    people(town, 3)
    page = casemanager.get(SHEETS)
    assert "Sheets for 2 people." in text(page) and "Do the others after it" in text(page)
