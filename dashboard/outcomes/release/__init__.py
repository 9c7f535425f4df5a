"""A release: the immutable, disclosure-controlled result of a programme at one moment.

`cohort` and `follow_up` freeze what is kept of a set of people; `build` makes a release of what was frozen; `verify`
checks one from the document alone. Numbers go in, a document comes out: nothing here knows of a database.
"""

from dashboard.outcomes.canonical import canonical, digest
from dashboard.outcomes.release.build import Parts, build
from dashboard.outcomes.release.cohort import Aim, People, freeze, only
from dashboard.outcomes.release.counting import rounded
from dashboard.outcomes.release.follow_up import Later, freeze_later
from dashboard.outcomes.release.pooling import Cohort
from dashboard.outcomes.release.verify import verify

__all__ = [
    "Aim",
    "Cohort",
    "Later",
    "Parts",
    "People",
    "build",
    "canonical",
    "digest",
    "freeze",
    "freeze_later",
    "only",
    "rounded",
    "verify",
]
