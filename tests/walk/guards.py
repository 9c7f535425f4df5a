"""Taking the application's own guards of tenancy away, so that what stands behind them is seen alone."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import _lru_cache_wrapper
from typing import Any

import pytest
from sqlalchemy import Engine, event

from survey import tenancy, turn
from survey.tenancy import OrganisationSession, Prepared


def _nothing(*_arguments: Any, **_options: Any) -> None:
    """In place of what would have refused."""


@contextmanager
def without_criterion() -> Iterator[None]:
    """Neither sessions nor page turns add "of this organisation" to anything, and nobody reads the statements."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tenancy, "_prepared_criteria", lambda: ())
        patch.setattr(tenancy, "_stays_with", lambda row, organisation: True)
        patch.setattr(turn, "refuse_loose", _nothing)
        event.remove(OrganisationSession, "do_orm_execute", tenancy._stay_inside)
        event.remove(Engine, "before_cursor_execute", tenancy._look_once_more)
        _forget_prepared()
        try:
            yield
        finally:
            event.listen(OrganisationSession, "do_orm_execute", tenancy._stay_inside)
            event.listen(Engine, "before_cursor_execute", tenancy._look_once_more)
            _forget_prepared()


def _forget_prepared() -> None:
    """Prepared statements are made once a process, with the criterion in them: they are to be made anew."""
    makers = [each for each in gc.get_objects() if isinstance(each, _lru_cache_wrapper)]
    for maker in makers:
        if getattr(maker.__wrapped__, "__annotations__", {}).get("return") == Prepared.__name__:
            maker.cache_clear()
