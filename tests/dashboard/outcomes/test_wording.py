"""Sentences about releases: nothing claimed that was not measured, no number that is not in the release."""

import re
from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.outcomes.release import Cohort, Parts, build
from dashboard.outcomes.wording import change_sentence, opening_sentence, sentences
from tests.dashboard.outcomes.cases import NAMES, QUOTES, WAVES, pilot, released
from tests.dashboard.outcomes.languages import dutch, english

LANGUAGES = {"en": english(), "nl": dutch()}
FORBIDDEN = {
    "en": r"effect|thanks to|\bprove[sdn]?\b|proof|because of|impact|caus(e|ed|es|ing)\b|due to|result of",
    "nl": r"effect|\bdoor\b|dankzij|bewij|impact|vanwege|wegens|oorza|gevolg|te danken",
}
HIGHER = {"en": "higher", "nl": "hoger"}
LOWER = {"en": "lower", "nl": "lager"}
SCALES = {"integration": (1.0, 5.0), "wellbeing": (0.0, 10.0)}


@st.composite
def frozen_domains(draw, code):
    """What was kept of one domain, or why nothing was: numbers that can go together, of any verdict."""
    instrument = draw(st.sampled_from(["integration", "integration", "wellbeing"]))
    n, (lowest, highest) = draw(st.integers(0, 90)), SCALES[instrument]
    why = "too_few_pairs" if n < 10 else draw(st.sampled_from(["no_spread", None, None, None]))
    room = (highest - lowest) / 4
    before, after = (draw(st.floats(lowest + room, highest - room)) for _ in range(2))
    after = draw(st.sampled_from([after, before, before + 0.03, before - 0.03]))
    half = draw(st.sampled_from([0.01, 0.02, 0.1, 0.3, 1.0]))
    squares = n * (after - before) ** 2 + n * (n - 1) * (half / 2) ** 2
    up, same, down = (draw(st.integers(10, 30)) for _ in range(3))
    counts = draw(st.sampled_from([(up, n - up - down, down), (up, None, None), (None, None, None)]))
    if n < 30 or min([n - up] + [count for count in counts if count is not None]) < 10:
        counts = (None, None, None)
    kept = {"n": n, "before": n * before, "after": n * after, "squares": squares}
    return (
        f"{instrument}/{code}",
        why,
        kept | dict(zip(("improved", "maintained", "declined"), counts, strict=True)),
    )


@st.composite
def releases(draw):
    codes = draw(st.lists(st.sampled_from([f"domain {letter}" for letter in "abcdefghij"]), unique=True))
    domains = [draw(frozen_domains(code)) for code in codes]
    both = max([kept["n"] for _, _, kept in domains], default=0)
    before, after = both + draw(st.integers(0, 30)), both + draw(st.integers(0, 30))
    statistics = {
        "people": both, "stated": {"enrolled": max(before, after), "before": before, "after": after},
        "change": {key: kept for key, why, kept in domains if why is None},
        "why": {key: why for key, why, _ in domains if why},
        "breakdowns": {}, "ladder": None, "participation": [], "links": [], "themes": None, "aims": {},
    }  # fmt: skip
    instruments = [
        {"key": key, "version": 1, "domains": [
            {"code": one.split("/")[1], "heading": None, "low": low, "high": high}
            for one, _, _ in domains if one.startswith(key)
        ]} for key, (low, high) in SCALES.items()
    ]  # fmt: skip
    quotes = [{**QUOTES[0], "domain": code} for code in codes[:3]]
    return build(
        Parts(
            programme={"code": "a", "name": "A", "organisation": "B", "fictitious": False},
            number=1, built_on=date(2026, 11, 21), instruments=instruments, waves=WAVES, quotes=quotes,
            cohorts=[Cohort(1, statistics)] if both >= 10 else [],
        )
    )  # fmt: skip


def names_of(release):
    """Names without digits, so that every digit in a sentence is a number."""
    return {entry["domain"]: f"name {entry['domain'][-1]}" for entry in release["change"]}


