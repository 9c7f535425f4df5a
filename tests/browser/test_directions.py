"""Numbers of articles of law read from left to right, also in a line that goes the other way."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser

from instruments.translation import LANGUAGES
from tests.fixtures.texts import texts

ARTICLE = re.compile(r"\d\.\d\.[a-z]")
RIGHT_TO_LEFT = [code for code, language in LANGUAGES.items() if language.direction == "rtl"]
WHERE = """([start, length]) => {
  const text = document.querySelector("p").firstChild;
  return Array.from({length}, (_, step) => {
    const range = document.createRange();
    range.setStart(text, start + step);
    range.setEnd(text, start + step + 1);
    return range.getBoundingClientRect().left;
  });
}"""


@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
def test_an_article_reads_from_left_to_right(chromium: Browser, language: str) -> None:
    page = chromium.new_page()
    named = [text for text in texts(language) if ARTICLE.search(text)]
    assert len(named) == 2
    for text in named:
        page.set_content(f'<p dir="rtl" lang="{language}"></p>')
        page.eval_on_selector("p", "(shown, text) => { shown.textContent = text }", text)
        for article in ARTICLE.finditer(text):
            places = page.evaluate(WHERE, [article.start(), len(article[0])])
            assert places == sorted(places), f"{article[0]} is shown in another order"
    page.close()
