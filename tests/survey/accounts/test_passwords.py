"""Any password of one's own: as long as one likes, exactly as it was typed, for as long as one keeps it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from survey.accounts.forms import JoiningForm
from survey.accounts.passwords import STRONG, _strength
from survey.database import db
from survey.models import Staff
from tests.fixtures.application import PASSWORD, Town
from tests.survey.accounts.test_own_pages import SIGN_IN, email
from tests.survey.casework.conftest import speaking
from tests.survey.casework.filling import document, submit

# As in test_own_pages.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples:DeprecationWarning")
#: One kind of letter only, spaces, more than 64 characters, and the only capital at the very end.
LONG = "enkel kleine letters en spaties " * 3 + "eN"


@pytest.fixture
def person(town: Town) -> FlaskClient:
    return speaking("en", town.sign_in("councillor"))


def opens(town: Town, password: str) -> bool:
    client = speaking("en", town.app.test_client())
    return submit(client, SIGN_IN, email=email(town), password=password).status_code == 302


def test_it_may_be_long_and_counts_to_its_last_letter(town: Town, person: FlaskClient) -> None:
    answer = submit(
        person, "/staff/password", password=PASSWORD, new_password=LONG, new_password_confirm=LONG
    )
    assert answer.status_code == 302
    assert opens(town, LONG)
    for other in (LONG.lower(), LONG[:-1], LONG[:72], LONG + " "):
        assert not opens(town, other)


def test_it_does_not_grow_old(town: Town, person: FlaskClient) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(days=800), tick=False):
        assert opens(town, PASSWORD)


@pytest.mark.parametrize("page", [SIGN_IN, "/staff/password"])
def test_it_is_hidden_and_a_password_manager_may_fill_it_in(
    town: Town, person: FlaskClient, page: str
) -> None:
    client = person if page != SIGN_IN else town.app.test_client()
    fields = [
        field for field in document(client.get(page)).iter("input") if "password" in field.get("name", "")
    ]
    assert fields
    for field in fields:
        assert field.get("type") == "password"
        assert field.get("autocomplete") != "off"


def test_a_new_installation_has_no_account(app: Flask) -> None:
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Staff)) == 0


@pytest.mark.parametrize(
    "easy",
    ["password1234", "qwertyuiop12", "aaaaaaaaaaaa", "WelkomGemeente2026", "Telvertel2026!", "zomervakantie",
     "iloveyou1234", "councillorcouncillor", "short"],
)  # fmt: skip
def test_what_is_common_or_near_us_is_refused(town: Town, person: FlaskClient, easy: str) -> None:
    """Also when it is long enough; and the old one goes on working."""
    answer = submit(
        person, "/staff/password", password=PASSWORD, new_password=easy, new_password_confirm=easy
    )
    assert "too easy to guess" in answer.text
    assert opens(town, PASSWORD) and not opens(town, easy)


def test_who_is_invited_does_not_take_their_own_name(town: Town) -> None:
    with town.app.test_request_context():
        weak = town.app.extensions["security"]._password_util.validate
        known = {"name": "Wilhelmina Oosterveld", "email": "w.oosterveld@aalten.example"}
        assert weak("wilhelminaoosterveld", True)[0] is None
        assert weak("wilhelminaoosterveld", True, **known)[0]
        assert weak("w.oosterveld@aalten.example", True, **known)[0]


def test_who_has_an_account_does_not_take_their_own_name_either(town: Town) -> None:
    with town.app.test_request_context():
        weak = town.app.extensions["security"]._password_util.validate
        staff = Staff(email="w.oosterveld@aalten.example", name="Wilhelmina Oosterveld")
        assert weak("wilhelminaoosterveld", False, user=staff)[0]
        assert weak("w.oosterveld@aalten.example", False, user=staff)[0]
        assert weak("four words are easy", False, user=staff)[0] is None


def test_on_the_page_of_an_invitation_name_and_address_count(town: Town) -> None:
    typed = {
        "name": "Wilhelmina Oosterveld",
        "password": "wilhelminaoosterveld",
        "again": "wilhelminaoosterveld",
    }
    for name, address, is_fine in (
        (typed["name"], "x@aalten.example", False),
        ("Bo", "wilhelmina.oosterveld@aalten.example", False),
        ("Bo", "x@aalten.example", True),
    ):
        with town.app.test_request_context(method="POST", data={**typed, "name": name}):
            form = JoiningForm(meta={"csrf": False})
            form.email = address
            assert form.validate() is is_fine
            assert bool(form.password.errors) is not is_fine


#: Strong for who does not know the word in it. (What zxcvbn knows itself, such as “december”, is left out.)
NEAR_US = """
    telvertelx7k tellenx7kqvz9 vertellenx7kqv gemeentex7kq welkomx7kqvz wachtwoordx7kqvz geheimx7kqvz9 inloggenx7kq
    nederlandx7kqvz casemanagerx7kq coordinatorx7kqvz9 beheerderx7k raadslidx7kq inburgeringx7 integratiex7kq
    statushouderx oekrainex7kq vluchtelingx lentex7kqvz9 zomerx7kqvz9 herfstx7kqvz maandagx7kqvz dinsdagx7kqv
    woensdagx7kq donderdagx7k vrijdagx7kqv januarix7kqvz februarix7kqv maartx7kqvz9 augustusx7kqvz9 oktoberx7kqvz
    telvertelmei2026! junitelvertel2026 telverteljuli2026!
""".split()  # noqa: SIM905


def test_a_word_that_stands_for_this_place_adds_next_to_nothing() -> None:
    assert [password for password in NEAR_US if _strength(password, []) >= STRONG] == []
    assert _strength("kabouterx7kqvz9", []) == STRONG, "a Dutch word that is not near us"
