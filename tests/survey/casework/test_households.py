"""Who lives together, and numbers that say what they count."""

from __future__ import annotations

from flask.testing import FlaskClient

from survey import participation
from survey.clock import today
from survey.database import db
from survey.models import Household, HouseholdMember, Participant
from survey.privacy import erasure
from tests.fixtures.application import Town
from tests.survey.casework.conftest import inside, people, speaking
from tests.survey.casework.filling import differing, document, send, submit, text
from tests.survey.casework.test_caseload import ADDRESS


def page_of(person: object) -> str:
    return f"{ADDRESS}participants/{person}/household"


def counted(client: FlaskClient, unit: str = "") -> str:
    return text(client.get(f"{ADDRESS}?unit={unit}")).partition("Choose")[0]


def join(
    client: FlaskClient, person: object, other: object, name: str, *, same_benefit: bool = False, **typed: str
) -> None:
    found = submit(client, page_of(person), f"{page_of(person)}/look", search=name, **typed)
    assert found.status_code == 200
    ticked = {"same_benefit": str(other)} if same_benefit else {}
    assert send(client, found, f"{page_of(person)}/members/{other}", **ticked).status_code == 303


def test_numbers_count_people_households_or_benefits(any_town: Town) -> None:
    """Of five people, one in two programmes, three live together, two of these on one benefit."""
    client = speaking("en", any_town.sign_in("casemanager"))
    first, second, third, _fourth, fifth = people(any_town, 5)
    with inside(any_town):
        from survey import fieldwork

        other = fieldwork.add_programme("other", "Other", ["wellbeing"], [fieldwork.parse_wave("before")])
        participation.enrol(db.session.get_one(Participant, fifth), other, today())
    join(client, first, second, "Name of P0001", same_benefit=True)
    join(client, first, third, "P0002")
    assert "5 people" in counted(client)
    assert "3 households" in counted(client, "households")
    assert "4 benefits" in counted(client, "benefits")
    assert "Name of P0001" in text(client.get(f"{ADDRESS}participants/{third}"))


def test_somebody_has_one_household(town: Town, casemanager: FlaskClient) -> None:
    first, second, third = people(town, 3)
    page = submit(casemanager, page_of(third), f"{page_of(third)}/look", search="P0001")
    join(casemanager, first, second, "P0001")
    shown = send(casemanager, page, f"{page_of(third)}/members/{second}", size="3")
    assert 'value="3"' in shown.text
    assert "belongs to a household already" in shown.text
    found = submit(casemanager, page_of(third), f"{page_of(third)}/look", search="P0001")
    assert (
        "P0001 Belongs to another household already" in text(found) and f"members/{second}" not in found.text
    )
    found = submit(casemanager, page_of(first), f"{page_of(first)}/look", search="P0001")
    assert "P0001 Is in this household" in text(found) and f"members/{second}" not in found.text
    found = submit(casemanager, page_of(first), f"{page_of(first)}/look", search="Nemo")
    assert "Nobody fits this search" in text(found)
    with inside(town):
        assert db.session.query(HouseholdMember).count() == 2


def test_numbers_are_checked_and_not_overwritten_unseen(town: Town, casemanager: FlaskClient) -> None:
    (person,) = people(town, 1)
    address = page_of(person)
    shown = casemanager.get(address)
    assert "more children than people" in text(send(casemanager, shown, address, size="2", children="3"))
    assert send(casemanager, shown, address, size="0").status_code == 422
    assert send(casemanager, shown, address, size="4", children="2").status_code == 303
    late = send(casemanager, shown, address, size="5")
    assert differing(late) == {"How many people live there": ("4", "5")}, "the other was left as it was"
    assert 'value="5"' in late.text
    assert send(casemanager, late, address).status_code == 303
    with inside(town):
        kept = db.session.query(Household).one()
        assert (kept.size, kept.children) == (5, 2)


def test_who_was_to_be_added_is_added_with_the_choice(town: Town, casemanager: FlaskClient) -> None:
    first, second = people(town, 2)
    address = page_of(first)
    found = submit(casemanager, address, f"{address}/look", search="P0001")
    assert submit(casemanager, address, size="4").status_code == 303
    late = send(casemanager, found, f"{address}/members/{second}", size="5")
    assert differing(late) == {"How many people live there": ("4", "5")}
    assert "P0001 is added too." in text(late)
    form = document(late).find(".//form[@id='household']")
    assert form is not None and form.get("action") == f"{address}/members/{second}"
    assert send(casemanager, late, f"{address}/members/{second}").status_code == 303
    with inside(town):
        kept = db.session.query(Household).one()
        assert (kept.size, len(kept.members)) == (5, 2)


