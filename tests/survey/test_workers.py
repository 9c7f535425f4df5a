"""What changes in one worker is so in the other at once, with both databases."""

from __future__ import annotations

import os
import re
from pathlib import Path
from shutil import copytree

from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import delete, select, update

from survey.database import db
from survey.models import Membership, Organisation, Wave
from survey.respond.throttle import FREE_TRIES
from survey.serving import MEMORY
from tests.fixtures.rows import fill
from tests.fixtures.served import free_port, running
from tests.fixtures.workers import Browser, Workers, join


def ticked(page: str, item: str) -> list[str]:
    """The codes that are ticked of an item."""
    radios = re.findall(rf'<input type="radio" name="{item}"[^>]*>', page)
    return [
        re.sub(r'.* value="([^"]*)".*', r"\1", radio, flags=re.DOTALL)
        for radio in radios
        if " checked" in radio
    ]


def test_a_sitting_wanders_between_workers(workers: Workers) -> None:
    town = workers.town()
    person = Browser().begin(workers, join(town))
    assert person.path == "/survey/wellbeing/wellbeing"
    person.post(workers.one, person.path, wellbeing_1="2", then="next")
    page = person.get(workers.other, "/survey/wellbeing/wellbeing")
    assert ticked(page, "wellbeing_1") == ["2"]
    person.post(workers.other, person.path, wellbeing_2="4", then="next")
    page = person.get(workers.one, "/survey/wellbeing/wellbeing")
    assert ticked(page, "wellbeing_2") == ["4"]


def test_name_and_help_contact_are_the_newest(workers: Workers) -> None:
    """Also on pages that a worker keeps ready."""
    town = workers.town()
    person = Browser().begin(workers, join(town))
    pages = [
        (worker, path) for worker in (workers.one, workers.other) for path in (person.path, "/survey/last")
    ]
    for page in pages:
        assert "000 000" in person.get(*page)
        assert ("Gemeente town" in person.page) == (page[1] == "/survey/last")
    with town.app.app_context():
        town.inside()
        db.session.execute(update(Organisation).values(name="Gemeente Anders", help_contact="14 0999"))
        db.session.commit()
    for page in pages:
        assert "14 0999" in person.get(*page) and "000 000" not in person.page
        assert ("Gemeente Anders" in person.page) == (page[1] == "/survey/last")


def test_a_language_opens_in_both(workers: Workers) -> None:
    town = workers.town(languages=())
    code = join(town)
    coordinator = Browser().sign_in(workers, town, "coordinator")
    person = Browser()
    person.get(workers.other, "/?language=en")
    assert 'value="uk"' not in person.post(workers.other, "/", code=code)
    assert 'value="uk"' not in person.get(workers.one, "/survey/language")
    address = f"/manage/programmes/{town.code}/languages/uk"
    coordinator.get(workers.one, address)
    coordinator.post(workers.one, address, sure="y")
    assert coordinator.status == 200
    assert 'value="uk"' in person.get(workers.other, "/survey/language")
    assert 'value="uk"' in person.get(workers.one, "/survey/language")


def test_a_wave_closes_in_both(workers: Workers) -> None:
    town = workers.town()
    person = Browser().begin(workers, join(town))
    person.get(workers.other, person.path)
    coordinator = Browser().sign_in(workers, town, "coordinator")
    address = f"/manage/programmes/{town.code}/waves/before/close"
    coordinator.get(workers.one, address)
    coordinator.post(workers.one, address, sure="y")
    with town.app.app_context():
        town.inside()
        assert db.session.scalars(select(Wave).where(Wave.key == "before")).one().state == "closed"
    person.get(workers.other, "/survey/wellbeing/wellbeing")
    assert person.path == "/goodbye/over"


def test_a_new_code_ends_the_old_in_both(workers: Workers) -> None:
    town = workers.town()
    with town.app.app_context():
        _, enrolment, old = town.join()
        address = f"/casework/enrolments/{enrolment.id}/invitation"
    person = Browser().begin(workers, old)
    person.get(workers.other, person.path)
    casemanager = Browser().sign_in(workers, town, "casemanager")
    casemanager.get(workers.one, "/casework/")
    casemanager.post(workers.one, address, made="1")
    assert casemanager.status == 200, casemanager.page
    person.get(workers.other, "/survey/wellbeing/wellbeing")
    assert person.path == "/goodbye/over"


def test_wrong_codes_are_counted_together(workers: Workers) -> None:
    code = join(workers.town())
    person = Browser()
    person.get(workers.one, "/?language=en")
    for number in range(FREE_TRIES):
        person.post((workers.one, workers.other)[number % 2], "/?language=en", code=f"{code[:4]}-2222-2222")
        assert "does not work" in person.page
    for worker in (workers.one, workers.other):
        person.post(worker, "/?language=en", code=code)
        assert (person.status, "Too many wrong codes" in person.page) == (422, True)


def test_a_role_ends_in_both(workers: Workers) -> None:
    town = workers.town()
    coordinator = Browser().sign_in(workers, town, "coordinator")
    for worker in (workers.one, workers.other):
        coordinator.get(worker, "/manage/")
        assert coordinator.status == 200
    with town.app.app_context():
        town.inside()
        db.session.execute(delete(Membership))
        db.session.commit()
    for worker in (workers.one, workers.other):
        coordinator.get(worker, "/manage/")
        assert coordinator.status == 403


def test_signing_out_holds_in_both(workers: Workers) -> None:
    town = workers.town()
    coordinator = Browser().sign_in(workers, town, "coordinator")
    coordinator.get(workers.one, "/staff/account")
    coordinator.post(workers.one, "/staff/sign-out")
    coordinator.get(workers.other, "/manage/")
    assert coordinator.path == "/staff/sign-in"


def test_a_release_is_seen_in_both(workers: Workers) -> None:
    town = workers.town()
    reader = Browser().sign_in(workers, town, "coordinator")
    with town.app.app_context():
        town.inside()
        fill(town)
    for worker in (workers.one, workers.other):
        reader.get(worker, f"/dashboard/{town.code}/")
        assert reader.status == 404
    reader.get(workers.one, f"/publish/{town.code}/1")
    reader.post(workers.one, f"/publish/{town.code}/1")
    for worker in (workers.other, workers.one):
        reader.get(worker, f"/dashboard/{town.code}/")
        assert reader.status == 200


def test_workers_count_together(workers: Workers, migrated: Path, tmp_path: Path) -> None:
    """Workers of one server add up their figures, whichever of them is asked, and leave no file behind."""
    folder = copytree(migrated, tmp_path / "data")
    environment = {**os.environ, "TELVERTEL_PLAIN_HTTP": "true", "TMPDIR": str(tmp_path)}
    command = ("serve", "--workers", "2")
    with running(command, folder, free_port(), tmp_path / "log", environment) as (at, server):
        for _ in range(20):
            Browser().get(at, "/goodbye/thanks")
        for _ in range(4):
            families = text_string_to_metric_families(Browser().get(at, "/metrics"))
            counted = {
                sample.value
                for family in families
                for sample in family.samples
                if sample.name == "telvertel_requests_total"
                and sample.labels["endpoint"] == "respond.goodbye"
            }
            assert counted == {20.0}
        assert len(counted_in(tmp_path, server.pid)) == 1
    assert counted_in(tmp_path, server.pid) == []


def counted_in(temporary: Path, server: int) -> list[Path]:
    """Folders for the figures of this server: in memory, or where temporary files are."""
    places = (temporary, Path(MEMORY))
    return [folder for place in places for folder in place.glob(f"telvertel-metrics-{server}-*")]
