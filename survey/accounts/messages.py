"""What Flask-Security says in passing, in our own words and from our own catalog."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

MESSAGES: dict[str, tuple[Any, str]] = {
    "SECURITY_MSG_UNAUTHENTICATED": (_("Sign in to open this page."), "message"),
    "SECURITY_MSG_UNAUTHORIZED": (_("Your account may not open this page."), "error"),
    "SECURITY_MSG_ANONYMOUS_USER_REQUIRED": (_("You are signed in already."), "message"),
    "SECURITY_MSG_PASSWORD_CHANGE": (_("Your password is changed."), "success"),
    "SECURITY_MSG_REAUTHENTICATION_REQUIRED": (_("First type your password once more."), "message"),
    "SECURITY_MSG_REAUTHENTICATION_SUCCESSFUL": (_("Thank you. You can go on."), "success"),
    "SECURITY_MSG_TWO_FACTOR_LOGIN_SUCCESSFUL": (_("You are signed in."), "success"),
    "SECURITY_MSG_TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (_("The second step is on."), "success"),
    "SECURITY_MSG_TWO_FACTOR_DISABLED": (_("The second step is off."), "success"),
    "SECURITY_MSG_TWO_FACTOR_PERMISSION_DENIED": (_("Begin again: sign in with your password."), "error"),
    "SECURITY_MSG_TWO_FACTOR_INVALID_TOKEN": (_("The code was not right. Try once more."), "error"),
    "SECURITY_MSG_TWO_FACTOR_SETUP_EXPIRED": (_("That took too long. Try once more."), "error"),
}
