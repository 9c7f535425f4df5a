"""The rules of a release, checked from the document alone.

Every check takes the document and yields what is wrong as a sentence. They may assume that the document
has the form of the schema; nothing else.
"""

from dashboard.outcomes.rules import breakdowns, change, counts, frame, targets, withheld
from dashboard.outcomes.rules.places import Document, scales

__all__ = ["broken_rules", "scales"]


def broken_rules(release: Document) -> list[str]:
    """Every rule the document breaks, one sentence each."""
    checks = (
        *frame.CHECKS, *change.CHECKS, *breakdowns.CHECKS, *counts.CHECKS, *targets.CHECKS, *withheld.CHECKS,
    )  # fmt: skip
    return [problem for check in checks for problem in check(release)]
