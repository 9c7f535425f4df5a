"""From answers to a score: the mean of what was answered, or no score at all.

An answer is a code of the item's scale or a non-answer. The non-answers are kept apart and none of them is a
number: `na` not applicable, `dk` don't know, `pna` prefer not to answer; an item without a key was not seen.
"""

from collections.abc import Mapping
from typing import Literal

from instruments.model import Instrument, Item

NonAnswer = Literal["na", "dk", "pna"]
NON_ANSWERS: tuple[NonAnswer, ...] = ("na", "dk", "pna")
Answer = int | NonAnswer


def score(instrument: Instrument, domain_code: str, answers: Mapping[str, Answer]) -> float | None:
    """The person's mean over a domain, unrounded, in its scale's units; None when too little was answered.

    At least half of the applicable items must be answered. `na` takes an item out of the applicable ones;
    `dk`, `pna` and not seen leave it in. A reversed item counts as low + high - code. Codes are summed as
    whole numbers and divided once, so equal answers give the identical score in any order.

    Raises KeyError for an unknown domain and ValueError for an answer its item does not offer. Answers to
    items of other domains are passed over. What looks back makes no score, for the mean of then and now says nothing;
    nor does an intake.
    """
    items = instrument.domain(domain_code).items
    applicable = [item for item in items if _checked(instrument, item, answers.get(item.id)) != "na"]
    points = [
        _points(instrument, item, answer)
        for item in applicable
        if isinstance(answer := answers.get(item.id), int)
    ]
    if not instrument.is_questionnaire or not points or 2 * len(points) < len(applicable):
        return None
    return sum(points) / len(points)


def complete(
    instrument: Instrument, domain_code: str, answers: Mapping[str, Answer]
) -> tuple[int, ...] | None:
    """The points of all items of a domain in order, reversed ones turned; None unless every item has a code."""
    points = []
    for item in instrument.domain(domain_code).items:
        answer = answers.get(item.id)
        if not isinstance(answer, int):
            return None
        points.append(_points(instrument, item, answer))
    return tuple(points)


def check_answer(instrument: Instrument, item_id: str, value: str) -> Answer:
    """The answer that a posted or imported value stands for.

    Raises KeyError for an unknown item, ValueError for a value the item does not offer. Codes are written in
    plain digits without leading zeros or spaces. `dk` and `pna` are offered with every item, `na` with those
    that say so.
    """
    offered = offered_answers(instrument, item_id)
    if value not in offered:
        raise ValueError(f"{item_id}: {value[:40]!r} is not offered; choose one of {', '.join(offered)}")
    return offered[value]


def offered_answers(instrument: Instrument, item_id: str) -> dict[str, Answer]:
    """By the value that is posted or imported, each answer an item offers; KeyError for an unknown item."""
    offered: dict[str, Answer] = {str(code): code for code in instrument.scale_of(item_id).codes}
    offered |= {"dk": "dk", "pna": "pna"}
    if instrument.item(item_id).not_applicable:
        offered["na"] = "na"
    return offered


def _checked(instrument: Instrument, item: Item, answer: Answer | None) -> Answer | None:
    if answer is None or answer in ("dk", "pna") or (answer == "na" and item.not_applicable):
        return answer
    if type(answer) is int and answer in instrument.scale_of(item.id).codes:
        return answer
    raise ValueError(f"{item.id}: {answer!r} is not an answer this item offers")


def _points(instrument: Instrument, item: Item, code: int) -> int:
    scale = instrument.scale_of(item.id)
    return scale.low + scale.high - code if item.reverse else code
