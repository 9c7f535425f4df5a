"""What a coordinator decides about words: a quote becomes a story, or does not.

Programmes, waves and languages are changed in `survey.fieldwork`, which the command line shares.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _

from survey.clock import now
from survey.database import db
from survey.fieldwork import Refused
from survey.manage import queries
from survey.models import OpenAnswer, Story
from survey.privacy import audit

STATES = {"approve": "approved", "draft": "draft", "refuse": "refused"}


@dataclass(frozen=True)
class Rewriting:
    """A quote in other words, as the coordinator left it."""

    text: str
    language: str
    domain: str
    stance: str


def decide_quote(answer: OpenAnswer, rewriting: Rewriting, decision: str, staff_id: UUID) -> Story:
    """Make a story of an answer and decide on it: approve, draft or refuse."""
    wave = answer.visit.wave
    story = Story(programme_id=wave.programme_id, wave_id=wave.id, open_answer_id=answer.id)
    decide_story(story, answer, rewriting, decision, staff_id)
    db.session.add(story)
    db.session.flush()
    return story


def decide_story(
    story: Story, answer: OpenAnswer | None, rewriting: Rewriting, decision: str, staff_id: UUID
) -> None:
    """Change a story and decide on it again. What was released before keeps the words it had."""
    if answer is not None and not queries.is_quotable(answer) and decision != "refuse":
        raise Refused(_("This person does not want to be quoted any more. You can only refuse it."))
    story.text = rewriting.text
    story.language = rewriting.language
    story.domain = rewriting.domain
    story.stance = rewriting.stance
    story.state = STATES[decision]
    story.decided_by_id = staff_id
    story.decided_at = now()
    if answer is not None:
        answer.state = "handled"
    audit.record("story.decided", story=story.id.hex, decision=story.state)