def digits(text):
    return set(re.findall(r"\d+(?:[.,]\d+)*", text))


def written(language, points=(), counts=()):
    return {language.points(abs(value)) for value in points} | {language.count(value) for value in counts}


def near_zero(numbers, told, language):
    """An end of a margin that rounds to zero, while the other does not, is said to lie just above it."""
    *_, low, high = told or (1, 1)
    return numbers - {language.points(0)} | {"0"} if min(low, high) == 0 < max(low, high) else numbers


@settings(max_examples=200)
@given(releases())
def test_no_sentence_claims_a_cause_and_every_sentence_is_finished(release):
    for code, forbidden in FORBIDDEN.items():
        said = sentences(release, names_of(release), LANGUAGES[code])
        texts = [said["opening"], *said["lead"], *said["certainty"], *said["withheld"]]
        texts += [
            domain[key] for domain in said["domains"] for key in ("change", "distribution", "comparison")
        ]
        for text in filter(None, texts):
            assert not re.search(forbidden, text, re.IGNORECASE), text
            assert text.endswith(".") and text[0].isupper(), text
            assert not re.search(r"%|\bNone\b|\bnan\b|-\d|  ", text), text


def told(entry, language):
    """Every number the sentence about a domain should have, as the reader writes them."""
    ends = SCALES[entry["instrument"]]
    margin = [entry["low"], entry["high"]]
    if entry["verdict"] == "too_few":
        return written(language, counts=[10])
    if entry["verdict"] == "no_spread":
        return set()
    if entry["verdict"] == "not_shown":
        rounded_away = {"0"} if 0 in margin else set()
        return written(language, filter(None, margin), [entry["pairs"]]) | rounded_away
    size = [entry["difference"]] if entry["difference"] else []
    numbers = written(language, [*margin, *size], [entry["pairs"], *map(int, ends)])
    return near_zero(numbers, [abs(end) for end in margin], language)


@settings(max_examples=200)
@given(releases())
def test_a_domains_sentence_has_its_numbers_and_no_other(release):
    for code, language in LANGUAGES.items():
        said = sentences(release, names_of(release), language)["domains"]
        for entry, domain in zip(release["change"], said, strict=True):
            assert digits(domain["change"]) == told(entry, language)
            assert (entry["verdict"] == "rose") <= (LOWER[code] not in domain["change"])
            assert (entry["verdict"] == "fell") <= (HIGHER[code] not in domain["change"])
            assert (domain["comparison"] is not None) == (entry["verdict"] in ("rose", "fell"))


@settings(max_examples=200)
@given(releases())
def test_a_distribution_has_its_numbers_and_no_other(release):
    for language in LANGUAGES.values():
        said = sentences(release, names_of(release), language)["domains"]
        for entry, domain in zip(release["change"], said, strict=True):
            assert (domain["distribution"] is None) == (entry["maintained"] is None)
            if domain["distribution"]:
                counts = [entry[key] for key in ("pairs", "improved", "maintained", "declined")]
                step = 1.0 if entry["instrument"] == "wellbeing" else 0.5
                assert digits(domain["distribution"]) == written(language, [step], counts)


@settings(max_examples=200)
@given(releases())
def test_the_summary_has_only_numbers_of_the_release(release):
    found = [entry["verdict"] for entry in release["change"]]
    areas = {found.count(verdict) for verdict in ("rose", "fell", "not_shown", "too_few")} | {len(found)}
    shown = [entry for entry in release["change"] if entry["verdict"] in ("rose", "fell")]
    by_chance = sum(not entry["holm"] for entry in shown)
    for language in LANGUAGES.values():
        said = sentences(release, names_of(release), language)
        assert digits(said["opening"]) <= written(language, counts=areas)
        assert digits(" ".join(said["lead"])) <= written(language, counts=areas | {by_chance})
        groups = Counter((item["what"], item["why"]) for item in release["withheld"])
        assert digits(" ".join(said["withheld"])) <= written(language, counts=[10, 30, *groups.values()])
        people = release["population"]["people"]
        halves = {round(n / 10, 1) for n in range(14)}
        holm = {sum(bool(entry["holm"]) for entry in release["change"])}
        allowed = written(language, halves, {people["before"], people["both"], 95, 100, 5, 10} | areas | holm)
        allowed |= written(
            language, counts={len(shown), *(int(end) for ends in SCALES.values() for end in ends)}
        )
        assert digits(" ".join(said["certainty"])) <= allowed


