"""Against what is shipped: real releases of a running program, of populations as large as those of real programmes.

Somebody who knows everybody, and who took part, cannot tell what anybody answered, where they stand or what they do;
and somebody who knows who is enrolled cannot tell who answered, nor who took it back. All is in one town: making it
costs more than attacking it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.attack import casework, quotes
from tests.attack.constraints import answers, world_of
from tests.attack.doors import Session, served
from tests.attack.harvest import Harvest, harvest, numbers, read
from tests.attack.membership import membership, withdrawals
from tests.attack.people import DOES, LABELS, WAVES, Kind, Person
from tests.attack.puzzle import Puzzle, World
from tests.attack.referee import Town, aim, answer_again, close, founded, go, release
from tests.attack.solve import attack
from tests.attack.telling import tell

SIZES = (38, 55, 75, 300)
SEEDS = (1, 2, 3, 4, 5)
#: Everybody answers everything, both times, and the attacker knows it.
STEADY = (2, 4)
#: Asks three questions about each domain instead of one.
LONG = (3,)
#: Some of the first go, and late people come: enough for a cohort of their own, or not.
TWICE = {"two-55": Kind(55, 6, late=15, gone=2), "two-75": Kind(75, 7, late=22, gone=3)}
TOO_FEW = {"few-38": Kind(38, 8, late=8, gone=2)}
THIRD = {"third-55": Kind(55, 9, WAVES, leaves=0.12), "third-75": Kind(75, 10, WAVES, skips=0, leaves=0.12)}
WAITS = {"p-waits": Kind(38, 11)}
#: Where an address leads when it is not for a councillor, or not there.
REFUSED = (301, 302, 303, 400, 403, 404, 405)
AIMS = [
    ("ladder_at_least", "3", ""), ("ladder_at_least", "4", ""), ("ladder_at_least", "4", "displaced"),
    ("ladder_up", "", ""), ("activity", "course", ""), ("activity", "course", "displaced"),
    ("activity", "course", "newcomer"),
]  # fmt: skip
AIMED = ("p75-1", "p300-1", "two-75")
#: Of some people in this programme somebody wrote down words that may be quoted.
TOLD, TELLERS = "two-55", 14


def kind(people: int, seed: int) -> Kind:
    if seed in STEADY:
        return Kind(people, seed, skips=0, leaves=0)
    return Kind(people, seed, short=seed not in LONG)


ONCE = {f"p{people}-{seed}": kind(people, seed) for people in SIZES for seed in SEEDS}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Five programmes of each size, and some with a second release; the program is running."""
    town = founded(tmp_path_factory.mktemp("attack") / "data", ONCE | TWICE | TOO_FEW | THIRD | WAITS)
    with served(town.folder) as town.address:
        coordinator = town.session("coordinator")
        for code in AIMED:
            aim(coordinator, code, AIMS)
        tell(town, TOLD, tellers(town))
        release(town, [code for code in town.kinds if code not in WAITS])
        for code in TWICE | TOO_FEW:
            go(town, code)
            answer_again(town, code)
        for code in THIRD:
            close(coordinator, code, "follow_up")
        release(town, [*TWICE, *TOO_FEW, *THIRD])
        yield town


def found_out(town: Town, code: str, domain: str, excludes: bool) -> str:
    """What the attack finds about a domain in the newest release and those before; nothing where it holds."""
    of, roster = town.kinds[code], town.roster(code)
    *earlier, newest = town.documents[code]
    puzzle = answers(newest, roster, domain, earlier, skips=of.skips > 0)
    verdict = attack(puzzle, world_of(puzzle, roster, of.short), of.seed, excludes)
    return "" if verdict.holds else f"{code} {verdict}"


def domains(document: dict[str, Any]) -> list[str]:
    return [entry["domain"] for entry in document["change"] if entry["pairs"] is not None]


@pytest.mark.parametrize("code", ONCE)
def test_no_answer_is_certain(town: Town, code: str) -> None:
    document = town.documents[code][0]
    assert len(domains(document)) >= 10
    for domain in domains(document):
        excludes = code.endswith("-1") and domain == exposed(document)  # everywhere: `make attack`
        assert not found_out(town, code, domain, excludes)


