"""What changed: from stored scores to a page a councillor can read."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the dashboard (/dashboard/) and its preparation (/publish/) to the finished survey application."""
    from flask_compress import Compress

    from dashboard import mount, publish

    app.config.from_mapping(
        # Never HTML: a page that is compressed together with a secret of its own can give that secret away.
        COMPRESS_MIMETYPES=["text/css", "text/javascript", "application/javascript", "application/json"],
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_ALGORITHM_STREAMING=["br", "gzip"],
    )
    Compress(app)
    publish.init_app(app)
    mount.init_app(app)
