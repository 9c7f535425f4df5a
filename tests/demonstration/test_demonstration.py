"""The demonstration makes what it says, once, and touches nothing that is not its own."""

import csv
import stat
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from dashboard.operations import analyse
from demonstration import people
from demonstration.build import AALTEN, INSTRUMENTS, MARKER, NotOurs, SignIns, prepare, settings_of
from instruments import asking
from survey import fieldwork
from survey.clock import today
from survey.codes import ROLES
from survey.database import db
from survey.models import (
    Deadline,
    DomainLink,
    Enrolment,
    Goal,
    HouseholdMember,
    Intake,
    Note,
    OpenAnswer,
    PlanVersion,
    Programme,
    Release,
    Response,
    Story,
    TalkWish,
    Visit,
    Wave,
)
from survey.respond import queries
from survey.respond.operations import open_code
from telvertel import create_app
from tests.fixtures.application import token_in


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, SignIns]]:
    folder = tmp_path_factory.mktemp("demo") / "data"
    yield folder, prepare(folder)


def test_the_same_people_are_invented_every_time() -> None:
    assert list(people.rows(AALTEN, INSTRUMENTS)) == list(people.rows(AALTEN, INSTRUMENTS))


def test_people_drop_out_and_some_answers_are_missing() -> None:
    rows = list(people.rows(AALTEN, INSTRUMENTS))
    waves = Counter(row["wave"] for row in rows if row["instrument"] == "integration")
    assert waves["before"] == 38
    assert waves["before"] > waves["after"] > waves["follow_up"] >= 30
    given = Counter(value for row in rows for key, value in row.items() if key.startswith("work_"))
    assert {"na", "dk", "pna", ""} <= given.keys()


def test_both_programmes_are_as_promised(made: tuple[Path, SignIns]) -> None:
    folder, _ = made
    with create_app(settings_of(folder)).app_context():
        aalten = fieldwork.enter_programme("aalten")
        assert aalten.organisation.fictitious
        assert {wave.state for wave in aalten.waves} == {"closed"}
        released = db.session.scalars(select(Release).where(Release.programme_id == aalten.id)).one()
        assert released.published_at is not None
        assert released.content["programme"]["fictitious"] is True
        samen = fieldwork.enter_programme("samen")
        assert {wave.state for wave in samen.waves} == {"open"}
        for key in ("before", "after"):
            assert _answered(samen.id, key) == 12
        assert db.session.scalar(select(func.count(Release.id)).where(Release.programme_id == samen.id)) == 0
        db.engine.dispose()


def test_two_more_organisations_have_a_caseload_of_their_own(made: tuple[Path, SignIns]) -> None:
    """What is in them is tested in test_caseloads."""
    folder, sign_ins = made
    assert {one["organisation"] for one in sign_ins.elsewhere} == {"overbetuwe", "openembassy"}
    with create_app(settings_of(folder)).app_context():
        owners = {
            fieldwork.enter_programme(code).organisation_id
            for code in ("aalten", "overbetuwe", "openembassy")
        }
        assert len(owners) == 3
        db.engine.dispose()


def test_about_half_work_at_the_end_and_many_rose(made: tuple[Path, SignIns]) -> None:
    """As the council was told; observed of everyone, in both programmes."""
    folder, _ = made
    with create_app(settings_of(folder)).app_context():
        for code, people_there in (("aalten", 38), ("samen", 12)):
            found = analyse(fieldwork.enter_programme(code))
            ladder = found["ladder"]
            assert sum(ladder["before"].values()) == sum(ladder["after"].values()) == people_there
            assert ladder["after"]["5"] + ladder["after"]["6"] == people_there / 2
            assert ladder["up"] > people_there / 2 and ladder["down"] < people_there / 5
            assert {"volunteering", "language_buddy"} <= {row["kind"] for row in found["participation"]}
        db.engine.dispose()


