"""Staff sign in: password, second factor, recovery codes (all by Flask-Security), and where each role starts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask, abort, request
from flask_login.utils import _user_context_processor
from flask_security import FSQLALiteUserDatastore, Security, current_user
from werkzeug.datastructures import ImmutableMultiDict

from survey import audience, forgery
from survey.database import db
from survey.models import Membership, Staff
from survey.privacy import rotation, watching
from survey.settings import Settings

#: So long after typing a password one may change how one signs in without typing it again.
REMEMBERED_AS_ONESELF = timedelta(minutes=15)
#: A telephone's clock may be off by so many seconds.
CLOCKS_DIFFER = 30


def init_app(app: Flask) -> None:
    from survey.accounts import (
        events,
        forms,
        joining,
        messages,
        passwords,
        second_factor,
        secrets,
        sessions,
        views,
    )

    app.config.from_mapping(_flask_security(app.extensions["telvertel_settings"]))
    app.config.from_mapping(secrets.settings(app.extensions["telvertel_keys"]))
    app.config.from_mapping(messages.MESSAGES)
    app.before_request(_refuse_what_no_page_sends)
    forgery.protection.init_app(app)
    app.register_blueprint(views.pages)
    app.register_blueprint(joining.pages)
    accounts = FSQLALiteUserDatastore(db, Staff, Membership)  # type: ignore[arg-type]  # never asked for roles
    security = Security(
        app,
        accounts,
        register_blueprint=True,
        password_util_cls=passwords.Passwords,
        totp_cls=second_factor.UsedOnce,
        login_form=forms.SignInForm,
        verify_form=forms.PasswordAgainForm,
        change_password_form=forms.NewPasswordForm,
        two_factor_verify_code_form=forms.CodeForm,
        mf_recovery_form=forms.RecoveryForm,
    )
    security.want_json(lambda request: False)
    security.login_manager.user_loader(sessions.load)
    _look_up_accounts_only_when_asked(app, security)
    watching.follow(app, secrets.take)
    rotation.register(app, secrets.under_older_keys)
    events.init_app(app)
    app.context_processor(views.signed_in)
    audience.declare(app, views.AUDIENCE | joining.AUDIENCE)


def _refuse_what_no_page_sends() -> None:
    """Flask-Security would read JSON as a form; people sign in on our pages, and no program does."""
    if request.blueprint != "security":
        return
    if request.is_json:
        abort(415)
    _drop_other_places()


def _drop_other_places() -> None:
    """After signing in one goes on to a path of ours; anything else is dropped."""
    from survey.accounts.views import OWN_PATH

    for part in ("args", "form"):
        sent = getattr(request, part)
        if not all(map(OWN_PATH.fullmatch, sent.getlist("next"))):
            kept = [(name, value) for name, value in sent.items(multi=True) if name != "next"]
            setattr(request, part, ImmutableMultiDict(kept))


def _look_up_accounts_only_when_asked(app: Flask, security: Security) -> None:
    """Before every request and for every page, a participant's too, Flask-Security and Flask-Login would look for
    an account: for permissions that we do not use (roles are per organisation, see `audience`), for a sign-in
    token in header and address, which nobody gets from us, and for templates, which may as well look themselves.
    """
    app.before_request_funcs[None].remove(security.principal._on_before_request)
    app.after_request_funcs[None].remove(security.login_manager._update_remember_cookie)
    security.login_manager.request_loader(lambda request: None)
    app.template_context_processors[None].remove(_user_context_processor)
    app.jinja_env.globals["current_user"] = current_user


def _flask_security(settings: Settings) -> dict[str, Any]:
    from survey.accounts import passwords

    return {
        "SECURITY_LOGIN_URL": "/staff/sign-in",
        "SECURITY_LOGOUT_URL": "/staff/sign-out",
        "SECURITY_CHANGE_URL": "/staff/password",
        "SECURITY_VERIFY_URL": "/staff/verify",
        "SECURITY_TWO_FACTOR_SETUP_URL": "/staff/second-factor",
        "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/staff/second-factor/code",
        "SECURITY_TWO_FACTOR_RESCUE_URL": "/staff/second-factor/rescue",
        "SECURITY_TWO_FACTOR_SELECT_URL": "/staff/second-factor/select",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL": "/staff/recovery-codes",
        "SECURITY_MULTI_FACTOR_RECOVERY_URL": "/staff/recovery",
        "SECURITY_POST_LOGIN_VIEW": "/staff/",
        "SECURITY_POST_LOGOUT_VIEW": "/staff/sign-in",
        "SECURITY_POST_CHANGE_VIEW": "/staff/account",
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/staff/second-factor/changed",
        "SECURITY_CACHE_CONTROL": None,  # survey.headers says no-store, on these pages too
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_LENGTH_MIN": passwords.SHORTEST,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_JOIN_USER_ROLES": False,
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_DEFAULT_REMEMBER_ME": False,
        "SECURITY_FRESHNESS": REMEMBERED_AS_ONESELF,
        "SECURITY_FRESHNESS_GRACE_PERIOD": REMEMBERED_AS_ONESELF,
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": CLOCKS_DIFFER,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_VALIDITY_COOKIE": {
            "httponly": True, "secure": not settings.plain_http, "samesite": "Strict",
        },
        "SECURITY_TOTP_ISSUER": "Telvertel",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
    }  # fmt: skip
