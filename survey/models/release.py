"""Releases: what a councillor sees, as one immutable document."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship
from sqlalchemy.orm.attributes import get_history

from survey.models.base import Identified, Model
from survey.models.programme import Programme
from survey.tenancy import Owned


class Release(Identified, Owned, Model):
    __tablename__ = "release"
    __table_args__ = (UniqueConstraint("programme_id", "number"),)

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id", ondelete="CASCADE"))
    number: Mapped[int]
    #: The JSON document, byte for byte as it was built.
    document: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    #: Outside the document, so that publishing does not change it.
    published_at: Mapped[datetime | None]
    #: From then on readers no longer see it, nor any release before it.
    withdrawn_at: Mapped[datetime | None]

    programme: Mapped[Programme] = relationship()

    @property
    def content(self) -> dict[str, Any]:
        """The document; one of the first format with the sections that it did not have, empty."""
        content: dict[str, Any] = json.loads(self.document)
        return content if "follow_up" in content else _brought_up_to_date(content)


def _brought_up_to_date(content: dict[str, Any]) -> dict[str, Any]:
    """What was made before there were cohorts has the same keys and fewer; nothing is told that was not told then."""
    people = content["population"]["people"]
    return content | {
        "method": content["method"] | {"breakdown_minimum": 2 * content["k"]},
        "waves": content["waves"] | {"follow_up": None},
        "population": {"people": people | {"follow_up": None}, "cohorts": []},
        "change": [entry | {"release": content["number"]} for entry in content["change"]],
        "withheld": [item | {"dimension": None} for item in content["withheld"]],
        "ladder": None, "follow_up": [], "links": [],
    }  # fmt: skip


@event.listens_for(Release, "before_update")
def _never_changes(mapper: Mapper[Release], connection: object, release: Release) -> None:
    for column in ("document", "sha256", "number", "programme_id"):
        if get_history(release, column).has_changes():
            raise ValueError(f"A release never changes; its {column} was about to.")
