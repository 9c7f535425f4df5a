"""A coordinator reads words, and no label beside them that tells who wrote them."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from survey.manage.shared import FEWEST
from tests.fixtures.application import Town
from tests.survey.casework.conftest import people, went
from tests.survey.casework.filling import assert_strict, document
from tests.survey.manage.conftest import said

WORDS = "Я шукаю роботу."


@pytest.mark.parametrize("may_quote", [True, False])
def test_a_language_and_a_wave_are_told_where_enough_people_share_them(
    any_town: Town, may_quote: bool
) -> None:
    """Below five there is nothing on the page that names it, for a reader or in its source."""
    coordinator = any_town.sign_in("coordinator")
    said(any_town, WORDS, may_quote=may_quote)  # one person who speaks it and answered
    address = "/manage/quotes" if may_quote else "/manage/answers"
    people(any_town, FEWEST - 2, prefix="U")
    answered = people(any_town, FEWEST - 2, prefix="N", language="nl")
    for one in answered:
        went(any_town, one, "finished")
    assert not labels(coordinator, address)
    people(any_town, 1, prefix="V")
    assert labels(coordinator, address) == {"language"}
    went(any_town, people(any_town, 1, prefix="W", language="nl")[0], "finished")
    assert labels(coordinator, address) == {"language", "wave"}


def labels(coordinator: FlaskClient, address: str) -> set[str]:
    page = coordinator.get(address)
    assert_strict(page)
    (story,) = document(page).iter("article")
    source = page.text[page.text.index("<article") : page.text.index("</article>")]
    assert WORDS in source
    read = "".join(story.itertext())
    assert ('lang="uk"' in source) == ("Українська" in read)
    return {name for name, word in {"language": "Українська", "wave": "Voormeting"}.items() if word in read}
