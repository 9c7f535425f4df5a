"""What a release would show, what it would leave out and why, and what would help: in sentences, before it is made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from dashboard.draft import Draft
from dashboard.pages import how, labels
from dashboard.pages.reader import Reader, reader
from survey.models import Cohort


@dataclass(frozen=True)
class Told:
    people: list[str]
    shown: list[str]
    left_out: list[str]
    helps: list[str]


def told(draft: Draft, earlier: Sequence[Cohort]) -> Told:
    """`earlier`: the cohorts of releases that readers saw, by which the next one is bound."""
    this = reader(draft.document)
    helps = [*_waiting(draft, this, earlier), *_not_brought_up_to_date(this), *_larger(draft, this)]
    return Told(_people(draft, this), list(_shown(this)), how.withheld(this), helps)


def _people(draft: Draft, this: Reader) -> list[str]:
    """Of whom this release is, for a coordinator: whole numbers, which no reader sees."""
    new = len(draft.change.enrolments) if draft.change.statistics else 0
    found = []
    if new:
        found.append(
            ngettext(
                "%(count)s person answered before and after and is in no earlier release. From this release on their "
                "answers count, and no later release changes what is said of them.",
                "%(count)s people answered before and after and are in no earlier release. From this release on their "
                "answers count, and no later release changes what is said of them.",
                new, count=this.count(new),
            )
        )  # fmt: skip
    else:
        found.append(_("Nobody new is in this release."))
    if draft.follow_up and draft.follow_up.statistics:
        again = len(draft.follow_up.enrolments)
        found.append(
            ngettext("%(count)s person also answered later.", "%(count)s people also answered later.", again,
                     count=this.count(again))
        )  # fmt: skip
    return found


def _shown(this: Reader) -> Iterator[str]:
    release = this.release
    areas = sum(entry["pairs"] is not None for entry in release["change"])
    yield ngettext("Before and after for %(count)s area.", "Before and after for %(count)s areas.", areas,
                   count=this.count(areas))  # fmt: skip
    moved = sum(entry["improved"] is not None for entry in release["change"])
    if moved:
        yield ngettext("How many people scored higher, for %(count)s area.",
                       "How many people scored higher, for %(count)s areas.", moved,
                       count=this.count(moved))  # fmt: skip
    later = sum(entry["pairs"] is not None for entry in release["follow_up"])
    if later:
        yield ngettext("What changed later, for %(count)s area.", "What changed later, for %(count)s areas.", later,
                       count=this.count(later))  # fmt: skip
    by = [str(labels.DIMENSIONS[one["dimension"]]) for one in release["breakdowns"]]
    if by:
        yield _("Groups side by side, by %(dimensions)s.", dimensions=this.language.listed(by))
    if release["ladder"]:
        yield _("The ladder of participation, before and after.")
    yield from _counted(this)


def _counted(this: Reader) -> Iterator[str]:
    release = this.release
    targets = sum(entry["verdict"] not in ("withheld", "unknown") for entry in release["targets"])
    numbers = [len(release[key]) for key in ("participation", "themes", "links", "quotes")]
    texts = [
        ngettext("%(count)s figure about work and activities.", "%(count)s figures about work and activities.",
                 numbers[0], count=this.count(numbers[0])),
        ngettext("%(count)s theme of what was written down.", "%(count)s themes of what was written down.",
                 numbers[1], count=this.count(numbers[1])),
        ngettext("%(count)s thing that got in the way or opened something.",
                 "%(count)s things that got in the way or opened something.", numbers[2], count=this.count(numbers[2])),
        ngettext("%(count)s quote.", "%(count)s quotes.", numbers[3], count=this.count(numbers[3])),
        ngettext("%(count)s target with a verdict.", "%(count)s targets with a verdict.", targets,
                 count=this.count(targets)),
    ]  # fmt: skip
    yield from (text for text, number in zip(texts, [*numbers, targets], strict=True) if number)


def _waiting(draft: Draft, this: Reader, earlier: Sequence[Cohort]) -> Iterator[str]:
    waiting, k = draft.change.waiting, this.release["k"]
    if not waiting:
        return
    if not earlier:
        yield ngettext(
            "Only %(count)s person answered before and after. Wait until there are at least %(least)s.",
            "Only %(count)s people answered before and after. Wait until there are at least %(least)s.",
            waiting, count=this.count(waiting), least=this.count(k),
        )  # fmt: skip
        return
    yield ngettext(
        "%(count)s person answered since release %(release)s. That release stands in the way: with fewer than "
        "%(least)s people the difference would tell about them. They wait until there are %(least)s.",
        "%(count)s people answered since release %(release)s. That release stands in the way: with fewer than "
        "%(least)s people the difference would tell about them. They wait until there are %(least)s.",
        waiting, count=this.count(waiting), release=earlier[-1].release.number, least=this.count(k),
    )  # fmt: skip


def _not_brought_up_to_date(this: Reader) -> Iterator[str]:
    """Areas that stay as in an earlier release, by that release."""
    of_release: dict[int, list[str]] = {}
    listed = {item["domain"] for item in this.release["withheld"]
              if (item["what"], item["why"]) == ("change", "few_changed")}  # fmt: skip
    for entry in this.release["change"]:
        if (
            entry["domain"] in listed
            and entry["release"] is not None
            and entry["release"] < this.release["number"]
        ):
            of_release.setdefault(entry["release"], []).append(this.names[entry["domain"]])
    for number, names in of_release.items():
        yield _(
            "For %(domains)s the figures stay those of release %(release)s: too few of the new people answered that, "
            "or they answered too much alike.",
            domains=this.language.listed(names), release=number,
        )  # fmt: skip


def _larger(draft: Draft, this: Reader) -> Iterator[str]:
    """What more people at once would have shown."""
    new, method = len(draft.change.enrolments), this.release["method"]
    if draft.change.statistics and new < method["distribution_minimum"]:
        yield _(
            "If you can wait: with %(groups)s new people at once, groups can stand side by side. With %(parts)s we can "
            "also show how many scored higher. What is left out now is not shown later either.",
            groups=this.count(method["breakdown_minimum"]), parts=this.count(method["distribution_minimum"]),
        )  # fmt: skip
