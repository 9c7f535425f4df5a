"""Making a release of a programme, and publishing it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import rfc8785
from flask_babel import gettext as _

from dashboard import casework, queries, source, targets
from dashboard.analysing import beside
from dashboard.outcomes import release as releases
from dashboard.outcomes.analysis import analysis
from dashboard.outcomes.participation import participation
from dashboard.outcomes.themes import themes
from instruments.model import Instrument
from survey.clock import now, today
from survey.codes import GROUPS, STANDARD_KINDS
from survey.database import db
from survey.fieldwork import Refused, wave_name
from survey.models import Programme, Release, Wave
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
    """The next release of a programme, not yet published; Refused while a wave it compares is not closed."""
    for wave in source.waves_to_compare(programme):
        if wave.state != "closed":
            raise Refused(
                _("Wave “%(wave)s” is not closed. Close it first: what is released no longer changes.",
                  wave=wave_name(wave.key))
            )  # fmt: skip
    comparison = source.compare(programme)
    latest = queries.release(programme)
    document = releases.build(
        _analysis(comparison),
        programme=_programme(programme),
        number=latest.number + 1 if latest else 1,
        built_on=today(),
        instruments=[_instrument(instrument) for instrument in comparison.instruments],
        waves={"before": _wave(comparison.before), "after": _wave(comparison.after)},
        quotes=_quotes(programme, comparison),
    )
    release = Release(
        programme=programme,
        number=document["number"],
        document=rfc8785.dumps(document).decode(),
        sha256=document["sha256"],
    )
    db.session.add(release)
    db.session.flush()
    audit.record("release.built", programme=programme.code, number=release.number)
    return release


def waves_of_release(programme: Programme) -> tuple[Wave, ...]:
    """The two waves that a release compares; none when the programme has only one."""
    try:
        return source.waves_to_compare(programme)
    except Refused:
        return ()


def publish(release: Release) -> None:
    """From now on readers see this release; publishing it twice changes nothing."""
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


def _programme(programme: Programme) -> Document:
    organisation = programme.organisation
    return {
        "code": programme.code,
        "name": programme.name,
        "organisation": organisation.name,
        "fictitious": organisation.fictitious,
    }


def _wave(wave: Wave) -> Document:
    return {"key": wave.key, "weeks": wave.weeks}


def _instrument(instrument: Instrument) -> Document:
    domains = []
    for domain in instrument.domains:
        low, high = instrument.score_range(domain.code)
        domains.append({"code": domain.code, "heading": domain.heading, "low": low, "high": high})
    return {"key": instrument.key, "version": instrument.version, "domains": domains}


def _quotes(programme: Programme, comparison: source.Comparison) -> list[Document]:
    """At most one quote of a person: quotes of one person side by side would tell who it is."""
    asked = {domain.domain for domain in comparison.domains}
    told: dict[Any, Document] = {}
    for participant, story in queries.quotable_stories(programme, (comparison.before, comparison.after)):
        if story.domain in asked:
            told.setdefault(
                participant,
                {
                    "domain": story.domain,
                    "text": story.text,
                    "language": story.language,
                    "stance": story.stance,
                },
            )
    return list(told.values())
