"""What is shipped: the right domains and items, in plain words, and never changed once published."""

import subprocess
import sys

import pytest

from instruments.asking import LOOKING_BACK
from instruments.library import conflicts, instruments, load, versions
from instruments.model import Instrument, Item
from instruments.translation import LANGUAGES, words

# A published version never changes, or responses given to it would mean something else: a better wording is a
# new file.
PUBLISHED = {
    ("anchor", 1): "d1f0472726c5d14718402d9b508d49218eaf57727b29f539f86973176aa03072",
    ("intake", 1): "fe814e706b1fef33ce1c463f71ef0c37b543c6b55fe53503e3a5ae880df1dc0b",
    ("integration", 1): "edd3f1ccd507829308603b30e66d968d3b0e37f44716236d24d5333ed68cb35c",
    ("integration-short", 1): "3ed6892703d63955d41d0cafcd83a8a6170171c13aa4bfdc7741a54e671350df",
    ("then-now", 1): "806b06dce4ffab374da23435699f723a82b76b9296bc46450bd80d1b4649f74d",
    ("wellbeing", 1): "a7bd86354edce12fd169622444ed057ecca12f6a8cbc448094a1fb259436ef2a",
}
DOMAINS = ["work", "housing", "education", "health", "leisure", "bonds", "bridges", "links"]
DOMAINS += ["language", "culture", "digital", "safety", "stability", "rights"]
NEGATIONS = {
    "en": {"not", "no", "never", "without", "none", "nothing"},
    "nl": {"niet", "geen", "nooit", "zonder", "niets"},
    "uk": {"не", "ні", "без", "немає", "ніколи"},
    "ru": {"не", "ни", "нет", "без", "никогда"},
    "ar": {"لا", "لم", "لن", "ليس", "ليست", "بدون", "غير", "عدم"},
    "ti": {"የለን", "ኣይኮነን", "ብዘይ", "ከይ"},
    "fa": {"نه", "بدون", "نیست", "هیچ", "هرگز"},
    "fa_AF": {"نه", "بدون", "نیست", "هیچ", "هرگز"},
    "so": {"la'aan", "maya", "weligaa"},  # "ma" also begins a question
    "tr": {"değil", "yok", "asla", "hiç", "olmadan"},
    "kmr": {"na", "qet", "tune", "bê", "bêyî", "nîne"},  # "ne" also means "are"
}
#: In these a word of English is often two, written apart.
MOST_WORDS = {"fa": 15, "fa_AF": 15, "so": 15}
EVERY = [load(latest.key, number) for latest in instruments() for number in versions(latest.key)]
ITEMS = [item for instrument in EVERY for item in instrument.items]


@pytest.mark.parametrize("instrument", EVERY, ids=lambda one: f"{one.key}.v{one.version}")
def test_published_versions_never_change(instrument: Instrument) -> None:
    assert PUBLISHED[instrument.key, instrument.version] == instrument.sha256


def test_no_published_version_has_gone() -> None:
    assert set(PUBLISHED) == {(one.key, one.version) for one in EVERY}


def test_integration_asks_three_questions_in_each_of_the_fourteen_domains() -> None:
    instrument = load("integration")
    assert [domain.code for domain in instrument.domains] == DOMAINS
    assert [item.id for item in instrument.items] == [f"{code}_{n}" for code in DOMAINS for n in (1, 2, 3)]


def test_the_short_form_asks_one_question_in_each_of_the_same_domains() -> None:
    instrument = load("integration-short")
    assert [domain.code for domain in instrument.domains] == DOMAINS
    assert [item.id for item in instrument.items] == [f"{code}_short" for code in DOMAINS]


def test_wellbeing_has_five_questions_and_one_mark_for_life() -> None:
    instrument = load("wellbeing")
    assert {d.code: [item.id for item in d.items] for d in instrument.domains} == {
        "wellbeing": [f"wellbeing_{n}" for n in range(1, 6)],
        "life_satisfaction": ["life_satisfaction"],
    }
    assert instrument.score_range("wellbeing") == (1, 5)
    assert instrument.score_range("life_satisfaction") == (0, 10)
    assert instrument.scale_of("life_satisfaction").codes == tuple(range(11))


