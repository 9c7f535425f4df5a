"""A casemanager's day: somebody new, an intake, a plan, notes, a break of half an hour, a colleague, and the way home.

On both databases. Each page is looked at by axe, and is no wider than the tablet it is shown on.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, select

from survey.clock import today
from survey.database import db
from survey.models import Activity, DomainLink, Enrolment, Goal, IntakeSection, Note, Staff, StaffSession
from tests.fixtures.application import PASSWORD, Town
from tests.fixtures.browser import OpenPage, Visit, axe
from tests.fixtures.served import listening


@pytest.fixture
def anywhere(any_town: Town) -> Iterator[str]:
    with listening(any_town.app) as address:
        yield address


def look(page: Page) -> None:
    axe(page)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is wider than the screen"


def come_in(visit: Visit, town: Town, address: str) -> None:
    cookie = town.sign_in("casemanager").get_cookie("telvertel")
    assert cookie is not None
    visit.context.add_cookies([{"name": "telvertel", "value": cookie.value, "url": address}])


def save(page: Page) -> None:
    page.get_by_role("button", name="Bewaren", exact=True).first.click()


def somebody_new(page: Page, address: str) -> None:
    """By keyboard: a name, and the invitation is there to print."""
    page.goto(f"{address}/casework/participants/new")
    page.locator('[name="name"]').focus()
    page.keyboard.type("Oksana Petrenko")
    page.locator('[name="language"].text-input').select_option("uk")
    page.locator('[name="group"]').select_option("newcomer")
    look(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Afdrukken")).to_be_visible()
    look(page)


def find(page: Page, address: str) -> None:
    """By a part of the name, though names are sealed."""
    page.goto(f"{address}/casework/")
    page.get_by_label("Naam of pseudoniem").fill("petren")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Oksana Petrenko").click()
    expect(page.get_by_role("heading", name="Wat nu te doen is")).to_be_visible()
    expect(page.get_by_role("link", name="Vragenlijst: Voormeting")).to_be_visible()


def intake(page: Page) -> None:
    """Begun together, and left halfway: what is filled in is there."""
    here = page.url
    page.get_by_role("link", name="Begin de intake").click()
    page.locator('[name="interpreter"]').first.check()
    page.get_by_role("button", name="Begin de intake").click()
    family = page.locator('[data-intake="family"]')
    family.get_by_text("met kinderen", exact=True).click()
    page.locator("#intake_children").fill("2")
    page.locator("#intake_languages").focus()
    expect(family.locator("[data-state]")).to_have_attribute("data-now", "saved")
    look(page)
    page.goto(here)
    expect(page.get_by_role("link", name="Intake afronden")).to_be_visible()


def plan(page: Page) -> None:
    here = page.url
    page.get_by_role("link", name="Plan maken").click()
    page.locator('[name="domain"]').select_option("work")
    page.locator('[name="words"]').fill("Хочу працювати медсестрою")
    page.locator('[name="dutch"]').fill("Werken als verpleegkundige")
    page.locator('[name="steps-0-dutch"]').fill("Diploma laten waarderen")
    page.locator('[name="steps-0-due_on"]').fill(today().isoformat())
    look(page)
    save(page)
    page.get_by_role("link", name="Obstakel toevoegen").click()
    page.locator('[name="from_domain"]').select_option("education")
    page.locator('[name="to_domain"]').select_option("work")
    look(page)
    save(page)
    look(page)
    page.goto(here)
    expect(page.get_by_role("link", name="Diploma laten waarderen")).to_be_visible()


def note_with_a_break(page: Page, town: Town) -> None:
    """Half an hour on the telephone: the session is over, and what was typed is not."""
    here = page.url
    page.get_by_role("link", name="Notitie schrijven").click()
    page.locator("textarea").first.fill("Belde met DUO over haar diploma.")
    with town.app.app_context():
        town.inside()
        db.session.execute(delete(StaffSession))
        db.session.commit()
    save(page)
    expect(page.get_by_role("heading", name="Nog niet bewaard: u bent uitgelogd")).to_be_visible()
    look(page)
    come_in_again(page, town)
    page.get_by_role("button", name="Opnieuw versturen").click()
    page.goto(here)
    expect(page.get_by_text("Belde met DUO over haar diploma.")).to_be_visible()


def come_in_again(page: Page, town: Town) -> None:
    """In a new tab, by the link that is offered."""
    with town.app.app_context():
        town.inside()
        email = db.session.scalars(select(Staff.email)).one()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Log in").click()
    tab = opened.value
    tab.locator("#email").fill(email)
    tab.locator("#password").fill(PASSWORD)
    tab.locator("#password").press("Enter")
    tab.wait_for_url("**/casework/")
    tab.close()


def test_a_day(open_page: OpenPage, any_town: Town, anywhere: str) -> None:
    visit = open_page(viewport=(820, 1180))
    page = visit.page
    come_in(visit, any_town, anywhere)
    somebody_new(page, anywhere)
    find(page, anywhere)
    person = page.url
    page.get_by_role("button", name="Vandaag gezien").click()
    intake(page)
    page.goto(person)
    plan(page)
    page.goto(person)
    note_with_a_break(page, any_town)
    page.goto(person)
    look(page)
    page.get_by_text("Activiteit toevoegen").click()
    page.get_by_role("button", name="Taalmaatje").click()
    visit.expect_problem("401")
    with any_town.app.app_context():
        any_town.inside()
        assert db.session.scalars(select(Goal)).one().dutch == "Werken als verpleegkundige"
        assert db.session.scalars(select(DomainLink)).one().kind == "obstacle"
        assert db.session.scalars(select(Note)).one().text == "Belde met DUO over haar diploma."
        assert db.session.scalars(select(Activity)).one().standard == "language_buddy"
        assert db.session.scalars(select(IntakeSection)).first() is not None
        assert db.session.scalars(select(Enrolment)).one().last_seen_on == today()
