"""How a text stands follows from what was decided on it, for this organisation, and from what is shipped now."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.database import db
from survey.models import Staff, StringReview
from survey.wording import operations, standing
from survey.wording.operations import Changed, Decision, Proposal, Unfit
from survey.wording.standing import Held
from survey.wording.texts import INTERFACE, Text, all_texts, key_of
from tests.fixtures.application import MakeTown, Town

LANGUAGE = "uk"
Ship = Callable[[Text, Text], None]


@pytest.fixture
def ship(monkeypatch: pytest.MonkeyPatch) -> Ship:
    """A newer program that ships this text in the place of that one."""

    def ship(before: Text, after: Text) -> None:
        texts = all_texts(LANGUAGE).by_key
        monkeypatch.delitem(texts, before.key)
        monkeypatch.setitem(texts, after.key, after)
        forget()

    def forget() -> None:
        standing._standing.cache_clear()
        standing._shipped.cache_clear()

    yield ship
    monkeypatch.undo()
    forget()


def question() -> Text:
    return next(text for text in all_texts(LANGUAGE).by_key.values() if text.context == "item: work_1")


def interface() -> Text:
    return next(text for text in all_texts(LANGUAGE).by_key.values() if text.source == ("Welcome",))


def staff(town: Town) -> Staff:
    town.inside()
    person = Staff(email=f"r@{town.code}.example", name="Olena", password="-")
    db.session.add(person)
    db.session.flush()
    return person


def held(key: str) -> Held:
    return standing.standing(LANGUAGE, standing.editions().get(LANGUAGE))[key]


def decide(text: Text, by: Staff, verdict: str = "approve", *forms: str) -> str:
    from sqlalchemy import select

    review = db.session.scalar(select(StringReview).where(StringReview.key == text.key))
    decision = Decision(verdict, forms or text.shipped, "back", "remark")
    return operations.decide(LANGUAGE, text.key, decision, by, operations.seen(text, review))


def test_each_verdict_says_what_is_read(any_town: Town) -> None:
    with any_town.app.app_context():
        by, text = staff(any_town), question()
        assert held(text.key) == Held("draft", text.shipped, False)
        assert decide(text, by) == "approved"
        assert held(text.key) == Held("approved", text.shipped, True)
        assert decide(text, by, "approve", "Інакше?") == "changed"
        assert held(text.key) == Held("changed", ("Інакше?",), True)
        assert decide(text, by, "refuse") == "refused"
        assert held(text.key) == Held("refused", text.shipped, False)


def test_a_decision_holds_in_its_own_organisation(any_town: Town, make_town: MakeTown) -> None:
    other = make_town(any_town.app, "borne")
    with any_town.app.app_context():
        decide(question(), staff(any_town), "approve", "Інакше?")
        db.session.commit()
        other.inside()
        assert held(question().key).state == "draft"


def test_another_translation_makes_it_stale(any_town: Town, ship: Ship) -> None:
    with any_town.app.app_context():
        text = question()
        decide(text, staff(any_town), "approve", "Інакше?")
        newer = text._replace(shipped=("Новіше?",))
        ship(text, newer)
        assert held(text.key) == Held("stale", ("Новіше?",), False)
        ship(newer, newer._replace(status="approved"))
        assert held(text.key).good, "the makers stand behind it"
        ship(newer, text)
        assert held(text.key).state == "changed"


@pytest.mark.parametrize("find", [question, interface])
def test_another_source_makes_it_stale_and_shows_the_one_before(
    any_town: Town, ship: Ship, find: Callable[[], Text]
) -> None:
    with any_town.app.app_context():
        text = find()
        by = staff(any_town)
        decide(text, by)
        source = (f"{text.source[0]}!",)
        newer = text._replace(source=source, key=key_of(text.catalog, text.context, source))
        ship(text, newer)
        assert held(newer.key).state == "stale"
        assert standing.decisions(LANGUAGE)[newer.key].source == list(text.source)
        decide(newer, by)
        assert held(newer.key).state == "approved"


def test_a_text_that_is_quite_another_one_is_new(any_town: Town, ship: Ship) -> None:
    with any_town.app.app_context():
        text = interface()
        decide(text, staff(any_town))
        source = ("Something of which nobody ever heard",)
        newer = text._replace(source=source, key=key_of(INTERFACE, "", source))
        ship(text, newer)
        assert held(newer.key).state == "draft"


def test_what_somebody_else_decided_meanwhile_is_not_written_over(any_town: Town) -> None:
    with any_town.app.app_context():
        by, text = staff(any_town), question()
        seen = operations.seen(text, None)
        decide(text, by, "refuse")
        with pytest.raises(Changed):
            operations.decide(LANGUAGE, text.key, Decision("approve", text.shipped), by, seen)
        assert held(text.key).state == "refused"


def test_a_proposal_changes_nothing_that_is_read(any_town: Town) -> None:
    with any_town.app.app_context():
        by, text = staff(any_town), question()
        decide(text, by)
        operations.propose(LANGUAGE, [Proposal(text.key, ("Пропозиція?",))])
        assert held(text.key) == Held("approved", text.shipped, True)
        decide(text, by, "approve", "Пропозиція?")
        assert held(text.key).texts == ("Пропозиція?",)
        assert operations.withdraw_proposals(LANGUAGE) == 0, "deciding answered it"


def test_withdrawn_proposals_leave_what_was_decided(any_town: Town) -> None:
    with any_town.app.app_context():
        by, (text, other) = staff(any_town), (question(), interface())
        decide(text, by, "approve", "Інакше?")
        operations.propose(LANGUAGE, [Proposal(each.key, ("Пропозиція",)) for each in (text, other)])
        assert operations.withdraw_proposals(LANGUAGE) == 2
        assert (held(text.key).state, held(other.key).state) == ("changed", "draft")
        assert other.key not in {review.key for review in standing.decisions(LANGUAGE).values()}


PLACES = [text for text in all_texts(LANGUAGE).by_key.values() if "%(" in text.source[0]]
SIGNS = st.text(st.sampled_from("aб %()snum{}d"), max_size=20)


@given(st.sampled_from(PLACES), SIGNS, SIGNS)
def test_no_translation_loses_or_adds_a_place(text: Text, before: str, after: str) -> None:
    """Whatever is let through can be filled in with just what the program has."""
    names = {
        "organisation", "day", "minutes", "programme", "moment", "version", "number", "total", "text", "language",
        "most",
    }  # fmt: skip
    for typed in (before, before + text.shipped[0] + after):
        try:
            operations.check(text, LANGUAGE, (typed,))
        except Unfit:
            continue
        filled = typed % {name: f"<{name}>" for name in names if f"%({name})s" in text.source[0]}
        wanted = {f"<{name}>" for name in names if f"%({name})s" in text.source[0]}
        assert all(word in filled for word in wanted)


def test_what_is_shipped_passes_the_check() -> None:
    for language in ("ar", "uk", "nl", "kmr", "fa_AF"):
        for text in all_texts(language).by_key.values():
            operations.check(text, language, text.shipped)
