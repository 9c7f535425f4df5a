"""What nobody should send, by class; the numbers are those of `test_classes`."""

from __future__ import annotations

from hypothesis import strategies as st

TEXTS = {
    "24 overrides of direction": "\u202eevil\u202c \u2066name\u2069",
    "25 NUL": "before\x00after",
    "26 half a character": "\ud800",
    "28 marks upon marks": "a" + "\u0301" * 10_000,
    "29 nothing to be seen": "\u200b\u200d\ufeff",
    "30 emoji": "Ґ’ї щастя 👩‍👩‍👧 🙂",
    "30 Tigrinya": "ትግርኛ",
    "30 composed otherwise": "Zoe\u0308",
    "31 a formula": '=HYPERLINK("https://evil.example")',
    "31 a wide formula": "\uff1d1+1",
    "31 a tab and a formula": "\t@SUM(1)",
    "32 a script": "<script>alert(1)</script>",
    "32 a handler": '"><img src=x onerror=alert(1)>',
    "32 what Plotly takes for markup": '<a href="javascript:alert(1)">link</a><br>',
    "33 a template": "{{7*7}}{% include 'x' %}${7*7}",
    "33 a format": "{0.__class__} %(name)s %s %n",
    "34 a line for the log": "name\r\n127.0.0.1 GET /forged 200",
    "36 another option": "none of these",
    "37 5,000 digits": "9" * 5000,
    "37 digits of another script": "٣\uff13",
    "37 a number that is none": "NaN",
    "37 a number with an end": "1e999",
    "38 a day that never was": "2023-02-29",
    "38 a year beyond": "99999-01-01",
    "41 a path": "../../x",
    "41 a device": "CON",
    "41 300 characters": "x" * 300,
    "SQL": "' OR 1=1; DROP TABLE page; --",
    "an address elsewhere": "//evil.example/\\evil.example",
}
texts = st.sampled_from(sorted(TEXTS.values())) | st.text(max_size=80)
