"""Notes: sealed, found again within one's own caseload, and told to others only rewritten and with a yes."""

from __future__ import annotations

from datetime import timedelta
from re import findall
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from dashboard import operations as dashboard
from dashboard import queries as released
from survey import participation
from survey.casework.notes import queries
from survey.clock import today
from survey.database import db
from survey.models import Consent, Label, Note, Programme, Staff, Story
from survey.privacy import erasure
from tests.fixtures.application import Town, new_town
from tests.fixtures.audit import events
from tests.survey.casework.conftest import enrolment_of, inside, people, speaking
from tests.survey.casework.filling import assert_strict, differing, send, submit, text

SAID = "Vertelde dat de kinderopvang nu geregeld is."
REWRITTEN = {"text": "Met kinderopvang kon een moeder naar les.", "domain": "language", "agreed": "y"}


def label_id(town: Town, code: str) -> str:
    with inside(town):
        return str(db.session.scalars(select(Label.id).where(Label.standard == code)).one())


def write(client: FlaskClient, person: UUID, words: str, **other: Any) -> None:
    answer = submit(client, f"/casework/participants/{person}/notes/new", text=words, **other)
    assert answer.status_code == 303, text(answer)


def notes(town: Town) -> list[Note]:
    town.inside()
    return list(db.session.scalars(select(Note).order_by(Note.happened_on, Note.id)))


def taken_on(town: Town, *persons: UUID) -> None:
    """By whoever signed in last."""
    with inside(town):
        newest = db.session.scalars(select(Staff).where(Staff.email.startswith("casemanager"))).all()
        own = max(newest, key=lambda one: int("".join(filter(str.isdigit, one.email.split("@")[0]))))
        for person in persons:
            enrolment_of(person).casemanager_id = own.id


def search(client: FlaskClient, **filled: str) -> Any:
    return submit(client, "/casework/notes", "/casework/notes/search", **filled)


def test_a_note_about_anybody_is_two_touches_away(town: Town) -> None:
    """From the list of notes: one's own people who take part, who was seen last first; anybody else by their name."""
    client = speaking("en", town.sign_in("casemanager"))
    own = people(town, 3)
    (stranger,) = people(town, 1, prefix="S")
    taken_on(town, *own)
    with inside(town):
        participation.seen(enrolment_of(own[2]), today())
        enrolment_of(own[1]).ended_on = today() - timedelta(days=1)
    page = client.get("/casework/notes")
    about = findall(r'href="(/casework/participants/[^"]*/notes/new)"', page.text)
    assert about == [f"/casework/participants/{one}/notes/new" for one in (own[2], own[0])]
    assert "Name of P0002" in text(page) and "Name of S0000" not in text(page)
    found = submit(client, "/casework/notes", "/casework/", search="s0000")
    assert f"/casework/participants/{stranger}/notes/new" in client.get(found.location).text
    with_nobody = speaking("en", town.sign_in("casemanager")).get("/casework/notes")
    assert with_nobody.status_code == 200 and "Somebody else" in with_nobody.text


def test_a_question_may_have_words_and_they_are_sealed(any_town: Town) -> None:
    client = speaking("en", any_town.sign_in("casemanager"))
    for words in ("Which bus goes to the course?", ""):
        answer = submit(client, "/casework/questions/new", text=words, labels=[label_id(any_town, "work")])
        assert answer.status_code == 303, text(answer)
    with inside(any_town):
        kept = notes(any_town)
        assert {one.text for one in kept} == {"Which bus goes to the course?", None}
        assert not [one for one in kept if b"bus" in (one.text_sealed or b"")]
    assert "Which bus goes to the course?" in text(client.get("/casework/notes"))


def test_a_note_is_sealed_with_the_person_and_one_of_a_group_with_the_organisation(any_app: Flask) -> None:
    town = new_town(any_app)
    client = speaking("en", town.sign_in("casemanager"))
    person = people(town, 1)[0]
    taken_on(town, person)
    work = label_id(town, "work")
    write(client, person, SAID, labels=work, domains="language", minutes="25")
    group = {"kind": "group_talk", "text": "Zes mensen willen avondles.", "labels": [work]}
    assert submit(client, "/casework/notes/new", **group).status_code == 303
    assert submit(client, "/casework/questions/new", labels=work, channel="chat").status_code == 303
    with inside(town):
        by_kind = {note.kind: note for note in notes(town)}
        assert by_kind["person"].text == SAID and b"kinderopvang" not in by_kind["person"].text_sealed
        assert by_kind["group_talk"].text == group["text"]
        assert (by_kind["question"].text, by_kind["question"].channel) == (None, "chat")
        assert (by_kind["person"].minutes, by_kind["person"].domains) == (25, ["language"])
    page = client.get(f"/casework/participants/{person}")
    assert_strict(page)
    assert SAID in text(page) and group["text"] in text(client.get("/casework/notes"))
    found = search(client, words="KINDEROPVANG geregeld", domain="language", label=work)
    assert SAID in text(found) and "Found in 1 note." in text(found)
    assert "Found in 0 notes." in text(search(client, words="avondles"))
    with inside(town):
        erasure.forget(enrolment_of(person).participant, keep_answers=True)
    with inside(town):
        assert {note.kind: note.text for note in notes(town)} == {
            "group_talk": group["text"],
            "question": None,
        }


