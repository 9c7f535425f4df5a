"""The organisation's own names: kinds of activities, providers and labels. A file may bring new ones, if it may."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import func, select

from survey import labels as label_names
from survey.code_names import STANDARD_KIND_NAMES
from survey.database import db
from survey.exchange import cells
from survey.exchange.caseload.names import Name
from survey.exchange.caseload.rows import Row
from survey.languages import STAFF_LANGUAGES
from survey.models import ActivityKind, Label, Organisation, Provider
from survey.privacy import audit
from survey.refusal import Refusals

LONGEST = {"activity": 100, "provider": 100, "labels": 60}


@dataclass
class Lists:
    """What is there, by name without regard to capitals; what a file adds; and ids for both."""

    #: Whether names that are not there yet are added, or refused.
    may_grow: bool
    kinds: dict[str, ActivityKind] = field(default_factory=dict)
    providers: dict[str, Provider] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    own_labels: dict[str, Label] = field(default_factory=dict)
    #: (column, name) of everything new, in the order of the file.
    new: dict[tuple[str, str], Any] = field(default_factory=dict)

    def settle(self, row: Row, refusals: Refusals) -> None:
        """Put the names as the organisation writes them in the place of those that were typed."""
        values = row.values
        if row.what == "activity":
            if values["activity"]:
                values["activity"] = self._kind(row, refusals)
            if values["provider"]:
                provider = self._find(row, "provider", self.providers, values["provider"], refusals)
                values["provider"] = provider.name if provider else values["provider"]
        elif row.what == "note":
            found = [self._label(row, name, refusals) for name in values["labels"]]
            values["labels"] = tuple(sorted({name_of(label) for label in found if label}))

    def kind_id(self, name: str | None) -> UUID | None:
        return self.kinds[name.casefold()].id if name else None

    def provider_id(self, name: str | None) -> UUID | None:
        return self.providers[name.casefold()].id if name else None

    def label_id(self, name: Name) -> UUID:
        return (self.own_labels if name.is_own else self.labels)[name.text.casefold()].id

    def _kind(self, row: Row, refusals: Refusals) -> str:
        typed, standard = row.values["activity"], row.values["kind"]
        kind = self._find(row, "activity", self.kinds, typed, refusals)
        if kind is None:
            return str(typed)
        if kind.standard is None:
            kind.standard = standard
        if kind.standard != standard:
            standard = cells.coded(kind.standard, STANDARD_KIND_NAMES)
            reason = _("“%(name)s” counts as %(standard)s here.", name=kind.name, standard=standard)
            refusals.add(row.line, "kind", reason)
        return kind.name

    def _label(self, row: Row, name: Name, refusals: Refusals) -> Label | None:
        if not name.is_own and name.text.casefold() in self.labels:
            return self.labels[name.text.casefold()]
        return self._find(row, "labels", self.own_labels, name.text, refusals)

    def _find(self, row: Row, column: str, there: dict[str, Any], name: str, refusals: Refusals) -> Any:
        known = there.get(name.casefold())
        if known is None and self._may_add(row, column, name, refusals):
            known = there[name.casefold()] = self.new[column, name] = MADE[column](name=name)
        return known

    def _may_add(self, row: Row, column: str, name: str, refusals: Refusals) -> bool:
        try:
            cells.new_text(name, LONGEST[column])
        except cells.Unfit as reason:
            refusals.add(row.line, column, str(reason))
            return False
        if not self.may_grow:
            unknown = _(
                "“%(name)s” is not in the list of your organisation. Ask a coordinator to add it, or correct it.",
                name=name,
            )
            refusals.add(row.line, column, unknown)
        return self.may_grow

    def write(self) -> None:
        """Add what is new."""
        db.session.add_all(self.new.values())
        db.session.flush()
        for made in self.new.values():
            if isinstance(made, Label):
                audit.record("label.changed", label=made.id.hex, decision="added")
            else:
                audit.record("organisation.changed", what=made.__tablename__)


MADE: dict[str, Any] = {"activity": ActivityKind, "provider": Provider, "labels": Label}


def name_of(label: Label) -> Name:
    """As a file writes it: the code of the list everybody began with, or what the organisation calls it."""
    return Name(label.standard, False) if label.standard else Name(str(label.name), True)


def read(may_grow: bool) -> Lists:
    """All names of the organisation. Files are loaded one at a time, so that nothing of two comes twice."""
    # In the way of nobody else: rows that only refer to the organisation are written meanwhile.
    db.session.scalars(select(Organisation.id).with_for_update(key_share=True)).all()
    lists = Lists(may_grow)
    lists.kinds = {kind.name.casefold(): kind for kind in db.session.scalars(select(ActivityKind))}
    lists.providers = {one.name.casefold(): one for one in db.session.scalars(select(Provider))}
    labels = db.session.scalars(select(Label).order_by(func.coalesce(Label.standard, Label.name))).all()
    for label in labels:
        for name in _all_names(label):
            lists.labels.setdefault(name, label)
        if label.standard is None:
            lists.own_labels[str(label.name).casefold()] = label
    for label in labels:
        if label.standard:
            lists.labels[label.standard] = label  # a code is never taken for another's name
    return lists


def _all_names(label: Label) -> set[str]:
    """Its code, and what it is called in every language of staff."""
    called = set()
    for language in STAFF_LANGUAGES:
        with force_locale(language):
            called.add(str(label_names.name(label)).casefold())
    return called