def test_looking_back_asks_then_and_now_on_one_scale_and_the_change_on_another() -> None:
    then_now, anchor = load("then-now"), load("anchor")
    subjects = [*DOMAINS, "wellbeing"]
    assert [item.id for item in then_now.items] == [
        f"{code}_{n}" for code in subjects for n in ("then", "now")
    ]
    assert [item.id for item in anchor.items] == [f"{code}_anchor" for code in subjects]
    assert {item.scale for item in then_now.items} == {"good"}
    assert {item.scale for item in anchor.items} == {"change"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_question_that_looks_back_names_its_subject(language: str) -> None:
    """It is also heard, and read alone: no two of them may sound the same."""
    asked = [words(load(key), language).question(item.id) for key in LOOKING_BACK for item in load(key).items]
    assert len(set(asked)) == len(asked) == 45


def test_all_other_questions_have_five_labelled_options() -> None:
    for instrument in (one for one in EVERY if not one.intake):
        for item in instrument.items:
            if item.id != "life_satisfaction":
                scale = instrument.scale_of(item.id)
                assert scale.codes == (1, 2, 3, 4, 5)
                assert all(scale.labels)


def test_item_ids_and_shared_scales_agree_between_instruments() -> None:
    assert [fault for instrument in EVERY for fault in conflicts(instrument)] == []


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_every_question_says_what_it_measures_and_why(item: Item) -> None:
    """Or, of an intake, for what purpose it is asked."""
    assert bool(item.measures) != bool(item.purpose)
    assert len((item.purpose or item.why).split()) >= 4
    assert not item.reverse, "reversed questions confuse people; they are for imported instruments only"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("instrument", EVERY, ids=lambda one: one.key)
def test_questions_are_short_and_say_nothing_in_the_negative(instrument: Instrument, language: str) -> None:
    for item in instrument.items:
        question = words(instrument, language).question(item.id)
        found = [word.strip("?؟.,:").lower() for word in question.split()]
        assert len(found) <= MOST_WORDS.get(language, 12), question
        assert not NEGATIONS[language] & set(found), question
        assert question.endswith(("?", "؟"))


def test_the_intake_covers_what_a_plan_is_about_in_sixty_questions_at_most() -> None:
    intake = load("intake")
    assert [one.key for one in EVERY if one.intake] == ["intake"]
    assert {domain.code for domain in intake.domains} >= {
        "arrival", "housing", "family", "language", "education", "work", "income", "digital", "health", "network",
        "wishes",
    }  # fmt: skip
    assert 40 <= len(intake.items) <= 60
    assert all(item.id.startswith("intake_") for item in intake.items)
    skills = {f"intake_cefr_{skill}" for skill in ("listening", "speaking", "reading", "writing")}
    assert skills | {"intake_cefr_source", "intake_learnability", "intake_recognition", "intake_debts"} <= {
        item.id for item in intake.items
    }
    for item in intake.items:
        if item.records and item.scale:
            assert len(intake.scale_of(item.id).values) == len(intake.scale_of(item.id).codes)


def test_of_health_nothing_is_asked_before_the_person_wants_to_tell() -> None:
    first, *others = [item for item in load("intake").domain("health").items if item.id != "intake_doctors"]
    assert first.id == "intake_health_share"
    for item in others:
        assert item.shown_if is not None and (item.shown_if.item, item.shown_if.codes) == (first.id, (1,))


def test_someone_without_work_can_say_so() -> None:
    assert load("integration").item("work_2").not_applicable
    assert load("integration-short").item("work_short").not_applicable


def test_headings_are_those_of_the_framework_and_its_owner_is_named() -> None:
    parts = {"Markers and means": 5, "Social connections": 3, "Facilitators": 5, "Foundation": 1}
    for key in ("integration", "integration-short"):
        instrument = load(key)
        headings = [domain.heading for domain in instrument.domains]
        assert headings == [heading for heading, number in parts.items() for _ in range(number)]
        assert "Open Government Licence v3.0" in (instrument.attribution or "")
    assert {domain.heading for domain in load("wellbeing").domains} == {None}


def test_both_integration_forms_map_alike_and_every_term_of_every_table_is_reached() -> None:
    long, short = load("integration"), load("integration-short")
    assert [domain.mappings for domain in long.domains] == [domain.mappings for domain in short.domains]
    for table in long.mappings:
        reached = {term for domain in long.domains for term in domain.mappings.get(table.key, ())}
        assert reached == set(table.terms), table.key


def test_mappings_hold_the_agreed_examples() -> None:
    instrument = load("integration")
    assert instrument.domain("work").mappings == {
        "openembassy": ("work",),
        "oude_ijsselstreek": ("work",),
        "aalten": ("participation", "language_and_employee_skills", "lasting_work"),
        "positive_health": ("participation", "daily_functioning"),
        "ipl": ("economic", "navigational"),
    }
    assert instrument.domain("housing").mappings["aalten"] == ("self_reliance",)
    assert "oude_ijsselstreek" not in instrument.domain("safety").mappings
    assert load("wellbeing").domain("wellbeing").mappings["aalten"] == ("well_being",)


def test_asking_questions_loads_no_web_framework_no_database_and_no_numerical_library() -> None:
    code = (
        "import sys, instruments.commands, instruments.scoring, instruments.translation\n"
        "print(sorted({'numpy', 'scipy', 'flask', 'sqlalchemy', 'plotly'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
