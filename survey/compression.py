"""Scripts, style sheets and figures travel compressed; pages do not, unless they ask for it.

A page holds a secret of its own (the anti-forgery token) beside text of others: compressed together, its length
could give the secret away. So only a page in which nothing stands that a stranger can choose may ask (`this_page`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from flask import Flask, Response, abort, after_this_request, current_app, request
from flask_compress import Compress

TYPES = ["text/css", "text/javascript", "application/javascript", "application/json", "image/svg+xml"]


def init_app(app: Flask) -> None:
    app.config.from_mapping(
        COMPRESS_MIMETYPES=TYPES,
        COMPRESS_ALGORITHM=["br", "gzip"],
        # To compress while sending, the request's context and its database connection would stay open until the
        # last byte is sent; so files are read whole first.
        COMPRESS_STREAMS=False,
    )
    app.config["COMPRESS_REGISTER"] = False
    files = Compress(app)
    pages = Compress(app)
    pages.compress_mimetypes_set = {"text/html"}
    app.extensions["telvertel_pages_compressed"] = pages
    app.before_request(_refuse_packed)
    app.after_request(lambda sent: files.after_request(sent) if sent.mimetype in TYPES else sent)
    read_whole(app, "static")


def this_page() -> None:
    """Let the page of this request travel compressed. Nothing in it may come from its address or from a form, but for
    a choice out of a closed list."""
    after_this_request(current_app.extensions["telvertel_pages_compressed"].after_request)


def _refuse_packed() -> None:
    """What is sent to us comes as it is, and says its length once: nothing unfolds here, or hides behind another."""
    told = request.environ
    if told.get("HTTP_CONTENT_ENCODING", "identity").lower() != "identity":
        abort(415)
    if "HTTP_TRANSFER_ENCODING" in told and "CONTENT_LENGTH" in told:
        abort(400)


def read_whole(app: Flask, endpoint: str) -> None:
    """Let this endpoint, which sends files, hand over what it read instead of the file."""
    app.view_functions[endpoint] = _whole(app.view_functions[endpoint])


def _whole(send: Callable[..., Any]) -> Callable[..., Any]:
    def view(**arguments: Any) -> Any:
        response = send(**arguments)
        if isinstance(response, Response) and response.direct_passthrough:
            file = cast(Any, response.response)
            response.direct_passthrough = False
            response.set_data(b"".join(response.iter_encoded()))
            file.close()
        return response

    return view