def exposed(document: dict[str, Any]) -> str:
    """The domain in which a printed mean is nearest to an end of a scale of five."""
    told = [
        one for one in document["change"] if one["pairs"] is not None and one["domain"] != "life_satisfaction"
    ]
    ends = {
        one["domain"]: [one[key] - end for key in ("before_mean", "after_mean") for end in (1, 5)]
        for one in told
    }
    return min(ends, key=lambda domain: min(map(abs, ends[domain])))


@pytest.mark.parametrize("code", TWICE)
def test_no_answer_is_certain_after_a_second_release(town: Town, code: str) -> None:
    first, second = town.documents[code]
    assert [one["release"] for one in second["population"]["cohorts"]] == [1, 2]
    told = [one["domain"] for one in second["change"] if one["release"] == 2]
    assert len(told) >= 5
    for domain in told:
        assert not found_out(town, code, domain, excludes=domain == exposed(second))


@pytest.mark.parametrize("code", [*TWICE, *TOO_FEW])
def test_who_took_it_back_is_not_certain(town: Town, code: str) -> None:
    first, second = town.documents[code]
    roster = town.roster(code)
    assert town.who_went(code).any()
    verdict = attack(withdrawals(first, second, roster), town.who_went(code), excludes=True)
    assert verdict.holds, (code, verdict)


@pytest.mark.parametrize("code", TOO_FEW)
def test_a_second_release_with_few_new_people_says_the_same(town: Town, code: str) -> None:
    first, second = town.documents[code]
    assert {key for key in first if first[key] != second[key]} <= {"number", "sha256", "waves"}


@pytest.mark.parametrize("code", THIRD)
def test_no_answer_is_certain_with_a_later_wave(town: Town, code: str) -> None:
    *_, newest = town.documents[code]
    told = [one["domain"] for one in newest["follow_up"] if one["pairs"] is not None]
    assert len(told) >= 8
    # The scale of eleven has more states than can be looked through; the others are of five.
    for domain in [one for one in told if one not in ("life_satisfaction", "wellbeing")]:
        assert not found_out(town, code, domain, excludes=False)


@pytest.mark.parametrize("code", [*ONCE, *TWICE])
def test_what_casemanagers_wrote_down_is_not_certain(town: Town, code: str) -> None:
    roster, documents = town.roster(code), town.documents[code]
    puzzles: list[tuple[Puzzle, World]] = [casework.ladder(documents, roster)]
    puzzles += [casework.activities(documents, roster, kind) for kind in DOES]
    puzzles += [casework.labels(documents[0], roster, label) for label in LABELS]
    for puzzle, world in puzzles:
        verdict = attack(puzzle, world, excludes=True)
        assert verdict.holds, (code, verdict)


def test_what_casemanagers_wrote_down_is_told(town: Town) -> None:
    """Else nothing was attacked."""
    documents = [town.documents[code][0] for code in ONCE]
    assert all(document["ladder"] for document in documents)
    assert sum(len(document["participation"]) for document in documents) > 40
    assert any(row["group"] for document in documents for row in document["participation"])
    assert any(row["activity"] for document in documents for row in document["participation"])
    assert any(document["themes"] for document in documents)
    told = [target for code in AIMED for target in town.documents[code][0]["targets"] if target["people"]]
    assert len(told) > 8 and any(target["group"] for target in told)


def tellers(town: Town) -> list[Person]:
    """Who goes between two releases first, if they told anything."""
    people = sorted(town.people[TOLD], key=lambda person: person not in town.gone(TOLD))
    return [person for person in people if person.notes and person not in town.late(TOLD)][:TELLERS]


def test_who_told_something_and_who_took_it_back_is_not_certain(town: Town) -> None:
    """A quote is its words and a domain, of nobody twice; one that is gone may still be there and not be drawn."""
    told, speak = town.told[TOLD], [person.profile["language"] for person in town.people[TOLD]]
    first, second = (document["quotes"] for document in town.documents[TOLD])
    gone = {person.name for person in town.gone(TOLD)}
    assert gone & set(told.values()) and first and second and first != second
    for shown in (first, second):
        assert len(shown) % quotes.AT_A_TIME == 0 and len(shown) < TELLERS
        assert len({told[quote["text"]] for quote in shown}) == len(shown)
        assert all(set(quote) == {"domain", "text", "language", "stance"} for quote in shown)
        assert not quotes.authors(shown, speak)
    assert not {told[quote["text"]] for quote in second} & gone
    number = town.documents[TOLD][1]["number"]
    assert quotes.taken_back(first, second, number, quotes.Drawing()) == []


