"""What the sign-in library is told, seen from outside: its doors, its limits, its cookies, and who listens to it.

A setting with a slip in its name is silently the library's default. So each is held here to what it is for.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, request
from flask_login import user_logged_out
from flask_security import password_changed, tf_disabled, tf_profile_changed, user_authenticated
from itsdangerous import URLSafeTimedSerializer

from survey.accounts import (
    _drop_other_places,
    devices,
    events,
    forms,
    messages,
    passwords,
    second_factor,
    secrets,
    sessions,
    views,
)
from survey.audience import EVERYONE, NOBODY, STAFF, declared
from survey.models import Staff
from tests.fixtures.application import Town, fresh_app

#: By endpoint, where it is and how it may be asked.
DOORS = {
    "security.login": ("/staff/sign-in", {"GET", "POST"}),
    "security.logout": ("/staff/sign-out", {"POST"}),
    "security.verify": ("/staff/verify", {"GET", "POST"}),
    "security.change_password": ("/staff/password", {"GET", "POST"}),
    "security.two_factor_setup": ("/staff/second-factor", {"GET", "POST"}),
    "security.two_factor_setup_validate": ("/staff/second-factor/<token>", {"POST"}),
    "security.two_factor_token_validation": ("/staff/second-factor/code", {"GET", "POST"}),
    "security.two_factor_rescue": ("/staff/second-factor/rescue", {"GET", "POST"}),
    "security.tf_select": ("/staff/second-factor/select", {"GET", "POST"}),
    "security.mf_recovery_codes": ("/staff/recovery-codes", {"GET", "POST"}),
    "security.mf_recovery": ("/staff/recovery", {"GET", "POST"}),
}
#: Our own doors, and for whom all of them are.
OURS = {
    "accounts.home": ("/staff/", {"GET"}),
    "accounts.account": ("/staff/account", {"GET"}),
    "accounts.speak": ("/staff/language", {"POST"}),
    "accounts.work_for": ("/staff/organisation", {"POST"}),
    "accounts.end_session": ("/staff/sessions/<uuid:session_id>/end", {"POST"}),
    "accounts.end_sessions": ("/staff/sessions/end", {"POST"}),
    "accounts.second_factor_changed": ("/staff/second-factor/changed", {"GET"}),
    "joining.link": ("/staff/invitation/", {"GET"}),
    "joining.enter": ("/staff/invitation/", {"POST"}),
    "joining.invitation": ("/staff/invitation/accept", {"GET"}),
    "joining.join": ("/staff/invitation/accept", {"POST"}),
    "joining.accept": ("/staff/invitation/accept/here", {"POST"}),
}
SIGNED_IN = {
    "accounts.home", "accounts.account", "accounts.work_for", "accounts.end_session", "accounts.end_sessions",
    "accounts.second_factor_changed", "security.verify", "security.change_password", "security.two_factor_setup",
    "security.two_factor_setup_validate", "security.mf_recovery_codes",
}  # fmt: skip
#: What cannot be seen at a door, or only after a quarter of an hour.
TOLD = {
    "POST_LOGIN_VIEW": "/staff/",
    "POST_LOGOUT_VIEW": "/staff/sign-in",
    "POST_CHANGE_VIEW": "/staff/account",
    "TWO_FACTOR_POST_SETUP_VIEW": "/staff/second-factor/changed",
    "CACHE_CONTROL": None,
    "PASSWORD_HASH": "argon2",
    "PASSWORD_LENGTH_MIN": passwords.SHORTEST,
    "CHANGEABLE": True,
    "SEND_PASSWORD_CHANGE_EMAIL": False,
    "RETURN_GENERIC_RESPONSES": True,
    "JOIN_USER_ROLES": False,
    "DEFAULT_REMEMBER_ME": False,
    "FRESHNESS": timedelta(minutes=15),
    "FRESHNESS_GRACE_PERIOD": timedelta(minutes=15),
    "TWO_FACTOR": True,
    "TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
    "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
    "TWO_FACTOR_RESCUE_EMAIL": False,
    "TOTP_ISSUER": "Telvertel",
    "MULTI_FACTOR_RECOVERY_CODES": True,
}
FORMS = {
    "login_form": forms.SignInForm,
    "verify_form": forms.PasswordAgainForm,
    "change_password_form": forms.NewPasswordForm,
    "two_factor_verify_code_form": forms.CodeForm,
    "mf_recovery_form": forms.RecoveryForm,
}


@pytest.fixture
def over_https(app: Flask) -> Flask:
    """The same with cookies for TLS only."""
    settings = app.extensions["telvertel_settings"]
    return fresh_app(settings.model_copy(update={"plain_http": False, "hosts": ("localhost",)}))


def test_its_doors_are_ours_and_no_others(app: Flask) -> None:
    found = {
        rule.endpoint: (rule.rule, (rule.methods or set()) - {"HEAD", "OPTIONS"})
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(("accounts.", "joining.", "security."))
    }
    del found["security.static"]
    assert found == DOORS | OURS


def test_each_door_says_for_whom_it_is(app: Flask) -> None:
    """An address that nobody named is nobody's: so each of them is."""
    with app.app_context():
        said = {
            name: audience
            for name, audience in declared().items()
            if name.startswith(("accounts.", "joining.", "security."))
        }
    assert said.keys() == DOORS.keys() | OURS.keys() | {"security.static"}
    asks_by_mail = {"security.two_factor_rescue"}
    for name, audience in said.items():
        expected = NOBODY if name in asks_by_mail else STAFF if name in SIGNED_IN else EVERYONE
        assert audience is expected, name


