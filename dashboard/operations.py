"""Making a release of a programme, and publishing it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import rfc8785
from flask_babel import gettext as _
from sqlalchemy import delete, select

from dashboard import queries, targets
from dashboard.analysing import beside
from dashboard.draft import draft
from dashboard.outcomes.analysis import analysis
from dashboard.outcomes.participation import participation
from dashboard.outcomes.themes import themes
from dashboard.reading import casework, source
from dashboard.reading.waves import waves_to_compare
from survey.clock import now
from survey.codes import BREAKDOWNS, GROUPS, STANDARD_KINDS
from survey.database import db
from survey.fieldwork import Refused
from survey.models import Cohort, CohortMember, Programme, Release, Wave
from survey.privacy import audit

Document = dict[str, Any]


def analyse(programme: Programme, before_key: str | None = None, after_key: str | None = None) -> Document:
    """The coordinator's full-precision analysis; Refused when the waves named do not exist."""
    before, after = source.waves_to_compare(programme, before_key, after_key)
    comparison = source.compared(source.read(programme), before, after)
    found = themes(*source.labelled(programme), *casework.label_minutes(programme))
    aims = targets.entries(programme, comparison)
    return _analysis(comparison, found, aims) | beside(programme, comparison)


def build(programme: Programme) -> Release:
    """The next release of a programme, not yet published; Refused while a wave it compares is not closed.

    The cohorts of a release that nobody has seen go: their people are in this one.
    """
    _alone(programme)
    drafted = draft(programme)
    document = drafted.document
    for unseen in queries.releases(programme):
        if unseen.published_at is None:
            db.session.execute(delete(Cohort).where(Cohort.release_id == unseen.id))
    release = Release(
        programme=programme,
        number=document["number"],
        document=rfc8785.dumps(document).decode(),
        sha256=document["sha256"],
    )
    db.session.add(release)
    db.session.flush()
    for kind, frozen in drafted.cohorts.items():
        cohort = Cohort(release=release, kind=kind, statistics=frozen.statistics)
        cohort.members = [CohortMember(enrolment_id=UUID(str(enrolment))) for enrolment in frozen.enrolments]
        db.session.add(cohort)
    db.session.flush()
    audit.record("release.built", programme=programme.code, number=release.number)
    return release


def _alone(programme: Programme) -> None:
    """Nobody publishes a release of this programme while its people are taken for another."""
    db.session.execute(select(Programme.id).where(Programme.id == programme.id).with_for_update())
    for release in queries.releases(programme):
        db.session.refresh(release)


def waves_of_release(programme: Programme) -> tuple[Wave, ...]:
    """The two waves that a release compares; none when the programme has only one."""
    try:
        return waves_to_compare(programme)
    except Refused:
        return ()


def publish(release: Release) -> None:
    """From now on readers see this release; publishing it twice changes nothing."""
    _alone(release.programme)
    newest = queries.release(release.programme)
    if newest is not None and newest.number > release.number and release.published_at is None:
        raise Refused(
            _("Release %(number)s was followed by %(newest)s. Publish that one.",
              number=release.number, newest=newest.number)
        )  # fmt: skip
    if release.published_at is None:
        release.published_at = now()
        audit.record("release.published", programme=release.programme.code, number=release.number)
    db.session.flush()


def withdraw(release: Release) -> None:
    """From now on readers see nothing of this programme until a newer release is published: the one before it was
    replaced for a reason. Its people stay frozen, for its numbers were seen."""
    if release.published_at is None:
        raise Refused(_("Release %(number)s was not published.", number=release.number))
    if queries.published(release.programme.code) is not release and release.withdrawn_at is None:
        raise Refused(_("Readers no longer see release %(number)s.", number=release.number))
    if release.withdrawn_at is None:
        release.withdrawn_at = now()
        audit.record("release.withdrawn", programme=release.programme.code, number=release.number)
    db.session.flush()


def choose_breakdowns(programme: Programme, chosen: Sequence[str]) -> None:
    """By what groups of people are compared. Fixed by the first release: another choice later would be another way of
    cutting up the same people."""
    if queries.release(programme) is not None:
        raise Refused(_("There is a release already. By what groups are compared is fixed."))
    programme.breakdowns = [one for one in BREAKDOWNS if one in chosen]
    audit.record("programme.changed", programme=programme.code)
    db.session.flush()


def _analysis(
    comparison: source.Comparison, found: Sequence[Document] = (), aims: Sequence[Document] = ()
) -> Document:
    """`found` and `aims`: the themes and targets, where nothing has to be withheld for small numbers."""
    return analysis(
        comparison.programme,
        comparison.before.key,
        comparison.after.key,
        comparison.domains,
        comparison.enrolled,
        comparison.has_before,
        comparison.has_after,
        comparison.steps,
        participation(comparison.groups, comparison.done, STANDARD_KINDS, GROUPS),
        found,
        aims,
        comparison.microdata.programme.primary_domains,
    )