def test_nothing_that_a_councillor_can_reach_stands_beside_a_quote(town: Town) -> None:
    """What was told occurs if it was drawn; nothing else of it does, nor anybody of whom it was written down."""
    got, told = harvest(town.session("councillor"), TOLD), town.told[TOLD]
    newest = town.documents[TOLD][-1]
    shown = {quote["text"] for quote in newest["quotes"]}
    everything = "\n".join(answer.text for answer in got.answers.values())
    assert {text for text in told if text in everything} == shown
    assert not [name for name in told.values() if name in everything]
    order = [(one["domain"], one["stance"], one["language"], one["text"]) for one in newest["quotes"]]
    assert order == sorted(order), "in no order of time"


@pytest.mark.parametrize("code", ONCE)
def test_who_answered_is_not_certain(town: Town, code: str) -> None:
    roster = town.roster(code)
    took_part = [("before" in one.answers) + 2 * ("after" in one.answers) for one in roster.people]
    verdict = attack(membership(town.documents[code][0], roster), np.array(took_part))
    assert verdict.holds, (code, verdict)


# --- what a councillor can get out of the running program is what stands in the release, and nothing beside it

SHOWN = "p55-1"


@pytest.fixture(scope="module")
def session(town: Town) -> Session:
    return town.session("councillor")


@pytest.fixture(scope="module")
def got(session: Session) -> Harvest:
    return harvest(session, SHOWN)


def test_the_document_to_take_along_is_the_release(town: Town, got: Harvest) -> None:
    assert json.loads(got.answers[f"/dashboard/{SHOWN}/release.json"].text) == town.documents[SHOWN][0]


def test_pages_and_callbacks_hold_no_number_that_the_release_does_not(town: Town, got: Harvest) -> None:
    known = explained(town.documents[SHOWN][0])
    assert len(got.figures) >= 20
    for page, figure in got.figures.items():
        for form in figure["response"]["figures"]["data"].values():
            for trace in form["data"]:
                told = {key: trace[key] for key in ("x", "text", "hovertext", "customdata") if key in trace}
                beyond = {one for one in numbers(told) if one % 1} - known
                assert not beyond, (page, beyond)
    beyond = {one for one in numbers(got.words()) if one % 1} - known
    assert not beyond, beyond


#: A bar never touches the mean it differs from: it stops this part of its scale away.
SHORT = 80


def explained(document: dict[str, Any]) -> set[float]:
    """Numbers with a decimal in the release; where a margin ends when it is drawn from a mean; and where a bar of a
    difference stops short of that mean, which follows from the mean alone."""
    scales = {
        (one["key"], domain["code"]): domain["high"] - domain["low"]
        for one in document["instruments"]
        for domain in one["domains"]
    }
    told = [
        (scales[entry["instrument"], entry["domain"]], row)
        for part in (document, *document["breakdowns"])
        for entry in part["change"]
        for row in entry.get("cells", [entry])
        if row["pairs"] is not None
    ]
    drawn = {row["before_mean"] + row[end] for _length, row in told for end in ("low", "high")}
    short = {row["before_mean"] + way * length / SHORT for length, row in told for way in (-1, 1)}
    short |= {way * length / SHORT for length, _row in told for way in (-1, 1)}
    return set(numbers(document)) | set(numbers([*drawn, *short]))


def test_what_is_not_offered_tells_nothing(got: Harvest) -> None:
    """It is refused, or answered like the same without the words that nobody reads."""
    offered = {
        read(answer.text) for asked, answer in got.answers.items() if asked.startswith(("callback", "/"))
    }
    for asked, answer in got.answers.items():
        if asked.startswith(("unoffered", "GET")):
            assert answer.status in REFUSED or read(answer.text) in offered, asked


def test_what_is_not_published_is_like_what_is_not_there(session: Session) -> None:
    there, nowhere = (harvest(session, code).plain(code) for code in ("p-waits", "p-absent"))
    assert there == nowhere