def test_one_searches_in_ones_own_caseload_and_it_is_said_how_far_it_looked(
    town: Town, casemanager: FlaskClient, monkeypatch: Any
) -> None:
    own, other = people(town, 2)
    taken_on(town, own)
    for word in ("eerste", "tweede", "derde"):
        write(casemanager, own, f"{SAID} {word}")
    write(casemanager, other, f"{SAID} van een ander")
    found = text(search(casemanager, words="geregeld"))
    assert "Found in 3 notes." in found and "van een ander" not in found
    seen = [event["participant_id"] for event in events(town.app) if event["action"] == "participant.seen"]
    assert UUID(str(seen[-1])) == own
    assert "caseload.searched" in {event["action"] for event in events(town.app)}
    monkeypatch.setattr(queries, "MOST_OPENED", 2)
    assert "the newest 2 of 3" in text(search(casemanager, words="geregeld"))


def test_two_people_who_change_the_same_note_get_a_choice(town: Town, casemanager: FlaskClient) -> None:
    person = people(town, 1)[0]
    write(casemanager, person, SAID)
    with inside(town):
        address = f"/casework/notes/{notes(town)[0].id}"
    mine = casemanager.get(address)
    submit(speaking("en", town.sign_in("casemanager")), address, text="THEIRS")
    answer = send(casemanager, mine, address, text="MINE")
    assert differing(answer)["What was said"] == ("THEIRS", "MINE")
    unseen = send(casemanager, mine, address, ("remove", "yes"), text="MINE")
    assert unseen.status_code == 409 and differing(unseen) == differing(answer), "not removed, nor lost"
    assert send(casemanager, answer, address).status_code == 303
    assert submit(casemanager, address, happened_on="2200-01-01", text="KEPT").status_code == 422
    with inside(town):
        assert notes(town)[0].text == "MINE"
    assert submit(casemanager, address, button=("remove", "yes")).status_code == 303
    with inside(town):
        assert notes(town) == []


def test_a_coordinator_gets_the_rewritten_story_and_nothing_of_the_note(
    town: Town, casemanager: FlaskClient
) -> None:
    person = people(town, 1, household="alone")[0]
    write(casemanager, person, SAID, domains="language")
    with inside(town):
        address = f"/casework/notes/{notes(town)[0].id}/story"
    unasked = {name: value for name, value in REWRITTEN.items() if name != "agreed"}
    refused = submit(casemanager, address, **unasked)
    assert refused.status_code == 422 and REWRITTEN["text"] in text(refused), (
        "without a yes there is no story"
    )
    opened = casemanager.get(address.removesuffix("/story"))
    assert submit(casemanager, address, **REWRITTEN).status_code == 303
    unseen = send(casemanager, opened, address.removesuffix("/story"), ("remove", "yes"))
    assert unseen.status_code == 409, "who did not see that there is a story does not remove it with the note"
    coordinator = speaking("en", town.sign_in("coordinator"))
    with inside(town):
        story, note = db.session.scalars(select(Story)).one(), notes(town)[0]
        of_note = (str(note.id), note.id.hex, str(person), person.hex, SAID, "P0000", "Name of")
        shown = f"/manage/stories/{story.id}"
        assert (story.state, story.domain) == ("draft", "language")
    for page in (coordinator.get("/manage/stories"), coordinator.get(shown)):
        assert REWRITTEN["text"] in page.text and not [word for word in of_note if word in page.text]
    assert coordinator.get(address).status_code == 403
    with inside(town):
        programme = db.session.scalars(select(Programme)).one()
        story = db.session.scalars(select(Story)).one()
        story.state = "approved"
        assert [row for _who, row in released.quotable_stories(programme, programme.waves)] == [story]


def test_who_is_second_to_make_a_story_of_a_note_keeps_what_they_wrote(
    town: Town, casemanager: FlaskClient
) -> None:
    write(casemanager, people(town, 1)[0], SAID)
    with inside(town):
        address = f"/casework/notes/{notes(town)[0].id}/story"
    opened = casemanager.get(address)
    assert submit(casemanager, address, **REWRITTEN).status_code == 303
    second = send(casemanager, opened, address, **(REWRITTEN | {"text": "In other words."}))
    assert second.status_code == 422 and "In other words." in text(second)
    with inside(town):
        assert [story.text for story in db.session.scalars(select(Story))] == [REWRITTEN["text"]]