@pytest.mark.parametrize("code", ["aalten", "samen"])
def test_every_page_of_casework_has_something_in_it(made: tuple[Path, SignIns], code: str) -> None:
    folder, _ = made
    with create_app(settings_of(folder)).app_context():
        fieldwork.enter_programme(code)
        of = select(Enrolment.id).join(Enrolment.programme).where(Programme.code == code)
        mine = {
            model: db.session.scalars(select(model).where(model.enrolment_id.in_(of))).all()
            for model in (Goal, DomainLink, Note, Intake, TalkWish, PlanVersion)
        }
        assert all(mine.values()), [model.__name__ for model, rows in mine.items() if not rows]
        assert {link.kind for link in mine[DomainLink]} == {"obstacle", "breakthrough"}
        assert all(note.labels and note.text and note.happened_on <= today() for note in mine[Note])
        assert all(goal.dutch and goal.state_on <= today() for goal in mine[Goal])
        found = analyse(fieldwork.enter_programme(code))
        assert found["themes"]
        people_in = select(Enrolment.participant_id).join(Enrolment.programme).where(Programme.code == code)
        at_home = select(func.count(HouseholdMember.id)).where(HouseholdMember.participant_id.in_(people_in))
        assert db.session.scalar(at_home)
        looked_back = select(func.count(Response.id)).where(
            Response.enrolment_id.in_(of), Response.instrument.in_(asking.LOOKING_BACK)
        )
        if code == "aalten":
            assert len({entry["result"] for entry in found["targets"]}) == 7
            assert db.session.scalar(looked_back) == 2 * (34 + 30)
        else:
            assert {intake.state for intake in mine[Intake]} == {"begun", "finished"}
            assert db.session.scalar(
                select(func.count(Deadline.id)).where(Deadline.participant_id.in_(people_in))
            )
        db.engine.dispose()


def _answered(programme_id: object, wave: str) -> int:
    statement = (
        select(func.count(Visit.id))
        .join(Visit.wave)
        .where(Wave.programme_id == programme_id, Wave.key == wave)
    )
    return db.session.scalar(statement.where(Visit.state == "finished")) or 0


def test_printed_codes_lead_to_a_wave_that_is_due(made: tuple[Path, SignIns]) -> None:
    folder, sign_ins = made
    assert len(sign_ins.participants) == 4
    for person in sign_ins.participants:
        with create_app(settings_of(folder)).app_context():
            code = open_code(person["code"])
            db.session.enter(code.organisation_id)
            enrolment = queries.enrolment_of(code.id)
            assert enrolment is not None
            due = queries.due_now(enrolment, today())
            assert due is not None and due.wave.key == "before"
            later = queries.due_now(enrolment, today() + timedelta(weeks=10))
            assert later is not None and later.wave.key == "after"
            db.session.rollback()
            db.engine.dispose()


def test_every_role_can_sign_in(made: tuple[Path, SignIns]) -> None:
    """With what is printed and nothing else: its people are invented, so no second factor is asked for."""
    folder, sign_ins = made
    assert [person["role"] for person in sign_ins.staff] == list(ROLES)
    app = create_app(settings_of(folder))
    for person in sign_ins.staff:
        client = app.test_client()
        token = token_in(client.get("/staff/sign-in").text)
        form = {"email": person["email"], "password": person["password"], "csrf_token": token}
        assert client.post("/staff/sign-in", data=form).location == "/staff/"
        home = client.get(client.get("/staff/").location, follow_redirects=True)
        assert home.status_code == 200 and not home.request.path.startswith("/staff/")
    with app.app_context():
        db.engine.dispose()


def test_no_original_words_are_in_a_release(made: tuple[Path, SignIns]) -> None:
    folder, _ = made
    with create_app(settings_of(folder)).app_context():
        fieldwork.enter_programme("aalten")
        document = db.session.scalars(select(Release.document)).one()
        originals = [answer.text for answer in db.session.scalars(select(OpenAnswer))]
        assert len(originals) >= 8
        assert not [text for text in originals if text and text in document]
        stories = list(db.session.scalars(select(Story).where(Story.state == "approved")))
        assert len([story for story in stories if story.text in document]) >= 3
        db.engine.dispose()


def test_started_again_it_goes_on(made: tuple[Path, SignIns]) -> None:
    folder, first = made
    with create_app(settings_of(folder)).app_context():
        fieldwork.enter_programme("samen")
        before = db.session.scalar(select(func.count(Enrolment.id)))
        db.engine.dispose()
    assert prepare(folder) == first
    with create_app(settings_of(folder)).app_context():
        fieldwork.enter_programme("samen")
        assert db.session.scalar(select(func.count(Enrolment.id))) == before
        db.engine.dispose()


def test_it_never_touches_a_folder_it_did_not_make(tmp_path: Path) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("mine", encoding="utf-8")
    with pytest.raises(NotOurs):
        prepare(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_what_it_leaves_behind_is_for_its_owner_only(made: tuple[Path, SignIns]) -> None:
    folder, _ = made
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in (MARKER, "keys", "aalten.csv", "samen.csv"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600, name


def test_its_exchange_files_are_ordinary_ones(made: tuple[Path, SignIns]) -> None:
    folder, _ = made
    with (folder / "aalten.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["participant"] for row in rows}) == 38
