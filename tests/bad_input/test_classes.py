"""Every class of bad input, and every way in which survey software was broken before, has its tests.

The numbers are those of the study that Telvertel's promises rest on. A class the program cannot meet yet says why, and
the check below fails as soon as a test that is named here is gone or renamed.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WORKBOOK = "survey/exchange/test_workbook.py::test_a_hostile_workbook_is_refused"
READ = "survey/exchange/test_read.py::test_what_is_no_table_is_refused_with_its_line"
TEXTS = "bad_input/test_texts.py::test_a_text_in_every_field"
HTTP = "bad_input/test_http.py::test_a_request_no_browser_makes"
CHOICE = "survey/respond/test_bad_input.py::test_a_choice_that_is_not_offered"
QUESTION = "survey/respond/test_bad_input.py::test_a_question_that_is_not_on_the_page"
WALK = "walk/test_walk.py::test_rows_of_another_town_are_like_none_at_all"
AT_HOME = "walk/test_walk.py::test_everybody_at_home"
THROTTLE = "survey/test_throttle.py"
DASHBOARD = "dashboard/test_dashboard.py"
SITTING = "survey/respond/test_sitting.py"
CODES = "survey/test_codes.py"
INSTRUMENT = "instruments/test_validation.py"

CLASSES = {
    1: (
        "a picture named .xlsx",
        "survey/exchange/test_read.py::test_content_says_what_a_file_is_and_not_its_name",
    ),
    2: ("a large sheet in a small zip", WORKBOOK),
    3: ("nested or overlapping zip", WORKBOOK),
    4: ("an entry outside its place, a link", WORKBOOK),
    5: ("an external entity", WORKBOOK),
    6: ("a billion laughs", WORKBOOK),
    9: ("a key twice", f"{INSTRUMENT}::test_a_file_made_to_break_the_reader_is_refused"),
    10: (
        "numbers that are none in JSON",
        "dashboard/test_commands.py::test_what_is_no_release_is_refused_in_words",
    ),
    11: ("brackets without end", f"{DASHBOARD}::test_what_json_lets_through_is_refused"),
    12: ("UTF-16, Windows-1252", READ),
    13: ("an unclosed quotation mark, ragged rows", READ),
    14: ("too many rows", "survey/exchange/test_read.py::test_files_that_are_too_large_are_refused"),
    15: ("macros and links", WORKBOOK),
    16: ("a formula", "survey/exchange/test_workbook.py::test_a_formula_is_refused_whatever_value_it_had"),
    17: (
        "codes that a spreadsheet changed",
        "survey/exchange/test_workbook.py::test_cells_that_a_spreadsheet_changed_are_refused_at_their_place",
    ),
    18: ("the same file twice", "survey/exchange/test_load.py::test_importing_twice_changes_nothing"),
    19: ("digits of other scripts", f"{CODES}::test_however_it_is_typed_it_is_the_same_code"),
    20: ("O and 0, I and 1, hyphens", f"{CODES}::test_however_it_is_typed_it_is_the_same_code"),
    21: ("used, expired, foreign", f"{CODES}::test_whatever_the_reason_the_answer_is_one_and_the_same"),
    22: ("100,000 characters", f"{CODES}::test_a_very_long_code_costs_nothing"),
    24: (
        "overrides of direction",
        "survey/casework/test_intake.py::test_a_mistake_is_said_and_nothing_typed_is_lost",
    ),
    25: ("NUL", "survey/respond/test_bad_input.py::test_characters_that_are_no_text_are_dropped"),
    26: ("half a character", f"{DASHBOARD}::test_what_json_lets_through_is_refused"),
    27: ("ten megabytes", "survey/respond/test_bad_input.py::test_ten_megabytes_are_refused_before_reading"),
    28: ("marks upon marks", TEXTS),
    29: ("nothing to be seen", "survey/respond/test_bad_input.py::test_what_nobody_can_see_is_nothing"),
    30: ("emoji, Tigrinya, NFC", "survey/respond/test_bad_input.py::test_words_are_kept_as_they_are"),
    31: ("formulas", "survey/exchange/test_formulas.py::test_nothing_in_an_export_is_evaluated"),
    32: ("scripts and handlers", TEXTS),
    33: ("templates and formats", TEXTS),
    34: ("a line for the log", "bad_input/test_requests.py::test_what_was_asked_does_not_write_the_log"),
    35: ("an unknown question", QUESTION),
    36: ("a foreign option, a list, twice the same", CHOICE),
    37: ("5,000 digits", CHOICE),
    38: ("a day that never was", TEXTS),
    39: ("no token", "survey/respond/test_bad_input.py::test_without_an_anti_forgery_token"),
    40: (
        "no id of what is sent",
        "survey/casework/test_intake.py::test_a_mistake_is_said_and_nothing_typed_is_lost",
    ),
    41: (
        "names of files and devices",
        "survey/test_commands.py::test_a_name_that_fits_no_address_is_refused",
    ),
    42: ("an id twice", f"{INSTRUMENT}::test_names_used_twice_are_reported_with_the_first_place"),
    44: ("a lost placeholder", "instruments/test_catalog_check.py::test_a_wrong_text"),
    45: ("markup in a translation", "instruments/test_catalog_check.py::test_a_wrong_text"),
    46: ("a language that is none", "survey/respond/test_bad_input.py::test_a_language_that_is_not_open"),
    47: ("a forged host", HTTP),
    48: ("an address elsewhere", "survey/test_accounts.py::test_signing_in_never_leads_away"),
    50: ("a way up, NUL in an address", HTTP),
    51: ("TRACE, another method in a header", HTTP),
    52: ("two ways to tell a length", "bad_input/test_http.py::test_two_ways_to_tell_a_length"),
    53: ("a packed body", HTTP),
    54: ("a forged callback", f"{DASHBOARD}::test_forged_requests_are_refused"),
    55: ("a cookie that was changed", "bad_input/test_requests.py::test_a_changed_cookie_is_nobodys"),
    56: ("another origin", "bad_input/test_requests.py::test_no_other_origin_is_let_in"),
}
#: Not met yet.
NOT_MET = {
    7: "nothing reads YAML: instruments are TOML",
    8: "nothing reads YAML",
    23: "nothing scans: a link opens in the browser, and only its fragment is read, as a code",
    43: "no instrument can hold a pattern to match",
    49: "nothing is fetched from anywhere at run time",
}
BROKEN_ELSEWHERE = {
    "SQL through the code's field, through lists": TEXTS,
    "markup in an import, in a form's defaults": TEXTS,
    "a folder named by input; a way out of a zip": WORKBOOK,
    "a download or an attachment without signing in": AT_HOME,
    "guessing codes; a lockout that shuts out others": f"{THROTTLE}::test_others_at_the_same_address_notice_nothing",
    "who answered, hidden in an anonymous form": f"{DASHBOARD}::test_nothing_of_a_person_is_in_anything_that_is_sent",
    "an export without permission; a child's id without its parent's": WALK,
    "deleting by a forged request": "survey/test_accounts.py::test_signing_out_is_done_on_purpose",
    "a forged host in a link": HTTP,
    "a redirect elsewhere": "survey/test_accounts.py::test_choosing_a_language_never_leads_away",
    "references that can be guessed": "walk/test_walk.py::test_ids_are_random",
    "questions that were not asked, answered": QUESTION,
    "a formula in an export": "survey/exchange/test_formulas.py::test_nothing_in_an_export_is_evaluated",
    "once, by another way or twice at a time": f"{SITTING}::test_sending_twice_is_sending_once",
    "one person's answers on the next one's screen": f"{SITTING}::test_the_next_person_at_the_tablet_sees_nothing",
    "a double click that ends the session": f"{SITTING}::test_finishing_twice_is_finishing_once",
    "what a page cannot send": "survey/respond/test_journey.py::test_everything_can_be_skipped",
}
#: Of the same study, without a place in this program.
NOT_HERE = {
    "fetching an address that was typed": "nothing is fetched",
    "deleted after sending failed": "nothing is kept on the device yet",
    "a mailer with a hole": "no mail is sent",
}


@cache
def names_in(file: Path) -> set[str]:
    tree = ast.parse(file.read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_class_has_a_test_or_a_reason() -> None:
    assert sorted([*CLASSES, *NOT_MET]) == list(range(1, 57))


@pytest.mark.parametrize(
    "test", sorted({test for _, test in CLASSES.values()} | set(BROKEN_ELSEWHERE.values()))
)
def test_what_is_named_is_there(test: str) -> None:
    file, _, name = test.partition("::")
    found = names_in(ROOT / "tests" / file)
    assert name in found if name else found


def test_yaml_is_read_nowhere() -> None:
    code = [
        path for folder in ("survey", "dashboard", "instruments") for path in (ROOT / folder).rglob("*.py")
    ]
    assert not [path for path in code if "yaml" in path.read_text("utf-8").lower()]


def test_nothing_is_fetched() -> None:
    """No module that could ask another machine is used by what serves people."""
    code = [
        path for folder in ("survey", "dashboard", "instruments") for path in (ROOT / folder).rglob("*.py")
    ]
    asking = ("import requests", "import httpx", "urllib.request", "import aiohttp", "http.client", "smtplib")
    assert not [path for path in code for word in asking if word in path.read_text("utf-8")]
