"""What is kept of the labels of notes: those of enough notes, of enough people or of nobody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Notes = Sequence[tuple[int | None, frozenset[str]]]


def themes(notes: Notes, k: int) -> dict[str, Any] | None:
    """Labels of enough notes of enough people, or of nobody; what has another label is `rest`, if that is enough."""
    kept = {}
    for label in sorted({label for _, labels in notes for label in labels}):
        number = _enough_notes(notes, k, frozenset({label}))
        if number:
            kept[label] = number
    others = frozenset(label for _, labels in notes for label in labels) - set(kept)
    rest = _enough_notes(notes, k, others)
    return {"notes": len(notes), "labels": kept, "rest": rest} if kept else None


def _enough_notes(notes: Notes, k: int, chosen: frozenset[str]) -> int | None:
    """How many have one of these labels; None where they, or those that have none, are few or of few people."""
    with_it = [person for person, labels in notes if labels & chosen]
    without = [person for person, labels in notes if not labels & chosen]
    for some in (with_it, without):
        people = {person for person in some if person is not None}
        if len(some) < k or 0 < len(people) < k:
            return None
    return len(with_it)
