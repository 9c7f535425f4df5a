"""Taking back and forgetting: what goes, in one place, and done again after an older backup was put back.

Four things a person can have done, each written in the ledger before the database is changed:

- `forget`: the whole person. Name, contact, key, codes and words go, and what a casemanager observed, planned and wrote
  down; facts are cleared, the pseudonym is replaced; the answers go too, unless the person lets them count on.
- `take_back_answers`: everything that was answered in one programme. To staff it looks like a wave that was handled, so
  what they wrote down themselves, which is no answer, stays.
- `take_back_quotes`: the permission to quote, in one programme.
- `take_back_showing`: that the casemanager sees answers, in one programme.

What a casemanager wrote about the person (the intake, how they see things) goes with the person, and not when they take
back taking part: that it is gone would tell that they did.

Published releases stay as they are: they hold rounded numbers of groups and quotes that were already out. What was
kept of a cohort stays too, for it is sums and counts of many; that this person was in it goes.

`forgetting` and `taking_back` say what goes of which; `again` carries the ledger out once more; `entries` writes it.
"""

from __future__ import annotations

from survey.privacy.erasure.again import catch_up, replay
from survey.privacy.erasure.forgetting import forget
from survey.privacy.erasure.taking_back import (
    shows_answers,
    take_back_answers,
    take_back_quotes,
    take_back_showing,
)
from survey.privacy.erasure.words import delete_casework

__all__ = [
    "catch_up",
    "delete_casework",
    "forget",
    "replay",
    "shows_answers",
    "take_back_answers",
    "take_back_quotes",
    "take_back_showing",
]
