"""What changed: from stored scores to a page a councillor can read."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the dashboard (/dashboard/) and its preparation (/publish/) to the finished survey application."""
    from dashboard import mount, publish  # they bring Dash and plotly, which commands do without
    from survey import compression

    for part in (publish, mount):
        part.init_app(app)
    compression.read_whole(app, mount.ASSETS_ENDPOINT)
