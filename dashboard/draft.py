"""The release that would be made now: nothing is stored. A coordinator looks at it before making one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from dashboard import freezing, queries, targets
from dashboard.freezing import Frozen
from dashboard.outcomes import release as releases
from dashboard.reading import source
from dashboard.reading.page_texts import NOWHERE
from dashboard.reading.source import Comparison
from dashboard.reading.waves import waves_to_compare
from instruments.model import Instrument
from survey.clock import today
from survey.fieldwork import Refused, wave_name
from survey.languages import DEFAULT
from survey.models import Cohort, Programme, Wave

Document = dict[str, Any]


@dataclass(frozen=True)
class Draft:
    """A release, and the cohorts that would be frozen with it; `follow_up` None where no later wave was closed."""

    document: Document
    change: Frozen
    follow_up: Frozen | None

    @property
    def cohorts(self) -> dict[str, Frozen]:
        """Those with something to keep, by kind."""
        found = {"change": self.change, "follow_up": self.follow_up}
        return {kind: one for kind, one in found.items() if one and one.statistics}


def draft(programme: Programme) -> Draft:
    """Refused while a wave that is compared is not closed."""
    before, after = waves_to_compare(programme)
    for wave in (before, after):
        if wave.state != "closed":
            raise Refused(
                _("Wave “%(wave)s” is not closed. Close it first: what is released no longer changes.",
                  wave=wave_name(wave.key))
            )  # fmt: skip
    later = later_wave(programme, after)
    waves = [before, after, *([later] if later else ())]
    comparison = source.compared(source.read(programme, waves), before, after)
    earlier, earlier_later = (freezing.cohorts(programme, kind) for kind in ("change", "follow_up"))
    change = freezing.change(comparison, earlier)
    follow_up = freezing.follow_up(comparison, later, earlier_later) if later else None
    latest = queries.release(programme)
    number = latest.number + 1 if latest else 1
    document = releases.build(
        releases.Parts(
            programme=_programme(programme), number=number, built_on=today(),
            instruments=[_instrument(instrument) for instrument in comparison.instruments],
            waves={"before": _wave(before), "after": _wave(after), "follow_up": _wave(later) if later else None},
            cohorts=_together(earlier, change, number),
            later=_together(earlier_later, follow_up, number) if later else [],
            menu=programme.breakdowns, targets=targets.definitions(programme),
            quotes=_quotes(programme, comparison, later), k=freezing.K,
        )
    )  # fmt: skip
    return Draft(document, change, follow_up)


def later_wave(programme: Programme, after: Wave) -> Wave | None:
    """The last wave after the second one that is closed."""
    closed = [wave for wave in programme.waves if wave.weeks > after.weeks and wave.state == "closed"]
    return closed[-1] if closed else None


def _together(earlier: Sequence[Cohort], new: Frozen | None, number: int) -> list[releases.Cohort]:
    found = [releases.Cohort(one.release.number, one.statistics) for one in earlier]
    if new and new.statistics:
        found.append(releases.Cohort(number, new.statistics))
    return found


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


def _quotes(programme: Programme, comparison: Comparison, later: Wave | None) -> list[Document]:
    """At most one quote of a person: quotes of one person side by side would tell who it is."""
    asked = {domain.domain for domain in comparison.domains}
    languages = _of_many(comparison)
    waves = [comparison.before, comparison.after, *([later] if later else ())]
    told: dict[Any, Document] = {}
    for participant, story in queries.quotable_stories(programme, waves):
        if story.domain in asked and story.language in languages:
            words = {key: getattr(story, key) for key in ("domain", "text", "language", "stance")}
            told.setdefault(participant, words | {"lot": story.id.hex})
    return list(told.values())


def _of_many(comparison: Comparison) -> set[str]:
    """Languages in which a quote points to nobody: Dutch, in which anybody's words are rewritten, and what enough of
    those who answered speak. Words in English beside others in Dutch are of the one who speaks English."""
    spoken = comparison.microdata.profiles.language
    told = spoken.numbers[comparison.has_before | comparison.has_after].tolist()
    speakers = Counter(spoken.values[number] for number in told if number != NOWHERE)
    return {DEFAULT, *(language for language, people in speakers.items() if people >= freezing.K)}
