"""A translator's file goes out and comes back: looked at first, then proposed, all of it or nothing."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import ngettext

from instruments.translation import LANGUAGES
from survey.refusal import NotImported
from survey.reviewing import files, queries
from survey.reviewing.forms import FileForm
from survey.reviewing.views import LANGUAGE, pages
from survey.wording import operations


@pages.get(f"/{LANGUAGE}/file.<any(xlsx, po):kind>")
def file(language: str, kind: str) -> Response:
    """Every text of this language as it stands, for a translator."""
    name = f'attachment; filename="telvertel-{language}.{kind}"'
    headers = {"Content-Type": files.KINDS[kind], "Content-Disposition": name}
    return Response(files.write(language, kind), headers=headers)


@pages.route(f"/{LANGUAGE}/propose", methods=["GET", "POST"])
def propose(language: str) -> Any:
    """A file that came back: what it would change, and when that was seen, the proposals themselves."""
    form = FileForm()
    if not form.validate_on_submit():
        return _asked(language, form)
    content = _content(form)
    try:
        found = files.read(language, content)
    except NotImported as refused:
        return _asked(language, form, refused)
    if "sure" in request.form:
        number = operations.propose(language, [proposal for _row, proposal in found.changes])
        said = ngettext(
            "%(num)s text is proposed. Approve it here.",
            "%(num)s texts are proposed. Approve them here.",
            number,
        )
        flash(said, "success")
        return redirect(url_for("reviewing.texts", language=language, show="proposed"), 303)
    again = b64encode(content).decode()
    return render_template("reviewing/preview.html", reviewed=LANGUAGES[language], found=found, content=again)


@pages.post(f"/{LANGUAGE}/withdraw")
def withdraw(language: str) -> Any:
    """Take away what was proposed and not decided on."""
    number = operations.withdraw_proposals(language)
    flash(ngettext("%(num)s proposal withdrawn.", "%(num)s proposals withdrawn.", number), "success")
    return redirect(url_for("reviewing.texts", language=language), 303)


def _content(form: FileForm) -> bytes:
    """The file; when it was looked at before, it comes along in the form."""
    if "content" in request.form:
        try:
            return b64decode(request.form["content"], validate=True)
        except (Error, ValueError):
            return b""
    return bytes(form.file.data.read()) if form.file.data else b""


def _asked(language: str, form: FileForm, refused: NotImported | None = None) -> Any:
    shown = render_template(
        "reviewing/file.html", reviewed=LANGUAGES[language], form=form, refused=refused,
        progress=queries.progress(language),
    )  # fmt: skip
    return shown, 422 if form.is_submitted() else 200