def test_who_was_to_be_taken_out_is_taken_out_with_the_choice(town: Town, casemanager: FlaskClient) -> None:
    first, second = people(town, 2)
    address = page_of(first)
    join(casemanager, first, second, "P0001")
    with inside(town):
        member = next(one.id for one in db.session.query(HouseholdMember) if one.participant_id == second)
    shown = casemanager.get(address)
    assert submit(casemanager, address, size="4").status_code == 303
    late = send(casemanager, shown, f"{address}/members/{member}/out", size="5")
    assert "P0001 is taken out too." in text(late)
    form = document(late).find(".//form[@id='household']")
    assert form is not None and form.get("action") == f"{address}/members/{member}/out"


def test_whatever_button_is_pressed_numbers_are_kept_or_shown(town: Town, casemanager: FlaskClient) -> None:
    first, second = people(town, 2)
    address = page_of(first)
    empty = submit(casemanager, address, f"{address}/look", size="4")
    assert empty.status_code == 422 and "Type a part of the name" in text(empty) and 'value="4"' in empty.text
    page = send(casemanager, empty, f"{address}/look", children="2", search="nobody")
    assert 'value="4"' in page.text and "not saved yet" in text(page)
    by_enter = send(casemanager, page, address, search="P0001")
    assert by_enter.status_code == 200 and 'value="4"' in by_enter.text and "P0001" in text(by_enter)
    with inside(town):
        assert db.session.query(Household).count() == 0, "who looks saves nothing"
    assert send(casemanager, by_enter, f"{address}/members/{second}").status_code == 303
    with inside(town):
        kept = db.session.query(Household).one()
        assert (kept.size, kept.children, len(kept.members)) == (4, 2, 2)
        member = next(one.id for one in kept.members if one.participant_id == second)
    shown = casemanager.get(address)
    late = send(casemanager, shown, f"{address}/members/{member}/out", size="3", version="0")
    assert late.status_code == 409 and 'value="3"' in late.text
    assert send(casemanager, shown, f"{address}/members/{member}/out", size="3").status_code == 303
    with inside(town):
        kept = db.session.query(Household).one()
        assert (kept.size, kept.children, len(kept.members)) == (3, 2, 1)


def test_a_household_has_no_fewer_people_than_the_register(town: Town, casemanager: FlaskClient) -> None:
    first, second, third = people(town, 3)
    address = page_of(first)
    join(casemanager, first, second, "P0001")
    refused = submit(casemanager, address, size="1")
    assert refused.status_code == 422 and "at least as many live there" in text(refused)
    assert submit(casemanager, address, size="2").status_code == 303
    found = submit(casemanager, address, f"{address}/look", search="P0002")
    refused = send(casemanager, found, f"{address}/members/{third}")
    assert refused.status_code == 422 and "3 people of this household" in text(refused)
    assert send(casemanager, refused, f"{address}/members/{third}", size="3").status_code == 303
    with inside(town):
        db.session.query(Household).one().size = 1
    assert "3 people live there." in text(casemanager.get(f"{ADDRESS}participants/{first}"))


def test_a_household_goes_with_its_last_person(town: Town, casemanager: FlaskClient) -> None:
    first, second = people(town, 2)
    join(casemanager, first, second, "P0001")
    with inside(town):
        member = db.session.query(HouseholdMember).filter_by(participant_id=second).one().id
    assert submit(casemanager, page_of(first), f"{page_of(first)}/members/{member}/out").status_code == 303
    with inside(town):
        assert db.session.query(HouseholdMember).one().participant_id == first
        erasure.forget(db.session.get_one(Participant, first))
    with inside(town):
        assert db.session.query(Household).count() == 0


def test_numbers_that_go_with_the_last_person_are_not_called_saved(
    town: Town, casemanager: FlaskClient
) -> None:
    first, second = people(town, 2)
    address, kept = page_of(first), "The numbers above are saved."
    join(casemanager, first, second, "P0001")
    with inside(town):
        first_one, other = (
            db.session.query(HouseholdMember).filter_by(participant_id=one).one().id
            for one in (first, second)
        )
    assert kept in text(casemanager.get(address))
    assert send(casemanager, casemanager.get(address), f"{address}/members/{other}/out").status_code == 303
    shown = casemanager.get(address)
    assert kept not in text(shown) and "The numbers above go too." in text(shown)
    out = f"{address}/members/{first_one}/out"
    late = send(casemanager, shown, out, size="5", version="0")
    assert late.status_code == 409 and "Nobody is left then, so the numbers go too." in text(late)
    answer = send(casemanager, late, out)
    assert answer.status_code == 303 and "its numbers are gone too" in text(casemanager.get(answer.location))
    with inside(town):
        assert db.session.query(Household).count() == 0
