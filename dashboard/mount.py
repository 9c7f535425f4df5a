"""The dashboard on the server of the survey: addresses, audience, and Dash under the strict policy.

All that is read stands in the page as it is sent. Dash draws the chart in it: its layout knows no user and no
programme, one callback asks for the figure of the address the reader is at, and the survey's guard admits or
refuses that request like any other.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html
from flask import Flask, abort, current_app, g, make_response, redirect, render_template, request
from flask_babel import get_locale
from flask_wtf.csrf import generate_csrf
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from dashboard import queries
from dashboard.pages import addresses, made, programmes
from dashboard.requests_from_dash import checked_callback, checked_suite
from survey import audience, compression, forgery, languages
from survey.database import db
from survey.headers import POLICY
from survey.models import Organisation, Release

PAGE = "dashboard/page.html"
STATIC = Path(__file__).parent / "static"
#: Programme codes never begin with an underscore, so these stand in nobody's way.
ASSETS = "_assets"
ASSETS_ENDPOINT = "_dashboard_dash_assets.static"
TOKEN_COOKIE = "telvertel_dashboard"
KEPT_SECONDS = 600
NO_FIGURE: dict[str, Any] = {
    "data": [],
    "layout": {"autosize": True, "height": 40, "xaxis": {"visible": False}, "yaxis": {"visible": False}},
}


T = TypeVar("T")


class Dashboard(Dash):
    """Dash, whose page is a template of ours."""

    def index(self, *arguments: Any, path: str = "") -> Any:
        """The page at an address below /dashboard/; 404 unless this reader has something published there."""
        parts = _parts(path)
        if not parts:
            return _programmes_page()
        if parts[1:] == (addresses.DOCUMENT,):
            return _document(parts[0])
        search = request.query_string.decode("ascii", "replace")
        release = _published(parts[0])
        page = _made(made.page, release, parts, search)
        if _is_plain(search):
            compression.this_page()
        # Who made it is told beside the page, which is kept: an organisation's name and contact can change.
        whose = db.session.get_one(Organisation, release.organisation_id)
        g.dashboard = {"page": page, "release": release, "whose": whose}
        if not page.has_chart:
            return render_template(PAGE, **g.dashboard)
        g.style_nonce = secrets.token_urlsafe(16)
        response = make_response(super().index())  # type: ignore[no-untyped-call]  # Dash has no types
        response.headers["Content-Security-Policy"] = _policy(self, g.style_nonce)
        if not forgery.is_own_token(request.cookies.get(TOKEN_COOKIE, "")):
            # Dash sends this back with every callback; the survey's check reads it there. Not a new one with
            # every page: what a browser keeps, it keeps for one set of cookies.
            response.set_cookie(
                TOKEN_COOKIE, generate_csrf(), path=addresses.ROOT, samesite="Strict",
                secure=current_app.config["SESSION_COOKIE_SECURE"],
            )  # fmt: skip
        return response

    def _config(self) -> dict[str, Any]:
        """What Dash tells its scripts, but for which Python runs here."""
        config: dict[str, Any] = super()._config()  # type: ignore[no-untyped-call]  # likewise
        del config["python_version"]
        return config

    def interpolate_index(
        self, metas: str = "", title: str = "", css: str = "", config: str = "", scripts: str = "",
        app_entry: str = "", favicon: str = "", renderer: str = "",
    ) -> str:  # fmt: skip
        from_dash = {"config": config, "scripts": scripts, "renderer": renderer}
        return render_template(PAGE, **g.dashboard, **from_dash, style_nonce=g.style_nonce)


def init_app(app: Flask) -> None:
    dash_app = _dash(app)
    dash_app.layout = _layout()
    _register_callbacks(dash_app)
    with app.app_context():
        # Otherwise it would do this in the middle of somebody's first request.
        dash_app._setup_server()  # type: ignore[no-untyped-call]  # likewise
    app.extensions["telvertel_dashboard_hashes"] = " ".join(dash_app.csp_hashes())
    _tighten(app, dash_app)


def _dash(app: Flask) -> Dashboard:
    dash_app = Dashboard(
        "dashboard",
        server=cast(Any, app),
        routes_pathname_prefix=addresses.ROOT,
        requests_pathname_prefix=addresses.ROOT,
        assets_folder=str(STATIC),
        assets_url_path=ASSETS,
        include_assets_files=False,
        use_pages=False,
        serve_locally=True,
        use_async=False,
        add_log_handler=False,
        update_title=cast(str, None),
        suppress_callback_exceptions=True,
        csrf_token_name=TOKEN_COOKIE,
        csrf_header_name="X-CSRFToken",
        external_scripts=[f"{addresses.ROOT}{ASSETS}/vendor/plotly-basic.min.js"],
    )
    # The basic bundle, a quarter of the whole one, draws all our charts.
    dcc._js_dist[:] = [script for script in dcc._js_dist if script.get("namespace") != "plotly"]
    return dash_app


def _layout() -> html.Div:
    """The same for everyone: what is shown where is decided by the callbacks."""
    return html.Div(
        [
            dcc.Location(id="address", refresh=False),
            dcc.Store(id="figures"),
            dcc.Store(id="width"),
            dcc.Graph(
                id="chart", figure=NO_FIGURE,
                config={"displayModeBar": False, "responsive": True, "doubleClick": False, "showTips": False},
            ),
        ]
    )  # fmt: skip


def _register_callbacks(dash_app: Dash) -> None:
    @dash_app.callback(Output("figures", "data"), Input("address", "pathname"), State("address", "search"))
    def shown(pathname: str, search: str) -> Mapping[str, Any]:
        """Both forms of the chart at this address; no figure where the page has none."""
        with languages.speaking(_language(search)):
            parts = _parts(pathname)
            release = _published(parts[0] if parts else "")
            figures = _made(made.figures, release, parts, search.removeprefix("?"))
            return figures or {"wide": NO_FIGURE, "narrow": NO_FIGURE}

    dash_app.clientside_callback(  # type: ignore[no-untyped-call]  # likewise
        ClientsideFunction("telvertel", "fitting_figure"),
        Output("chart", "figure"), Input("figures", "data"), Input("width", "data"),
        prevent_initial_call=True,
    )  # fmt: skip


def _parts(path: str) -> tuple[str, ...]:
    try:
        return addresses.parse(path)
    except LookupError:
        abort(404)


def _language(search: str) -> str:
    """The language of the page that asks: named in its address, or else as for any request."""
    named = _query(search.removeprefix("?")).get("language")
    return named if named in languages.STAFF_LANGUAGES else languages.current().code


def _query(search: str) -> MultiDict[str, str]:
    return MultiDict(pair.partition("=")[::2] for pair in search.split("&") if pair)


def _published(code: str) -> Release:
    """What is published of a programme; 404 when there is nothing for this reader."""
    release = queries.published(code)
    if release is None:
        abort(404)
    return release


def _made(make: Callable[..., T], release: Release, parts: tuple[str, ...], search: str) -> T:
    """What is made of a release for an address; 404 when there is no such page about it, or it does not offer what was
    chosen."""
    try:
        return make(release.document, parts[1:], _query(search).get(addresses.CHOICE), get_locale())
    except LookupError:
        abort(404)


def _is_plain(search: str) -> bool:
    """Whether an address holds nothing that its page does not offer."""
    return search in ("", f"{addresses.CHOICE}={_query(search).get(addresses.CHOICE)}")


def _document(code: str) -> Response:
    """The release itself, byte for byte, for whoever wants to check it."""
    release = _published(code)
    headers = {"Content-Disposition": f'attachment; filename="{code}-{release.number}.json"'}
    return Response(release.document, mimetype="application/json", headers=headers)


def _programmes_page() -> str | Response:
    published = [release.content for release in queries.all_published()]
    if len(published) == 1:
        return redirect(addresses.programme_address(published[0]), 303)
    return render_template(programmes.TEMPLATE, **programmes.context(published))


def _policy(dash_app: Dash, nonce: str) -> str:
    hashes = current_app.extensions["telvertel_dashboard_hashes"]
    return POLICY.format(scripts=f" {hashes}", styles=f" 'nonce-{nonce}'", images=" blob:")


def _tighten(app: Flask, dash_app: Dash) -> None:
    """Say who may reach Dash's addresses, and refuse what Dash itself would stumble over."""
    names = [endpoint for endpoint in app.view_functions if endpoint.startswith(addresses.ROOT)]
    audience.declare(app, dict.fromkeys(names, audience.READERS))
    audience.declare(app, {ASSETS_ENDPOINT: audience.READERS})
    for unused in ("_reload-hash", "_favicon.ico"):
        audience.declare(app, {addresses.ROOT + unused: frozenset()})
    callback = addresses.ROOT + "_dash-update-component"
    app.view_functions[callback] = checked_callback(app.view_functions[callback], dash_app)
    app.extensions["telvertel_reading"].add(callback)
    for same in ("_dash-layout", "_dash-dependencies"):
        app.view_functions[addresses.ROOT + same] = _kept(app.view_functions[addresses.ROOT + same])
    suite = addresses.ROOT + "_dash-component-suites/<string:package_name>/<path:fingerprinted_path>"
    app.view_functions[suite] = _kept(checked_suite(app.view_functions[suite]))


def _kept(view: Callable[..., Any]) -> Callable[..., Any]:
    """What is the same for everyone and on every page may be kept by the browser for a while, if no longer."""

    def answer(**arguments: Any) -> Response:
        response = make_response(view(**arguments))
        response.headers.setdefault("Cache-Control", f"private, max-age={KEPT_SECONDS}")
        return response

    return answer