def test_of_what_is_sent_with_a_place_elsewhere_only_that_place_is_dropped(app: Flask) -> None:
    sent = {"next": "//elsewhere.example", "a": ["1", "2"], "b": "3"}
    with app.test_request_context("/staff/sign-in", query_string=sent, method="POST", data=sent):
        _drop_other_places()
        for kept in (request.args, request.form):
            assert kept.to_dict(flat=False) == {"a": ["1", "2"], "b": ["3"]}


def test_what_it_is_told(app: Flask) -> None:
    assert {name: app.config[f"SECURITY_{name}"] for name in TOLD} == TOLD


def test_its_words_are_ours(app: Flask) -> None:
    assert {name: app.config[name] for name in messages.MESSAGES} == messages.MESSAGES


def test_the_second_step_is_remembered_by_a_strict_cookie(app: Flask, over_https: Flask) -> None:
    for served, secure in ((app, False), (over_https, True)):
        strict = {"httponly": True, "secure": secure, "samesite": "Strict"}
        assert served.config["SECURITY_TWO_FACTOR_VALIDITY_COOKIE"] == strict


def test_its_forms_are_ours(app: Flask) -> None:
    found = app.extensions["security"].forms
    assert {name: found[name].cls for name in FORMS} == FORMS


def test_passwords_codes_and_sessions_are_checked_by_ours(app: Flask) -> None:
    security = app.extensions["security"]
    with app.app_context():
        assert isinstance(security._password_util, passwords.Passwords)
        assert isinstance(security._totp_factory, second_factor.UsedOnce)
    assert security.login_manager._user_callback is sessions.load


@pytest.mark.parametrize(
    ("signal", "listener"),
    [
        (user_authenticated, events._came_in),
        (user_logged_out, events._left),
        (password_changed, events._changed_password),
        (tf_profile_changed, events._set_second_factor),
        (tf_disabled, events._removed_second_factor),
    ],
    ids=["signed in", "signed out", "password", "second factor", "no second factor"],
)
def test_it_is_listened_to(app: Flask, signal: Any, listener: Any) -> None:
    assert listener in list(signal.receivers_for(app))


def test_keys_that_change_reach_it(app: Flask) -> None:
    assert secrets.take in app.extensions["telvertel_key_watch"].followers
    assert secrets.under_older_keys in app.extensions["telvertel_sealed_with_master"]


def test_nothing_looks_for_an_account_that_nobody_asked_for(app: Flask) -> None:
    """A participant's page turn would look for staff otherwise."""
    security = app.extensions["security"]
    assert security.principal._on_before_request not in app.before_request_funcs[None]
    assert security.login_manager._update_remember_cookie not in app.after_request_funcs[None]
    assert views.signed_in in app.template_context_processors[None]
    named = {function.__name__ for function in app.template_context_processors[None]}
    assert "_user_context_processor" not in named
    with app.test_request_context(headers={"Authentication-Token": "x"}):
        assert security.login_manager._request_callback(None) is None


@pytest.fixture
def person(town: Town) -> Iterator[Staff]:
    with town.app.test_request_context():
        yield Staff(email="an@aalten.example", fs_uniquifier="u" * 64)


def test_a_cookie_of_a_device_says_as_little_as_it_can(over_https: Flask, person: Staff) -> None:
    with over_https.test_request_context():
        response = devices.remember(person, over_https.response_class())
        name, value = response.headers["Set-Cookie"].split(";")[0].split("=", 1)
        account, device = devices._serializer().loads(value)
        assert name.startswith("__Secure-telvertel_device_") and len(name.rpartition("_")[2]) == 12
        assert (len(account), len(device)) == (32, 22)
        assert set(account) <= set("0123456789abcdef")
        other = URLSafeTimedSerializer(str(over_https.secret_key)).dumps([account, device])
        own = URLSafeTimedSerializer(str(over_https.secret_key), salt="staff device").dumps([account, device])
    for cookie, known in ((other, None), (own, device)):
        with over_https.test_request_context(headers={"Cookie": f"{name}={cookie}"}):
            assert devices.known(person, person.email) == known, "signed for another purpose"


def test_over_plain_http_its_name_promises_nothing(app: Flask, person: Staff) -> None:
    with app.test_request_context():
        assert (
            devices.remember(person, app.response_class())
            .headers["Set-Cookie"]
            .startswith("telvertel_device_")
        )


def test_an_address_of_any_letters_has_a_cookie(app: Flask) -> None:
    """Half a character, which a browser can send and no file can hold, is no reason to fail."""
    with app.test_request_context():
        assert devices.known(None, "\ud800@aalten.example") is None
