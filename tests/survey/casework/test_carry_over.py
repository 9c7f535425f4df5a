"""From an intake to facts and observations: looked at first, once, and over nothing that stands there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from sqlalchemy import select

from instruments import library
from survey.casework.intake import carry_over
from survey.clock import now, today
from survey.codes import OBSERVED, SOURCES
from survey.database import db
from survey.models import Intake, Observation, Participant
from tests.fixtures.application import Town
from tests.fixtures.audit import events
from tests.fixtures.pages import check_page, parsed
from tests.survey.casework.conftest import inside
from tests.survey.casework.test_intake_together import Together

INTAKE = library.load("intake")
TOLD: dict[str, dict[str, Any]] = {
    "arrival": {"intake_arrived_on": "2022-04-08"},
    "family": {"intake_household": "4"},
    "language": {"intake_cefr_speaking": "3", "intake_cefr_reading": "2", "intake_cefr_source": "2"},
    "work": {
        "intake_work_now": "1",
        "intake_hours": "24",
        "intake_contract": "2",
        "intake_occupation": "Baker",
    },
}


class Told(Together):
    """An intake in which something was told, up to its end."""

    def __init__(self, town: Town, finish: bool = True) -> None:
        super().__init__(town)
        for domain, answers in TOLD.items():
            assert self.save(domain, **answers).status_code == 303
        if finish:
            assert self.post("/finished").headers["Location"].endswith("/take-over")

    @property
    def preview(self) -> Element:
        page = self.client.get(f"{self.address}/take-over")
        assert page.status_code == 200
        return parsed(page.text)

    def boxes(self) -> dict[str, bool]:
        """What can be ticked, and whether it is."""
        found = self.preview.iterfind(".//input[@name='chosen']")
        return {str(box.get("value")): box.get("checked") is not None for box in found}

    def carry(self, items: list[str] | None = None, seen: str = "") -> Any:
        """Tick these, or leave the ticks as they are."""
        field = self.preview.find(".//input[@name='seen']")
        assert field is not None
        ticked = [item for item, is_ticked in self.boxes().items() if is_ticked] if items is None else items
        return self.post("/take-over", seen=seen or field.get("value"), chosen=ticked)

    def observed(self) -> dict[str, tuple[str, str]]:
        with inside(self.town):
            rows = db.session.scalars(select(Observation).where(Observation.participant_id == self.person))
            return {one.what: (one.value, one.source) for one in rows}

    def facts(self) -> tuple[Any, Any]:
        with inside(self.town):
            person = db.session.get_one(Participant, self.person)
            return person.arrival_year, person.household

    def finished(self, days_ago: int) -> None:
        with inside(self.town):
            intake = db.session.scalars(select(Intake).where(Intake.participant_id == self.person)).one()
            intake.finished_on = today() - timedelta(days=days_ago)

    def observe(self, what: str, value: str, days_ago: int) -> None:
        with inside(self.town):
            db.session.add(
                Observation(
                    participant_id=self.person, what=what, value=value, source="test", recorded_at=now(),
                    observed_on=today() - timedelta(days=days_ago),
                )
            )  # fmt: skip


def test_what_was_told_becomes_facts_and_dated_observations_once(any_town: Town) -> None:
    told = Told(any_town)
    check_page(told.client.get(f"{told.address}/take-over"))
    assert all(told.boxes().values()) and len(told.boxes()) == 7
    for _ in "pressed twice":
        assert told.carry().status_code == 303
    assert told.facts() == (2022, "children")
    assert told.observed() == {
        "speaking": ("a2", "test"), "reading": ("a1", "test"), "work_status": ("paid_work", "conversation"),
        "work_hours": ("24", "conversation"), "contract": ("fixed_term", "conversation"),
    }  # fmt: skip
    assert told.boxes() == {}, "it stands there already"
    actions = [event["action"] for event in events(any_town.app)]
    assert actions.count("observation.added") == 5 and actions.count("participant.changed") == 1
    told.finished(days_ago=3)
    assert told.boxes() == {}, "of another day too"


def test_only_what_is_ticked_is_written_down(town: Town) -> None:
    told = Told(town)
    assert (
        told.carry(["intake_cefr_speaking", "intake_household", "intake_occupation", "wishes"]).status_code
        == 303
    )
    assert set(told.observed()) == {"speaking"} and told.facts() == (None, "children")
    assert told.carry([]).status_code == 303
    assert set(told.observed()) == {"speaking"}


def test_nothing_of_the_same_day_is_written_over(town: Town) -> None:
    told = Told(town)
    told.observe("speaking", "b1", days_ago=0)
    assert "intake_cefr_speaking" not in told.boxes()
    assert told.carry(["intake_cefr_speaking", "intake_cefr_reading"]).status_code == 303
    assert told.observed()["speaking"] == ("b1", "test") and "reading" in told.observed()


def test_a_fact_is_replaced_only_by_a_tick_and_an_older_observation_is_followed(town: Town) -> None:
    told = Told(town)
    with inside(town):
        db.session.get_one(Participant, told.person).household = "alone"
    told.observe("speaking", "a1", days_ago=9)
    told.observe("work_status", "paid_work", days_ago=9)
    boxes = told.boxes()
    assert boxes["intake_household"] is False and boxes["intake_cefr_speaking"] is True
    assert "intake_work_now" not in boxes, "it was so already"
    assert told.carry().status_code == 303 and told.facts() == (2022, "alone")
    assert told.carry(["intake_household"]).status_code == 303 and told.facts() == (2022, "children")


def test_what_was_observed_since_stays_the_newest(town: Town) -> None:
    told = Told(town)
    told.finished(days_ago=5)
    told.observe("speaking", "b1", days_ago=1)
    assert told.boxes()["intake_cefr_speaking"] is False
    assert told.carry(["intake_cefr_speaking"]).status_code == 303
    with inside(town):
        rows = (
            select(Observation.value).where(Observation.what == "speaking").order_by(Observation.observed_on)
        )
        assert list(db.session.scalars(rows)) == ["a2", "b1"]


def test_hours_of_unpaid_work_are_no_hours_of_paid_work(town: Town) -> None:
    told = Told(town)
    assert (
        told.save("work", 1, intake_work_now="2", intake_hours="8", intake_job_field="1").status_code == 303
    )
    assert {"intake_work_now", "intake_job_field"} <= told.boxes().keys()
    assert not {"intake_hours", "intake_contract"} & told.boxes().keys()


def test_what_changed_since_the_page_was_shown_is_shown_first(town: Town) -> None:
    told = Told(town)
    answer = told.carry(["intake_cefr_speaking"], seen="0" * 32)
    assert answer.status_code == 409 and "intussen" in answer.text
    ticked = [box.get("value") for box in parsed(answer.text).iterfind(".//input[@checked]")]
    assert ticked == ["intake_cefr_speaking"] and told.observed() == {}


def test_an_intake_that_is_not_finished_is_gone_on_with(town: Town) -> None:
    told = Told(town, finish=False)
    for answer in (
        told.client.get(f"{told.address}/take-over"),
        told.post("/take-over", chosen="intake_household"),
    ):
        assert answer.status_code == 303 and answer.headers["Location"].endswith("/intake")
    assert told.observed() == {}


@pytest.mark.parametrize(
    "item", [item for item in INTAKE.items if item.records], ids=lambda item: str(item.id)
)
def test_every_answer_fits_where_it_would_go(item: Any) -> None:
    assert item.records in {*OBSERVED, *carry_over.FACTS, carry_over.SOURCE}
    if item.scale:
        codes = OBSERVED.get(item.records) or (SOURCES if item.records == carry_over.SOURCE else None)
        values = INTAKE.scale_of(item.id).values
        assert len(values) == len(INTAKE.scale_of(item.id).codes)
        assert codes is None or set(values) <= set(codes)
        assert all(carry_over.recorded_value(item.records, one) for one in values if item.records != "source")
