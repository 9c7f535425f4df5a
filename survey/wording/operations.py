"""Deciding on texts, proposing others, and fixing the words in which a programme asks."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Literal, NamedTuple
from uuid import uuid4

from flask_babel import gettext as _
from sqlalchemy import select

from instruments.placeholders import faults
from instruments.translation import LANGUAGES
from survey.clock import now
from survey.database import db, insert
from survey.models import LanguageReview, Programme, ProgrammeWording, Staff, StringReview
from survey.privacy import audit
from survey.wording import kept
from survey.wording.kept import Spoken
from survey.wording.rule import Words, organisation_words
from survey.wording.texts import Forms, Text, all_texts, digest

LONGEST = 2000


class Unfit(Exception):
    """A translation that cannot be taken: the message says why, for a person."""


class Changed(Exception):
    """Somebody else decided on this text, or another one is shipped, since it was looked at."""


class Decision(NamedTuple):
    verdict: Literal["approve", "refuse"]
    texts: Forms
    back_translation: str = ""
    remark: str = ""


class Proposal(NamedTuple):
    """What somebody from outside would say instead."""

    key: str
    texts: Forms
    back_translation: str = ""
    remark: str = ""


def check(text: Text, language: str, texts: Forms) -> None:
    """Unfit if these texts cannot be a translation of this text."""
    for fault in faults(text.source, texts, LANGUAGES[language].locale):
        raise Unfit(
            {
                "forms": _("This text needs %(count)s forms.", count=fault.what),
                "empty": _("The translation is empty."),
                "lost": _("“%(place)s” is missing. It must stand in the translation too.", place=fault.what),
                "added": _(
                    "“%(place)s” does not stand in the source, so it cannot stand here.", place=fault.what
                ),
                "percent": _("A percent sign cannot stand in this text. Write it as a word."),
            }[fault.kind]
        )
    if max(map(len, texts)) > LONGEST:
        raise Unfit(_("This is too long: at most %(count)s characters.", count=LONGEST))


def seen(text: Text, review: StringReview | None) -> str:
    """What somebody who looks at a text sees of it: a decision holds for this and for nothing else."""
    decided = [review.verdict, review.texts, review.shipped, review.proposed] if review else None
    return digest([text.key, text.shipped, decided])


def decide(language: str, key: str, decision: Decision, by: Staff, seen_as: str) -> str:
    """Decide on a text; the verdict that is kept. Unfit and Changed if it cannot be."""
    text = all_texts(language).by_key[key]
    if decision.verdict == "approve":
        check(text, language, decision.texts)
    _touch(language)
    review = _review(language, text)
    if seen(text, review) != seen_as:
        raise Changed
    if review is None:
        review = _new(language, text)
    verdict = "refused"
    if decision.verdict == "approve":
        verdict = "approved" if decision.texts == text.shipped else "changed"
    _write(review, text, decision, verdict, by)
    audit.record(f"wording.{verdict}", language=language.lower(), string=key)
    return verdict


def _write(review: StringReview, text: Text, decision: Decision, verdict: str, by: Staff) -> None:
    """A decision answers a proposal too, whichever words it takes."""
    review.verdict = verdict
    texts = text.shipped if verdict == "refused" else decision.texts
    review.texts = list(texts)
    review.shipped = list(text.shipped)
    review.back_translation = decision.back_translation
    review.remark = decision.remark
    review.wording = digest([*text.source, *texts])
    review.reviewer_id, review.reviewer = by.id, by.name or by.email
    review.decided_at = now()
    _drop_proposal(review)
    db.session.flush()


def _drop_proposal(review: StringReview) -> None:
    review.proposed = review.proposed_at = None
    review.proposed_back = review.proposed_remark = ""


def propose(language: str, proposals: Iterable[Proposal]) -> int:
    """Lay other texts before the reviewers; how many. Nothing that participants read changes by it."""
    _touch(language)
    proposals = list(proposals)
    for proposal in proposals:
        text = all_texts(language).by_key[proposal.key]
        check(text, language, proposal.texts)
        review = _review(language, text) or _new(language, text)
        review.proposed, review.proposed_at = list(proposal.texts), now()
        review.proposed_back, review.proposed_remark = proposal.back_translation, proposal.remark
    db.session.flush()
    audit.record("wording.proposed", language=language.lower(), strings=len(proposals))
    return len(proposals)


def withdraw_proposals(language: str) -> int:
    """Take away all that was proposed and not decided on; how many."""
    _touch(language)
    waiting = select(StringReview).where(
        StringReview.language == language, StringReview.proposed_at.is_not(None)
    )
    reviews = db.session.scalars(waiting).all()
    for review in reviews:
        _drop_proposal(review)
        if review.verdict is None:
            db.session.delete(review)
    audit.record("wording.withdrawn", language=language.lower(), strings=len(reviews))
    return len(reviews)


def _review(language: str, text: Text) -> StringReview | None:
    return db.session.scalar(
        select(StringReview).where(StringReview.language == language, StringReview.key == text.key)
    )


def _new(language: str, text: Text) -> StringReview:
    review = StringReview(
        language=language, key=text.key, catalog=text.catalog, context=text.context, source=list(text.source),
        shipped=list(text.shipped),
    )  # fmt: skip
    db.session.add(review)
    return review


def _touch(language: str) -> None:
    """A new edition. Who decides at the same moment waits here, so that each sees what the other did."""
    row = {
        "id": uuid4(), "organisation_id": db.session.organisation_id, "language": language,
        "edition": secrets.token_hex(10),
    }  # fmt: skip
    once = insert(LanguageReview).on_conflict_do_nothing(index_elements=["organisation_id", "language"])
    db.session.execute(once, [row])
    locked = select(LanguageReview).where(LanguageReview.language == language).with_for_update()
    review = db.session.scalars(locked.execution_options(populate_existing=True)).one()
    review.edition = secrets.token_hex(10)
    db.session.flush()


def begin(programme: Programme, language: str) -> Spoken:
    """In which words this sitting is held. The first one in a language fixes those of the questions."""
    words = Words(programme)
    in_force = words.in_force(language)
    fixed = words.fixed.get(language)
    if fixed is None or fixed.wording != kept.hash_of(language, in_force):
        wording = _fix(words, language)
    else:
        wording = fixed.wording
    return Spoken(language, wording, kept.keep(language, organisation_words(language)))


def _fix(words: Words, language: str) -> str:
    """Fix the words in force; where they are fixed already, only what was never asked before comes in."""
    wording = kept.keep(language, words.in_force(language))
    fixed = words.fixed.get(language)
    if fixed is None:
        row = {
            "id": uuid4(), "organisation_id": db.session.organisation_id, "programme_id": words.programme.id,
            "language": language, "wording": wording, "approved": words.stands_behind_all(language),
            "fixed_at": now(),
        }  # fmt: skip
        once = insert(ProgrammeWording).on_conflict_do_nothing(index_elements=["programme_id", "language"])
        db.session.execute(once, [row])
        # Somebody else may have been first.
        db.session.expire(words.programme, ["wordings"])
        return next(one.wording for one in words.programme.wordings if one.language == language)
    before, here = kept.texts_of(fixed.wording), words.standing(language)
    is_good = all(here[key].good for key in words.asked(language) if key not in before)
    fixed.wording, fixed.approved = wording, fixed.approved and is_good
    return wording


def move_on(programme: Programme, language: str) -> None:
    """From the next sitting on, ask in today's words."""
    words = Words(programme)
    fixed = words.fixed.get(language)
    if fixed is None or not words.newer(language):
        return
    fixed.wording = kept.keep(language, {**words.in_force(language), **words.current(language)})
    fixed.approved, fixed.fixed_at = words.stands_behind_all(language), now()
    audit.record("wording.moved", programme=programme.code, language=language.lower())
