"""Intended results and targets: taken over, written down, changed by two, reported, removed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from survey import languages, measures, targets
from survey.clock import today
from survey.database import db
from survey.measures import MEASURES
from survey.models import Figure, IntendedResult, Target
from tests.fixtures.application import Town, token_in
from tests.fixtures.audit import events
from tests.survey.casework.conftest import inside, speaking
from tests.survey.casework.filling import differing, document, send, submit, text


def page(town: Town) -> str:
    return f"/manage/programmes/{town.code}/targets"


def rows(town: Town, model: Any) -> list[Any]:
    with inside(town):
        found = list(db.session.scalars(select(model)))
        db.session.expunge_all()
    return found


def result(town: Town, client: FlaskClient, title: str = "More people take part") -> str:
    sent = submit(client, f"{page(town)}/new", title=title)
    assert sent.status_code == 303, text(sent)
    return str(sent.headers["Location"]).removesuffix("/measures")


def target(town: Town, client: FlaskClient, measure: str, **filled: Any) -> str:
    """A new result with one target; where the target stands."""
    added = submit(client, f"{result(town, client, measure)}/measures/{measure}", **filled)
    assert added.status_code == 303, text(added)
    return f"/manage/targets/{rows(town, Target)[-1].id}"


def test_an_example_is_taken_over_once_in_the_language_of_who_presses(any_town: Town) -> None:
    client = speaking("nl", any_town.sign_in("coordinator"))
    use = f"{page(any_town)}/templates/oude_ijsselstreek"
    assert submit(client, page(any_town), action=use).status_code == 303
    token = token_in(client.get(page(any_town)).text)
    again = client.post(use, data={"csrf_token": token}, follow_redirects=True)
    assert "Deze beoogde resultaten staan al in het programma." in "".join(document(again).itertext())
    titles = [one.title for one in rows(any_town, IntendedResult)]
    assert len(titles) == 6 and "Mensen doen mee door betaald werk" in titles
    shown = text(client.get(page(any_town)))
    assert "Ten minste 29%" in shown and "Oudkomer" in shown and "Statushouders in de bijstand" in shown
    assert "Zeven beoogde resultaten van een pilot" in shown, "the other example is still offered"
    noted = [event["details"] for event in events(any_town.app) if event["action"] == "target.changed"]
    assert [(one["what"], one["decision"]) for one in noted] == [("template.oude_ijsselstreek", "added")]


def test_every_measure_has_a_form_of_its_own(town: Town, coordinator: FlaskClient) -> None:
    address = result(town, coordinator)
    offered = text(coordinator.get(f"{address}/measures"))
    for code, measure in MEASURES.items():
        assert str(measure.name) in offered
        form = document(coordinator.get(f"{address}/measures/{code}"))
        fields = {field.get("name") for field in form.iter() if field.tag in ("select", "input", "textarea")}
        assert ("about" in fields) == bool(measure.about), code
        assert ("unit" in fields) == (len(measure.units) > 1), code
        assert ("name" in fields) == measure.is_told, code
        named = {"name": f"What {code} is"} if measure.is_told else {}
        for _ in "sent twice":
            assert submit(coordinator, f"{address}/measures/{code}", **named).status_code == 303
    assert len(rows(town, Target)) == len(MEASURES), "the same once more is the same"
    assert coordinator.get(f"{address}/measures/nothing").status_code == 404


@pytest.mark.parametrize(
    ("filled", "told"),
    [
        ({"value": "101"}, "at most 100"),
        ({"value": "forty"}, "Write a number"),
        ({"value": "40", "comparator": "more"}, "Than before needs no number"),
        ({"comparator": "about"}, "no longer offered"),
        ({"about": "9"}, "no longer offered"),
        ({"by_date": "soon"}, "Write a date, for example 31-12-2026."),
        ({"by_date": "0026-12-31"}, "Check the year."),
        ({"source": "x" * 501}, "at most 500"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_lost(
    town: Town, coordinator: FlaskClient, filled: dict[str, str], told: str
) -> None:
    address = f"{result(town, coordinator)}/measures/ladder_at_least"
    refused = submit(coordinator, address, owner="Care department", **filled)
    assert refused.status_code == 422 and told in text(refused)
    assert "Care department" in refused.text and rows(town, Target) == []


def test_percentages_are_kept_as_shares_and_shown_as_percentages(
    town: Town, coordinator: FlaskClient
) -> None:
    address = target(town, coordinator, "paid_work", value="29,5", group="newcomer", by_date="2027-12-31")
    (kept,) = rows(town, Target)
    assert (kept.value, kept.group, kept.unit) == (pytest.approx(0.295), "newcomer", "person")
    assert "At least 29.5%" in text(coordinator.get(page(town)))
    field = document(coordinator.get(address)).find(".//input[@name='value']")
    assert field is not None and field.get("value") == "29.5"
    assert submit(coordinator, address).status_code == 303
    assert rows(town, Target)[0].value == kept.value, "opened and saved it is the same"


def test_two_people_who_change_the_same_get_a_choice(any_town: Town) -> None:
    one, other = (speaking("en", any_town.sign_in("coordinator")) for _ in range(2))
    address = target(any_town, one, "exam_passed", value="40")
    title = f"/manage/targets/results/{rows(any_town, IntendedResult)[0].id}"
    for where, field, first, second in (
        (address, "owner", "Care department", "Income department"),
        (title, "title", "More people pass", "More people pass the exam"),
    ):
        seen = {"version": "1"}
        assert submit(one, where, **{field: first}).status_code == 303
        clash = submit(other, where, **{field: second}, **seen)
        assert clash.status_code == 409
        assert first in text(clash) and second in clash.text
        stale = submit(other, where, button=("remove", "yes"), **{field: second}, **seen)
        assert stale.status_code == 409 and "Not removed" in text(stale)
        assert (first, second) in differing(stale).values()
        assert submit(other, where, **{field: second}).status_code == 303
    assert rows(any_town, Target)[0].owner == "Income department"


def test_nobody_removes_what_somebody_else_added_beneath(town: Town, coordinator: FlaskClient) -> None:
    """A target to a result, a figure to a target."""
    other = speaking("en", town.sign_in("coordinator"))
    address = f"{target(town, coordinator, 'told_share', name='On assistance')}"
    title = f"/manage/targets/results/{rows(town, IntendedResult)[0].id}"
    told = {"value": "68", "base": "235", "source": "The register"}
    for where, day in ((address, "2026-01-31"), (title, "2026-02-28")):
        mine = coordinator.get(where)
        assert submit(other, f"{address}/figures", **told, as_of=day).status_code == 303
        late = send(coordinator, mine, where, ("remove", "yes"))
        assert late.status_code == 409 and "Not removed" in text(late) and len(rows(town, Target)) == 1
    assert send(coordinator, late, title, ("remove", "yes")).status_code == 303
    assert rows(town, Target) == rows(town, Figure) == []


def test_figures_are_reported_and_removed_with_what_they_belong_to(
    town: Town, coordinator: FlaskClient
) -> None:
    address = f"{target(town, coordinator, 'told_share', name='On assistance')}/figures"
    told = {"value": "68", "base": "235", "source": "The register"}
    for wrong in (
        {**told, "value": "168"}, {**told, "source": " "}, {**told, "as_of": "2999-01-01"},
        {**told, "base": "0"},
    ):  # fmt: skip
        assert submit(coordinator, address, **wrong).status_code == 422
    for _ in "sent twice":
        assert submit(coordinator, address, **told).status_code == 303
    other = submit(coordinator, address, **{**told, "value": "60"})
    assert other.status_code == 422 and "already" in text(other)
    (figure,) = rows(town, Figure)
    assert (figure.value, figure.as_of, figure.base) == (0.68, today(), 235)
    assert "68%" in text(coordinator.get(page(town)))
    removed = f"/manage/targets/figures/{figure.id}/removed"
    half = submit(coordinator, address, removed, source="Another register")
    assert half.status_code == 200 and "Another register" in half.text and rows(town, Figure) == []
    assert submit(coordinator, address, **told).status_code == 303
    removed = f"/manage/targets/figures/{rows(town, Figure)[0].id}/removed"
    assert submit(coordinator, address, removed).status_code == 303
    assert submit(coordinator, address, **told).status_code == 303
    where = f"/manage/targets/results/{rows(town, IntendedResult)[0].id}"
    assert submit(coordinator, where, button=("remove", "yes")).status_code == 303
    assert [rows(town, model) for model in (IntendedResult, Target, Figure)] == [[], [], []]
    work = target(town, coordinator, "paid_work")
    figures = {"csrf_token": token_in(coordinator.get(work).text), **told}
    assert coordinator.post(f"{work}/figures", data=figures).status_code == 404


def test_titles_are_one_of_a_kind(town: Town, coordinator: FlaskClient) -> None:
    result(town, coordinator, "Work")
    again = submit(coordinator, f"{page(town)}/new", title="Work")
    assert again.status_code == 422 and "already a result" in text(again)
    assert submit(coordinator, f"{page(town)}/new", title=" ").status_code == 422


def test_what_is_reported_has_a_name_of_its_own(town: Town, coordinator: FlaskClient) -> None:
    address = result(town, coordinator)
    for empty in ("", "  "):
        refused = submit(coordinator, f"{address}/measures/told_number", name=empty)
        assert refused.status_code == 422 and "what is reported" in text(refused)
    for name in ("Meetings about health", "Meetings about school"):
        assert submit(coordinator, f"{address}/measures/told_number", name=name).status_code == 303
        assert name in text(coordinator.get(page(town)))
    assert len(rows(town, Target)) == 2


@pytest.mark.parametrize("template", [one.key for one in targets.templates()])
def test_a_template_names_no_day_that_is_over(town: Town, coordinator: FlaskClient, template: str) -> None:
    """The day of the source stands with the source."""
    submit(coordinator, page(town), action=f"{page(town)}/templates/{template}")
    taken = rows(town, Target)
    assert taken and all(one.by_date is None or one.by_date >= today() for one in taken)
    (proposed,) = [one for one in targets.templates() if one.key == template]
    over = [one for each in proposed.results for one in each.targets if one.by_date and one.by_date < today()]
    assert len([one for one in taken if "to be reached by" in one.source]) == len(over)


@pytest.mark.parametrize("measure", MEASURES)
def test_a_measure_reads_as_one_phrase(town: Town, measure: str) -> None:
    """With each choice that can be made: no two pieces with a colon between them, and each choice another phrase."""
    with inside(town):
        about = MEASURES[measure].about
        offered = measures.choices(about, town.inside(), "nl") if about else {"": ""}
        with town.app.test_request_context(), languages.speaking("nl"):
            said = {code: measures.in_words(measure, code, town.inside(), "nl") for code in offered}
    assert len(set(said.values())) == len(said)
    for phrase in said.values():
        assert "%" not in phrase and ": " not in re.sub("“.*”", "", phrase), phrase