@settings(max_examples=200)
@given(releases())
def test_the_opening_names_what_rose_and_fell_or_how_many(release):
    names, found = names_of(release), release["change"]
    for language in LANGUAGES.values():
        text = opening_sentence(release, names, language)
        for verdict in ("rose", "fell"):
            listed = [names[entry["domain"]] for entry in found if entry["verdict"] == verdict]
            assert all(name in text for name in listed) or str(len(listed)) in text
        for entry in found:
            assert entry["verdict"] not in ("too_few", "no_spread") or names[entry["domain"]] not in text


@settings(max_examples=200)
@given(releases())
def test_the_caveat_stands_with_every_change_that_was_shown(release):
    caveat = {"en": "There was no comparison group.", "nl": "Er was geen vergelijkingsgroep."}
    shown = any(entry["verdict"] in ("rose", "fell") for entry in release["change"])
    for code, language in LANGUAGES.items():
        said = sentences(release, names_of(release), language)
        assert any(caveat[code] in text for text in said["certainty"])
        assert any(caveat[code] in text for text in said["lead"]) == shown


def example(code):
    release = released(pilot(), quotes=QUOTES)
    return release, sentences(release, NAMES, LANGUAGES[code])


EXAMPLES = [
    (
        "en",
        "opening",
        "The second time, participants on average gave themselves a higher score for work and life as a whole and a "
        "lower score for housing; for health no difference was shown.",
    ),
    (
        "nl",
        "opening",
        "De tweede keer gaven deelnemers zichzelf gemiddeld een hogere score voor work en life as a whole en een "
        "lagere score voor housing; voor health is geen verschil aangetoond.",
    ),
    (
        "en",
        "work",
        "The second time, participants scored on average 0.8 points higher for work, on a scale from 1 to 5 "
        "(margin 0.7 to 1.0; about 35 people).",
    ),
    (
        "nl",
        "housing",
        "De tweede keer scoorden deelnemers gemiddeld 0,8 punt lager voor housing, op een schaal van 1 tot "
        "5 (marge 0,7 tot 1,0; ongeveer 35 mensen).",
    ),
    (
        "nl",
        "health",
        "Voor health is geen verschil aangetoond: de marge loopt van 0,1 punt lager tot 0,3 punt hoger "
        "(ongeveer 35 mensen). Dat betekent niet dat er niets is veranderd.",
    ),
    (
        "en",
        "language",
        "We cannot say anything about language: fewer than 10 people answered both times.",
    ),
]


@pytest.mark.parametrize(("code", "about", "text"), EXAMPLES)
def test_how_it_reads(code, about, text):
    said = example(code)[1]
    by_domain = {domain["domain"]: domain["change"] for domain in said["domains"]}
    assert (by_domain | {"opening": said["opening"]})[about] == text


def test_a_rise_too_small_for_one_decimal_is_not_called_zero():
    entry = {**released(pilot())["change"][0], "difference": 0.0, "low": 0.0, "high": 0.1}
    text = change_sentence(released(pilot()), entry, "work", LANGUAGES["en"])
    assert "less than a tenth of a point" in text
    assert "0.0 points" not in text


def test_one_person_and_one_area_are_not_plural():
    assert LANGUAGES["nl"].ngettext("%(areas)s area", "%(areas)s areas", 1) == "%(areas)s gebied"
