"""The two caseloads reproduce what was published, as the real command counts them from the people in their files."""

from __future__ import annotations

import csv
import json
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from demonstration import caseloads, elsewhere
from demonstration.build import settings_of
from survey import fieldwork
from survey.database import db
from survey.exchange.files import run_import
from survey.models import Activity, HouseholdMember, Note, Provider
from telvertel import commands, create_app

NEW, EARLIER = "newcomer", "earlier_newcomer"
SignIns = list[dict[str, str]]


@pytest.fixture(scope="module")
def demonstration(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SignIns]:
    """These two organisations alone; that the whole has them too is tested beside this."""
    folder = tmp_path_factory.mktemp("elsewhere") / "data"
    shutil.copytree(migrated, folder)
    with create_app(settings_of(folder)).app_context():
        sign_ins = elsewhere.add(folder)
        db.session.commit()
        db.engine.dispose()
    return folder, sign_ins


@pytest.fixture(scope="module")
def overbetuwe(demonstration: tuple[Path, SignIns]) -> dict[str, Any]:
    return analysed(demonstration[0], "overbetuwe")


def analysed(folder: Path, code: str) -> dict[str, Any]:
    done = CliRunner().invoke(commands(), ["analyse", code, "--json", "--data", str(folder)])
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def people(found: dict[str, Any], kind: str, activity: str | None = None, group: str | None = None) -> int:
    rows = [
        row["people"] for row in found["participation"]
        if (row["kind"], row["activity"], row["group"]) == (kind, activity, group)
    ]  # fmt: skip
    assert len(rows) <= 1
    return sum(rows)


@pytest.mark.parametrize(
    ("kind", "activity", "numbers"),
    [
        ("paid_work", None, (64, 12)),
        ("part_time_work", None, (16, 3)),
        ("activation", "Bewegen Werkt", (43, 10)),
        ("care_and_rest", None, (15, 36)),
        ("study", None, 13),
        ("volunteering", None, 43),
        ("study_preparation", None, 13),
        ("application_training", None, 56),
        ("activation", "4WD CARE", 24),
        ("activation", "2Switch", 8),
        ("course", "Lemat", 13),
        ("job_coaching", None, 50),
    ],
)
def test_overbetuwe_counts_as_its_evaluation(
    overbetuwe: dict[str, Any], kind: str, activity: str | None, numbers: int | tuple[int, int]
) -> None:
    """Where it tells status holders and oudkomers apart, they are apart here."""
    if isinstance(numbers, tuple):
        assert tuple(people(overbetuwe, kind, activity, group) for group in (NEW, EARLIER)) == numbers
    assert people(overbetuwe, kind, activity) == (sum(numbers) if isinstance(numbers, tuple) else numbers)


def test_overbetuwes_people_are_those_of_the_evaluation(
    demonstration: tuple[Path, SignIns], overbetuwe: dict[str, Any]
) -> None:
    folder, _ = demonstration
    assert overbetuwe["attrition"]["enrolled"] == 293
    of = {row["group"]: row["of"] for row in overbetuwe["participation"]}
    assert of == {None: 293, NEW: 199, EARLIER: 94}
    assert round(people(overbetuwe, "language_buddy", group=NEW) / of[NEW], 2) == 0.78
    assert sum(overbetuwe["ladder"]["before"].values()) == 293
    tracks = sum(
        row["people"] for row in overbetuwe["participation"] if row["group"] is row["activity"] is None
    )
    assert tracks > 293 * 1.5, "tracks overlap"
    with create_app(settings_of(folder)).app_context():
        fieldwork.enter_programme("overbetuwe")
        members = db.session.execute(select(HouseholdMember.household_id, HouseholdMember.benefit_unit)).all()
        assert 293 - len(members) + len({tuple(member) for member in members}) == 207
        db.engine.dispose()


def test_openembassy_counts_as_its_report(demonstration: tuple[Path, SignIns]) -> None:
    folder, _ = demonstration
    found = analysed(folder, "openembassy")
    assert found["attrition"]["enrolled"] == 81
    kinds = ("lasting_match", "paid_work", "internship", "volunteering", "network_talk", "one_off_job")
    assert [people(found, kind) for kind in kinds] == [68, 53, 5, 7, 66, 21]
    assert {row["of"] for row in found["participation"]} == {81}
    later = [row for row in found["participation"] if row["kind"] == "one_off_job" and row["group"] is None]
    assert [row["became_another"] for row in later] == [8]
    shares = {theme["label"]: theme["share"] for theme in found["themes"]}
    assert shares == {
        "work": 0.31, "health_care": 0.16, "other": 0.15, "social": 0.13, "language": 0.11, "housing": 0.08,
        "education": 0.06,
    }  # fmt: skip
    with create_app(settings_of(folder)).app_context():
        fieldwork.enter_programme("openembassy")
        _three_are_of_unknown_kind()
        assert db.session.scalar(select(func.count(Provider.id))) == 55
        supported = select(func.count(Note.enrolment_id.distinct()))
        assert db.session.scalar(supported) == 75
        db.engine.dispose()


def _three_are_of_unknown_kind() -> None:
    def doing(*kinds: str) -> set[Any]:
        return set(db.session.scalars(select(Activity.participant_id).where(Activity.standard.in_(kinds))))

    lasting = doing("lasting_match")
    assert len(lasting - doing("paid_work", "internship", "volunteering")) == 3
    job = select(Activity).where(Activity.standard == "one_off_job", Activity.became_id.is_not(None))
    assert {one.became.counts_as for one in db.session.scalars(job) if one.became} == {"lasting_match"}


def test_both_files_are_ordinary_ones_and_bring_nothing_new(demonstration: tuple[Path, SignIns]) -> None:
    folder, sign_ins = demonstration
    with create_app(settings_of(folder)).app_context():
        for name, number in (("overbetuwe.csv", 293), ("openembassy.xlsx", 81)):
            path = folder / name
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            plan = run_import(path, path.stem, dry_run=True)
            assert plan.changes_nothing and plan.counts["participant"] == (0, 0, number)  # type: ignore[union-attr]
            organisation = fieldwork.enter_organisation(path.stem)
            assert organisation.fictitious
        db.engine.dispose()
    with (folder / "overbetuwe.csv").open(encoding="utf-8", newline="") as file:
        assert len({row["participant"] for row in csv.DictReader(file)} - {""}) == 293
    assert [one["organisation"] for one in sign_ins] == ["overbetuwe"] * 2 + ["openembassy"] * 2


def test_the_same_people_are_invented_every_time() -> None:
    for rows in (caseloads.overbetuwe, caseloads.openembassy):
        assert list(rows()) == list(rows())
