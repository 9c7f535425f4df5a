"""What is to go is written down before it goes."""

from __future__ import annotations

from typing import Any

from flask import current_app

from survey.database import db
from survey.privacy import ledger, scrubbing
from survey.privacy.fields import key_ring
from survey.privacy.ledger import Entry


def write(entry: Entry) -> None:
    ledger.append(ledger_path(), key_ring(), entry)
    scrubbing.after_commit(db.session)


def ledger_path() -> Any:
    return current_app.extensions["telvertel_settings"].erasures_path
