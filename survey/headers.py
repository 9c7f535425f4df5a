"""What every answer says to the browser: run and load nothing but ours, keep nothing, tell no other site."""

from __future__ import annotations

from flask import Flask, Response, current_app, g

POLICY = (
    "default-src 'none'; script-src 'self'{scripts}; style-src 'self'{styles}; img-src 'self' data:{images}; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
STRICT = POLICY.format(scripts="", styles="", images="")
ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(self), microphone=(), geolocation=(), interest-cohort=()"),
)


def init_app(app: Flask) -> None:
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 24 * 60 * 60
    app.after_request(_add)


def _add(response: Response) -> Response:
    headers = response.headers
    for name, value in ALWAYS:
        headers[name] = value
    headers["Content-Security-Policy"] = g.get("content_security_policy", STRICT)
    if "Cache-Control" not in headers:  # files of ours say how long they may be kept
        headers["Cache-Control"] = "no-store"
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return response
