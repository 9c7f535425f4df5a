"""The frame of staff pages: where one is, for whom, what there is to open; and where the small forms in it lead."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from survey.database import db
from survey.models import Staff
from tests.fixtures.application import Town
from tests.fixtures.pages import parsed
from tests.survey.accounts.conftest import browser, colleague, makes_real, post, second_factor, sign_in
from tests.survey.casework.conftest import inside, speaking
from tests.survey.casework.filling import document, text

# Flask-Security makes choices in a way that WTForms will drop.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples is deprecated")
ACCOUNT, CHANGED, SIGN_IN, SPEAK = (
    "/staff/account", "/staff/second-factor/changed", "/staff/sign-in", "/staff/language",
)  # fmt: skip

#: By role, what stands in the menu; one starts at the first.
MENU = {
    "casemanager": ["/casework/", "/casework/notes", "/dashboard/"],
    "coordinator": ["/manage/", "/reviewing/", "/publish/", "/dashboard/"],
    "councillor": ["/dashboard/"],
    "administrator": ["/manage/", "/manage/staff/", "/manage/audit/", "/dashboard/"],
    "reviewer": ["/reviewing/"],
}


def menu(client: FlaskClient, address: str) -> dict[str, bool]:
    """By address, what can be opened from this page, and whether one is there."""
    links = document(client.get(address)).findall(".//nav[@class='bar-pages']//a")
    return {link.get("href") or "": link.get("aria-current") == "page" for link in links}


def all_text(answer: TestResponse) -> str:
    """Of the bar too."""
    return " ".join("".join(document(answer).itertext()).split())


@pytest.mark.parametrize("role", MENU)
def test_the_menu_holds_what_a_role_may_open_and_says_where_one_is(town: Town, role: str) -> None:
    client, own = town.sign_in(role), MENU[role]
    assert list(menu(client, ACCOUNT).items()) == [(path, False) for path in own]
    start = client.get("/staff/")
    assert (start.status_code, start.location) == (303, own[0])
    for here in ("/casework/notes", "/manage/", "/reviewing/"):
        if here in own:
            assert menu(client, here) == {path: path == here for path in own}
    if "/manage/staff/" in own:
        assert menu(client, "/manage/staff/invite") == {path: path == "/manage/staff/" for path in own}


def test_the_bar_says_for_whom_one_works_and_whether_people_are_invented(town: Town) -> None:
    client = speaking("en", town.sign_in("councillor"))
    page = all_text(client.get(ACCOUNT))
    assert "Gemeente aalten" in page and "Example with invented people" in page and "My account" in page
    assert "To Gemeente" not in page, "there is no other to go to"
    makes_real(town)
    page = all_text(client.get(ACCOUNT))
    assert "Gemeente aalten" in page and "Example with invented people" not in page
    stranger = all_text(browser(town.app).get(SIGN_IN))
    assert "Telvertel" in stranger and "Gemeente" not in stranger and "My account" not in stranger


def test_who_still_has_to_set_up_the_second_step_finds_nothing_else_to_open(town: Town) -> None:
    colleague(town, "administrator")
    makes_real(town)
    client = browser(town.app)
    sign_in(client)
    page = client.get("/staff/second-factor")
    assert page.status_code == 200 and not parsed(page.text).findall(".//nav[@class='bar-pages']")
    assert "Gemeente aalten" not in all_text(page) and "My account" not in all_text(page)


def test_a_language_we_have_is_kept_and_one_is_back_where_one_was(town: Town) -> None:
    client = browser(town.app)
    for chosen, spoken in (("nl", "nl"), ("xx", "nl"), ("uk", "nl"), ("", "nl"), ("en", "en")):
        answer = post(client, SPEAK, SIGN_IN, language=chosen, back=f"{SIGN_IN}?next=/manage/")
        assert (answer.status_code, answer.location) == (303, f"{SIGN_IN}?next=/manage/")
        assert document(client.get(SIGN_IN)).get("lang") == spoken, chosen
    for back in ({}, {"back": ""}, {"back": "https://elsewhere.example/"}):
        answer = post(client, SPEAK, SIGN_IN, language="nl", **back)
        assert (answer.status_code, answer.location) == (303, SIGN_IN)
    assert post(client, SPEAK, SIGN_IN).status_code == 303
    assert document(client.get(SIGN_IN)).get("lang") == "nl"


def test_after_a_change_of_the_second_step_one_is_sent_on_to_what_is_missing(town: Town) -> None:
    staff_id = colleague(town, "councillor")
    client = browser(town.app)
    sign_in(client)

    def sent_on() -> tuple[int, str | None]:
        answer = client.get(CHANGED)
        return answer.status_code, answer.location

    assert sent_on() == (303, ACCOUNT)
    second_factor(town, staff_id)
    assert sent_on() == (303, "/staff/recovery-codes")
    with inside(town):
        db.session.execute(update(Staff).values(mf_recovery_codes=["x"]))
    assert sent_on() == (303, ACCOUNT)


def test_that_a_device_was_signed_out_is_said(town: Town) -> None:
    colleague(town, "councillor")
    here, there = browser(town.app), browser(town.app)
    for client in (there, here):
        sign_in(client)
    rows = document(here.get(ACCOUNT)).findall(".//main//tbody/tr")
    assert [("this device" in "".join(row.itertext())) for row in rows] == [True, False]
    other = rows[1].find(".//form")
    assert other is not None
    answer = post(here, other.get("action") or "")
    assert (answer.status_code, answer.location) == (303, ACCOUNT)
    assert "Signed out on that device." in text(here.get(ACCOUNT))
    answer = post(here, "/staff/sessions/end")
    assert (answer.status_code, answer.location) == (303, SIGN_IN)
    assert "Signed out on all devices." in text(here.get(SIGN_IN))