def test_who_takes_back_quotes_takes_back_the_story_of_a_note_and_the_note_does_not_tell(
    town: Town, casemanager: FlaskClient
) -> None:
    person = people(town, 1)[0]
    write(casemanager, person, SAID)
    with inside(town):
        address = f"/casework/notes/{notes(town)[0].id}/story"
    submit(casemanager, address, **REWRITTEN)
    casemanager.get("/casework/notes")  # which says once that it was sent
    before = text(casemanager.get(f"/casework/participants/{person}/notes"))
    with inside(town):
        erasure.take_back_quotes(enrolment_of(person))
    with inside(town):
        assert db.session.scalars(select(Story)).all() == []
        consent = db.session.scalars(select(Consent)).one()
        assert consent.withdrawn_at is not None and consent.note_id is not None
    assert text(casemanager.get(f"/casework/participants/{person}/notes")) == before


def test_a_note_stands_in_the_own_data_of_the_person(town: Town, casemanager: FlaskClient) -> None:
    person = people(town, 1)[0]
    write(casemanager, person, SAID, labels=label_id(town, "childcare"))
    address = f"/casework/participants/{person}/rights"
    document = casemanager.get(f"{address}/document").text
    assert SAID in document and "Kinderopvang" in document
    assert casemanager.get(f"{address}/file").json["notes"][0]["text"] == SAID


def test_themes_are_shares_of_what_was_labelled(any_app: Flask) -> None:
    town = new_town(any_app)
    client = speaking("en", town.sign_in("casemanager"))
    person = people(town, 1)[0]
    work, housing = label_id(town, "work"), label_id(town, "housing")
    write(client, person, SAID, labels=[work, housing])
    write(client, person, SAID)
    for _question in range(2):
        submit(client, "/casework/questions/new", labels=[work, work])
    submit(client, "/casework/questions/new", labels=[housing])
    with inside(town):
        themes = dashboard.analyse(town.inside())["themes"]
    assert [(one["label"], one["share"]) for one in themes] == [("work", 3 / 4), ("housing", 2 / 4)]


def test_labels_are_the_organisations_own(town: Town, casemanager: FlaskClient) -> None:
    coordinator = speaking("en", town.sign_in("coordinator"))
    assert submit(coordinator, "/manage/labels/", name="Bus na zes uur").status_code == 303
    again = submit(coordinator, "/manage/labels/", name="bus NA zes uur")
    assert again.status_code == 422 and "already a label" in text(again)
    work = f"/manage/labels/{label_id(town, 'work')}"
    mine = coordinator.get(work)
    assert submit(coordinator, work, name="Betaald werk").status_code == 303
    stale = send(coordinator, mine, work, name="Baan")
    assert stale.status_code == 409 and "Betaald werk" in text(stale)
    housing = f"/manage/labels/{label_id(town, 'housing')}"
    assert submit(coordinator, "/manage/labels/", f"{housing}/retired", ("retired", "yes")).status_code == 303
    page = text(casemanager.get(f"/casework/participants/{people(town, 1)[0]}/notes/new"))
    assert "Betaald werk" in page and "Bus na zes uur" in page and "Baan" not in page
    with inside(town):
        label = db.session.scalars(select(Label).where(Label.standard == "housing")).one()
        assert label.retired_on == today()


def test_who_renames_a_label_has_nothing_to_choose_where_it_was_taken_out(town: Town) -> None:
    """Both stand: nobody changed the name."""
    coordinator = speaking("en", town.sign_in("coordinator"))
    work = f"/manage/labels/{label_id(town, 'work')}"
    mine = coordinator.get(work)
    assert submit(coordinator, "/manage/labels/", f"{work}/retired", ("retired", "yes")).status_code == 303
    assert send(coordinator, mine, work, name="Baan").status_code == 303
    with inside(town):
        label = db.session.scalars(select(Label).where(Label.standard == "work")).one()
        assert (label.name, label.retired_on) == ("Baan", today())


def test_taking_a_label_out_keeps_the_name_that_was_typed(town: Town) -> None:
    coordinator = speaking("en", town.sign_in("coordinator"))
    work = f"/manage/labels/{label_id(town, 'work')}/retired"
    page = submit(coordinator, "/manage/labels/", work, ("retired", "yes"), name="Bus na zes uur")
    assert page.status_code == 200 and text(page).count("No longer offered") == 1
    back = send(coordinator, page, work, ("retired", "no"))
    assert back.status_code == 200 and "No longer offered" not in text(back)
    assert send(coordinator, back, "/manage/labels/").status_code == 303, "the name is still in its field"
    assert "Bus na zes uur" in text(coordinator.get("/manage/labels/"))
