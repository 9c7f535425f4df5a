"""Finding one's people again: by name, by how they stand, and for how long nobody has seen them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from html import unescape
from re import findall
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient

from survey import fieldwork, participation
from survey.clock import today
from survey.database import db
from survey.models import Participant, Staff, TalkWish
from tests.fixtures.application import Town
from tests.fixtures.audit import events
from tests.survey.casework.conftest import counted, enrolment_of, inside, people, speaking, went
from tests.survey.casework.filling import differing, document, send, submit, text
from tests.survey.casework.test_caseload import ADDRESS, rows


def found(client: FlaskClient, **wanted: str) -> list[str]:
    """Pseudonyms of who is listed."""
    lines = rows(client, f"{ADDRESS}?" + "&".join(f"{name}={value}" for name, value in wanted.items()))
    words = [word for line in lines for word in line.split()]
    return list(dict.fromkeys(word for word in words if len(word) == 5 and word[1:].isdigit()))


def named(town: Town, **names: str) -> None:
    with inside(town):
        programme = town.inside()
        for pseudonym, name in names.items():
            person = participation.new_participant(pseudonym, language="uk")
            participation.set_identity(person, name, "")
            participation.enrol(person, programme, today())


def test_somebody_is_found_by_any_part_of_a_name(any_town: Town) -> None:
    client = speaking("en", any_town.sign_in("casemanager"))
    named(any_town, A0001="Олена Коваленко", A0002="José Ångström", A0003="محمد علي", A0004="Olena Petrenko")
    for typed, right in {
        "коваленко": ["A0001"], "jose ang": ["A0002"], "ангстр": [], "علي": ["A0003"], "petr OLE": ["A0004"],
        "A000": ["A0001", "A0002", "A0003", "A0004"], "ole jos": [], "o": [],
    }.items():  # fmt: skip
        assert found(client, search=typed) == right, typed
    with inside(any_town):
        person = db.session.query(Participant).filter_by(pseudonym="A0004").one()
        db.session.delete(person.key)
        person.key = None
    assert found(client, search="petrenko") == []


def test_a_name_stands_in_no_address(town: Town, casemanager: FlaskClient) -> None:
    named(town, A0001="Olena Kovalenko")
    sent = submit(casemanager, ADDRESS, search="Kovalenko", whose="")
    assert sent.status_code == 303
    assert "ovalenko" not in unquote(sent.location) and "search=" in sent.location
    assert "A0001" in text(casemanager.get(sent.location)), "it survives a reload"
    assert 'value="Kovalenko"' in casemanager.get(sent.location).text
    colleague = speaking("en", town.sign_in("casemanager"))
    other = colleague.get(sent.location)
    assert 'Kovalenko"' not in other.text and "Type the name again" in text(other)
    assert casemanager.get(sent.location.replace("~", "~A")).status_code == 200


def test_names_are_opened_without_a_statement_each(town: Town, casemanager: FlaskClient) -> None:
    people(town, 3)
    found(casemanager, search="Name of P")
    with counted(town.app) as few:
        found(casemanager, search="Name of P")
    people(town, 30, prefix="Q")
    with counted(town.app) as many:
        assert len(found(casemanager, search="Name of Q")) == 30
    assert len(many) == len(few)


def test_people_of_closed_programmes_are_left_out_until_asked_for(any_town: Town) -> None:
    """Closed: every wave is. How many are left out is said, and the list that has them keeps the other filters."""
    client = speaking("en", any_town.sign_in("casemanager"))
    people(any_town, 3)
    with inside(any_town):
        before = any_town.inside()
        over = fieldwork.add_programme("over", "Over", ["wellbeing"], [fieldwork.parse_wave("before")])
        fieldwork.open_wave(over.waves[0])
        fieldwork.close_wave(over.waves[0])
        fieldwork.close_wave(before.waves[0])  # another one is open: it goes on
        fieldwork.add_programme("planned", "Planned", ["wellbeing"], [fieldwork.parse_wave("before")])
        code = before.code
    people(replace(any_town, code="over"), 2, prefix="C")
    people(replace(any_town, code="planned"), 1, prefix="W")
    here, there = ["P0000", "P0001", "P0002", "W0000"], ["C0000", "C0001"]
    assert found(client) == here
    page = client.get(f"{ADDRESS}?search=0001")
    assert "1 more person in a closed programme" in text(page) and found(client, search="0001") == ["P0001"]
    (link,) = findall(r'href="([^"]*)">Show them too', page.text)
    assert [row.split()[3] for row in rows(client, unescape(link))] == ["C0001", "P0001"]
    assert sorted(found(client, closed="y")) == sorted([*here, *there])
    assert found(client, programme="over") == there and found(client, programme=code) == here[:3]
    assert '<details class="more-filters" open>' in client.get(f"{ADDRESS}?closed=y").text
    assert '<details class="more-filters">' in client.get(ADDRESS).text


def test_filters_say_how_people_stand(any_town: Town) -> None:
    client = speaking("en", any_town.sign_in("casemanager"))
    never, lately, gone, talker = people(any_town, 4, days_ago=100)
    people(any_town, 1, days_ago=0, prefix="N")
    people(any_town, 1, days_ago=35, prefix="M")
    went(any_town, lately, "refused", "after")
    with inside(any_town):
        enrolment_of(gone).ended_on = today() - timedelta(days=1)
        participation.seen(enrolment_of(lately), today() - timedelta(weeks=4, days=-1))
        participation.seen(enrolment_of(talker).participant, today() + timedelta(days=1))
        enrolment_of(lately).casemanager = db.session.query(Staff).one()
        db.session.add(TalkWish(enrolment=enrolment_of(talker), domain="work", asked_on=today()))
    assert found(client) == ["P0001", "N0000", "M0000", "P0000", "P0003"]
    assert found(client, due="y") == ["N0000"]
    assert found(client, due="missed") == ["M0000", "P0000", "P0003"]
    assert found(client, whose="mine") == ["P0001"]
    assert found(client, whose="nobody", due="y") == ["N0000"]
    assert found(client, unseen="4") == ["M0000", "P0000", "P0003"], "a day to come is no meeting"
    assert found(client, unseen="8") == ["P0000", "P0003"]
    assert found(client, talk="y") == ["P0003"]
    assert found(client, ended="y") == ["P0002"]
    assert found(client, unseen="x", due="x", whose="x") == found(client)


def test_seen_keeps_the_latest_day(town: Town, casemanager: FlaskClient) -> None:
    (person,) = people(town, 1, days_ago=50)
    for days_ago in (20, 30):
        with inside(town):
            participation.seen(enrolment_of(person), today() - timedelta(days=days_ago))
            assert enrolment_of(person).last_seen_on == today() - timedelta(days=20)
    page = f"{ADDRESS}participants/{person}"
    assert submit(casemanager, page, f"{page}/met").status_code == 303
    with inside(town):
        assert enrolment_of(person).last_seen_on == today()
    assert events(town.app)[-1]["action"] == "participant.met"


@pytest.mark.parametrize("everyone", [False, True], ids=["ticked", "everyone"])
def test_people_go_to_a_colleague_after_it_was_said_how_many(town: Town, everyone: bool) -> None:
    client = speaking("en", town.sign_in("casemanager"))
    first, second, third = people(town, 3)
    with inside(town):
        own = db.session.query(Staff).one().id
        for person in (first, second):
            enrolment_of(person).casemanager_id = own
        ticked = [f"chosen={enrolment_of(person).id}" for person in (first, second)]
    for role in ("casemanager", "coordinator"):
        town.sign_in(role)
    with inside(town):
        colleague = str(db.session.query(Staff).filter(Staff.id != own, Staff.name == "Casemanager").one().id)
    address = f"{ADDRESS}hand-over"
    page = client.get(f"{address}?{'everyone=y' if everyone else '&'.join(ticked)}")
    assert "You hand over 2 people." in text(page)
    assert colleague in page.text and "Coordinator" not in text(page)
    assert send(client, page, address, colleague=colleague, people="3").status_code == 409
    assert send(client, page, address, colleague=str(own), people="1").status_code in (409, 422)
    assert f'value="{own}"' not in page.text, "who has all of them already is no choice"
    assert send(client, page, address, colleague=colleague).status_code == 303
    late = send(client, page, address, colleague=colleague)
    assert late.status_code == 409
    assert text(late).count("Changed by somebody else") == (0 if everyone else 2)
    assert "Nobody was handed over" in text(late) and "error-summary" not in late.text, "one thing is said"
    again = client.get(f"{address}?{'&'.join(ticked)}")
    assert "There is no colleague yet" not in text(again), "there is, and they have them already"
    with inside(town):
        whose = [enrolment_of(person).casemanager_id for person in (first, second, third)]
    assert [str(one) for one in whose] == [colleague, colleague, "None"]
    handed = [event for event in events(town.app) if event["action"] == "participant.handed_over"]
    assert {event["participant_id"] for event in handed} == {first, second}


def test_whose_people_changed_meanwhile_is_marked(town: Town) -> None:
    client, other = (speaking("en", town.sign_in("casemanager")) for _ in range(2))
    ids = people(town, 2)
    with inside(town):
        ticked = [f"chosen={enrolment_of(person).id}" for person in ids]
        own, colleague = (str(one.id) for one in db.session.query(Staff).order_by(Staff.id))
    address = f"{ADDRESS}hand-over"
    page = client.get(f"{address}?{'&'.join(ticked)}")
    theirs = other.get(f"{address}?{ticked[1]}")
    assert send(other, theirs, address, colleague=own).status_code == 303
    late = send(client, page, address, colleague=colleague)
    assert late.status_code == 409
    marked = [
        line for line in document(late).iter("li") if "Changed by somebody else" in "".join(line.itertext())
    ]
    assert len(marked) == 1 and "P0001" in "".join(marked[0].itertext())
    assert send(client, late, address).status_code == 303, "pressed once more it is meant"


@pytest.mark.parametrize("everyone", [False, True], ids=["ticked", "everyone"])
def test_who_is_alone_is_told_whom_to_ask(town: Town, casemanager: FlaskClient, everyone: bool) -> None:
    (person,) = people(town, 1)
    with inside(town):
        enrolment_of(person).casemanager_id = db.session.query(Staff).one().id
        ticked = f"chosen={enrolment_of(person).id}"
    address = f"{ADDRESS}hand-over?{'everyone=y' if everyone else ticked}"
    assert "There is no colleague yet. Ask the administrator" in text(casemanager.get(address))
    town.sign_in("casemanager")
    assert "There is no colleague yet" not in text(casemanager.get(address))


def test_somebody_stops_and_takes_part_again(town: Town, casemanager: FlaskClient) -> None:
    (person,) = people(town, 1)
    page = f"{ADDRESS}participants/{person}"
    with inside(town):
        address = f"{ADDRESS}enrolments/{enrolment_of(person).id}"
    early = {"reason": "moved", "ended_on": (today() - timedelta(days=1)).isoformat()}
    assert "before the first day" in text(submit(casemanager, f"{address}/stop", **early))
    assert submit(casemanager, f"{address}/stop", ended_on="2026-13-01", reason="moved").status_code == 422
    shown = casemanager.get(f"{address}/stop")
    assert send(casemanager, shown, f"{address}/stop", reason="moved").status_code == 303
    late = send(casemanager, shown, f"{address}/stop", reason="own_wish")
    assert differing(late)["Why"] == ("Moved away", "Own wish")
    with inside(town):
        assert enrolment_of(person).end_reason == "moved", "a colleague's words are not overwritten unseen"
    assert send(casemanager, late, f"{address}/stop", reason="own_wish").status_code == 303
    assert "Own wish" in text(casemanager.get(page))
    assert submit(casemanager, page, f"{address}/reopening").status_code == 303
    with inside(town):
        assert (enrolment_of(person).ended_on, enrolment_of(person).end_reason) == (None, None)
    told = {event["action"]: event["details"] for event in events(town.app)}
    assert f"{today()}.moved" in str(told["participant.stopped"])
    assert f"{today()}.own_wish" in str(told["participant.reopened"])
