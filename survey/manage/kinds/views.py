"""The pages on which the organisation keeps its kinds of activities and its providers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from survey import audience, code_names
from survey.fieldwork import Refused
from survey.manage.kinds import operations, queries
from survey.manage.kinds.forms import KindForm, ListedForm, ProviderForm
from survey.manage.kinds.operations import Listed
from survey.models import ActivityKind, Provider

pages = Blueprint("kinds", __name__, url_prefix="/manage/kinds", template_folder="../templates")
AUDIENCE = {
    "kinds.lists": audience.MANAGEMENT,
    "kinds.new_kind": audience.MANAGEMENT,
    "kinds.kind": audience.MANAGEMENT,
    "kinds.new_provider": audience.MANAGEMENT,
    "kinds.provider": audience.MANAGEMENT,
}


@pages.get("/")
def lists() -> str:
    return render_template(
        "manage/kinds.html", kinds=queries.kinds(), providers=queries.providers(),
        standard_names=code_names.STANDARD_KIND_NAMES,
    )  # fmt: skip


@pages.route("/activities/new", methods=["GET", "POST"])
def new_kind() -> Any:
    return _edit(ActivityKind(), KindForm(), _("New kind of activity"))


@pages.route("/activities/<uuid:kind_id>", methods=["GET", "POST"])
def kind(kind_id: UUID) -> Any:
    found = queries.kind(kind_id, to_change=request.method == "POST") or abort(404)
    return _edit(found, KindForm(obj=found), _("Change a kind of activity"))


@pages.route("/providers/new", methods=["GET", "POST"])
def new_provider() -> Any:
    return _edit(Provider(), ProviderForm(), _("New provider"))


@pages.route("/providers/<uuid:provider_id>", methods=["GET", "POST"])
def provider(provider_id: UUID) -> Any:
    found = queries.provider(provider_id, to_change=request.method == "POST") or abort(404)
    return _edit(found, ProviderForm(obj=found), _("Change a provider"))


def _edit(listed: Listed, form: ListedForm, heading: str) -> Any:
    is_new = listed.version is None
    if form.validate_on_submit() if is_new else form.saves(listed):
        values = {field.name: field.data for field in form if field.name not in ("version", "csrf_token")}
        try:
            operations.keep(listed, **values)
        except Refused as refused:
            form.refuse_name(str(refused))
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("kinds.lists"), 303)
    return render_template("manage/listed.html", form=form, heading=heading), form.status
