"""What is changed, area by area, and the tests that ought to notice."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

#: By area: the modules that are changed. Left out is accounts/messages.py, which holds words for people only.
AREAS: dict[str, tuple[str, ...]] = {
    "accounts": ("survey/accounts/[!m]*.py", "survey/forgery.py", "survey/staffing.py"),
    "tenancy": ("survey/tenancy.py", "survey/statements.py", "survey/audience.py"),
    "sealing": ("survey/privacy/sealed.py", "survey/privacy/fields.py", "survey/privacy/keys.py"),
    "audit": ("survey/privacy/audit.py", "survey/privacy/chain.py", "survey/privacy/chain_check.py"),
    "codes": ("survey/privacy/codes.py", "survey/respond/throttle.py"),
}
#: By area: its own tests. Which of them run a changed line is measured; those of other areas follow.
TESTS: dict[str, tuple[str, ...]] = {
    "accounts": (
        "survey/accounts", "survey/test_accounts.py", "survey/manage/test_colleagues.py",
        "survey/privacy/test_rotation.py", "survey/test_forgery.py", "survey/test_headers.py",
        "survey/test_audience.py",
    ),
    "tenancy": (
        "survey/test_tenancy_session.py", "survey/test_tenancy.py", "survey/test_tenancy_writing.py",
        "survey/test_statements.py",
        "survey/test_audience.py", "survey/test_parts.py", "survey/test_schema.py", "survey/test_row_security.py",
        "walk/test_guards_taken_away.py", "walk/test_row_security_alone.py", "survey/accounts",
        "survey/tablets/test_handing_over.py",
    ),
    "sealing": (
        "survey/test_sealed.py", "survey/test_sealed_columns.py", "survey/test_keys.py",
        "survey/privacy/test_rotation.py",
    ),
    "audit": (
        "survey/test_audit.py", "survey/test_audit_chain.py", "survey/manage/test_audit_log.py",
        "survey/test_traces.py", "survey/accounts/test_trail.py",
    ),
    "codes": (
        "survey/test_codes.py", "survey/test_throttle.py", "survey/respond/test_journey.py",
    ),
}  # fmt: skip
#: By area, then the name of a module: the tests that ask most of it, where their name does not say so.
FIRST: dict[str, dict[str, tuple[str, ...]]] = {
    "accounts": {
        "__init__": ("test_wiring", "test_own_pages"),
        "events": (
            "test_trail",
            "test_guesses",
            "test_sessions",
            "test_two_organisations",
            "test_second_factor",
        ),
        "forgery": ("test_headers", "test_wiring"),
        "forms": (
            "test_guesses",
            "test_locks",
            "test_passwords",
            "test_joining",
            "test_second_factor",
            "test_lockout",
            "test_own_pages",
        ),
        "joining": ("test_wiring", "test_invitations"),
        "lockout": ("test_doors", "test_locks", "test_guesses"),
        "operations": ("test_locks", "test_invitations", "test_accounts", "test_two_organisations"),
        "secrets": ("test_rotation", "test_wiring"),
        "staffing": ("test_locks", "test_colleagues", "test_invitations", "test_sessions"),
        "views": ("test_wiring", "test_own_pages", "test_sessions", "test_two_organisations"),
    },
    "tenancy": {
        "audience": ("test_handing_over", "test_second_factor", "test_two_organisations", "test_invitations")
    },
}
#: They hold numbers and names to what is written elsewhere, for every area, and take no time.
ALSO = ("test_security_document.py",)


def names(area: str, module: str) -> tuple[str, ...]:
    """What the files of tests are called that ask most of a module."""
    return (f"test_{module}", *FIRST.get(area, {}).get(module, ()), *ALSO)


def modules(area: str) -> list[Path]:
    return sorted(path for pattern in AREAS[area] for path in ROOT.glob(pattern))


def paths_of_tests(areas: tuple[str, ...]) -> list[str]:
    """Where the tests of these areas are, each once."""
    named = [name for area in areas for name in TESTS[area]]
    return [f"tests/{name}" for name in dict.fromkeys([*named, *ALSO])]


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
