"""Which waves of a programme are compared, and what they asked."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from dashboard.reading.responses import counted
from instruments import library
from instruments.model import Instrument
from survey.fieldwork import Refused, wave_name
from survey.models import Programme, Wave


def waves_to_compare(
    programme: Programme, before_key: str | None = None, after_key: str | None = None
) -> tuple[Wave, Wave]:
    """The named waves; without names the first and the last of `before` and `after` that was closed or
    answered. A programme without these two compares, by the same rule, among all its waves.
    """
    usual = _usual_waves(programme)
    before = _named(programme, before_key) if before_key else usual[0]
    after = _named(programme, after_key) if after_key else usual[-1]
    if before is after:
        raise Refused(_("A comparison takes two waves; here is only “%(wave)s”.", wave=wave_name(before.key)))
    if before.weeks > after.weeks:
        raise Refused(
            _("Wave “%(first)s” comes after wave “%(second)s”: exchange them.",
              first=wave_name(before.key), second=wave_name(after.key))
        )  # fmt: skip
    return before, after


def _usual_waves(programme: Programme) -> list[Wave]:
    waves = [wave for wave in programme.waves if wave.key in ("before", "after")]
    if len(waves) < 2:
        waves = list(programme.waves)
    if len(waves) == 2:
        return waves
    used = [wave for wave in waves if wave.state == "closed" or _is_answered(wave)]
    return used if len(used) > 1 else waves


def _named(programme: Programme, key: str) -> Wave:
    wave = programme.wave(key)
    if wave is None:
        known = ", ".join(wave.key for wave in programme.waves)
        raise Refused(
            _("Programme %(code)s has no wave “%(wave)s”. It has: %(known)s.",
              code=programme.code, wave=key, known=known)
        )  # fmt: skip
    return wave


def _is_answered(wave: Wave) -> bool:
    return next(counted([wave]), None) is not None


def administered(programme: Programme, waves: Sequence[Wave]) -> list[Instrument]:
    """What was asked, in the version of the latest wave; the newest where no wave was opened yet."""
    versions: dict[str, int] = {}
    for wave in waves:
        versions |= wave.versions
    return [library.load(key, versions.get(key)) for key in programme.instruments]
