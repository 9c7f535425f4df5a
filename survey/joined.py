"""Several small files of ours as one: on a bad connection each further file costs more than its bytes.

They are joined when first asked for, so whoever changes one of them has nothing to build. What a page needs is one
style sheet and two scripts: one that is there before the page shows, and one that may come later.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, Response, request

from survey import audience, headers

STATIC = Path(__file__).parent / "static"
JOINED = {
    "participant.css": ("vendor/fonts.css", "vendor/components.css", "theme.css", "participant.css"),
    "participant.js": ("listen.js", "vendor/idb.js", "sealing.js", "outbox.js", "ahead.js", "offline.js"),
    "casework.js": ("vendor/idb.js", "outbox.js", "stranded.js", "ticked.js"),
}
#: What is said to who reads the source, and indents: a remark of its own, or one behind a line.
REMARK = re.compile(r"^ */\*.*?\*/\n| +// [^\n]*$|^ +", re.MULTILINE | re.DOTALL)
TYPES = {".css": "text/css", ".js": "text/javascript"}

pages = Blueprint("joined", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(pages)
    audience.declare(app, {"joined.file": audience.EVERYONE})


@pages.get(f"/static/joined/<any({', '.join(map(repr, JOINED))}):name>")
def file(name: str) -> Response:
    response = Response(content(name), mimetype=TYPES[Path(name).suffix])
    response.cache_control.public = True
    response.cache_control.max_age = headers.KEPT
    response.add_etag()
    response.make_conditional(request)
    return response


@cache
def content(name: str) -> bytes:
    """The fonts stand beside their sheet; seen from here they are elsewhere."""
    parts = [REMARK.sub("", (STATIC / part).read_text("utf-8")) for part in JOINED[name]]
    return "\n".join(parts).replace("url(fonts/", "url(../vendor/fonts/").encode()
