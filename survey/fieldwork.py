"""Programmes and their waves: made, opened, closed. Shared by the coordinator's pages and commands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from instruments import library
from survey.clock import now, today
from survey.codes import LABELS, WAVE_DEFAULTS
from survey.database import db
from survey.languages import LANGUAGES, is_approved
from survey.models import Label, LanguageOverride, Organisation, Programme, Response, Staff, Wave
from survey.privacy import audit, sealed
from survey.privacy.fields import key_ring
from survey.wording.rule import Words

WAVE_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?")
RESERVED = frozenset({"con", "prn", "aux", "nul"})


class Refused(Exception):
    """What was asked cannot be done; the message says why, for a person."""


@dataclass(frozen=True)
class WavePlan:
    key: str
    weeks: int
    window_weeks: int


def parse_wave(text: str) -> WavePlan:
    """`KEY[:WEEKS[:WINDOW]]`; before, after and follow_up have defaults, other keys must say."""
    key, *numbers = text.split(":")
    default = WAVE_DEFAULTS.get(key)
    if not WAVE_KEY.fullmatch(key) or len(numbers) > 2:
        raise Refused(
            _("“%(text)s” is not a wave. Write KEY[:WEEKS[:WINDOW]], for example after:10:4.", text=text)
        )
    if not all(number.isascii() and number.isdigit() and len(number) <= 3 for number in numbers):
        raise Refused(_("“%(text)s”: weeks and window are whole numbers up to 999.", text=text))
    if default is None and len(numbers) < 2:
        raise Refused(_("Wave “%(key)s” has no default: say %(key)s:WEEKS:WINDOW.", key=key))
    weeks = int(numbers[0]) if numbers else default[0]  # type: ignore[index]  # default is set when numbers lack
    window = int(numbers[1]) if len(numbers) > 1 else default[1]  # type: ignore[index]  # likewise
    if window < 1:
        raise Refused(_("Wave “%(key)s” must stay open at least one week.", key=key))
    return WavePlan(key, weeks, window)


def is_slug(text: str) -> bool:
    """Whether a code can stand in an address and a file name."""
    return SLUG.fullmatch(text) is not None and text not in RESERVED


def add_organisation(slug: str, name: str, help_contact: str = "", fictitious: bool = False) -> Organisation:
    if not is_slug(slug):
        raise Refused(
            _("“%(code)s” cannot be used. Take small letters, digits and hyphens, at most 60.", code=slug)
        )
    with db.session.exempt("operator"):
        if db.session.scalar(select(Organisation.id).where(Organisation.slug == slug)):
            raise Refused(_("There is already an organisation “%(slug)s”.", slug=slug))
        organisation = Organisation(slug=slug, name=name, help_contact=help_contact, fictitious=fictitious)
        organisation.wrapped_key = sealed.wrap_with_master(key_ring(), sealed.new_key(), organisation.id)
        db.session.add(organisation)
        db.session.flush()
        db.session.add_all(Label(organisation_id=organisation.id, standard=code) for code in LABELS)
        db.session.flush()
    audit.note(organisation.id, "organisation.added")
    return organisation


def add_programme(code: str, name: str, instruments: list[str], plans: list[WavePlan]) -> Programme:
    """A programme in the organisation that was entered; all its waves still planned."""
    _check_code(code)
    _check_instruments(instruments)
    if not plans or len({plan.key for plan in plans}) != len(plans):
        raise Refused(_("Name at least one wave, and each only once."))
    owner = db.session.organisation_id
    programme = Programme(organisation_id=owner, code=code, name=name, instruments=list(instruments))
    programme.waves = [
        Wave(organisation_id=owner, key=plan.key, weeks=plan.weeks, window_weeks=plan.window_weeks)
        for plan in sorted(plans, key=lambda plan: plan.weeks)
    ]
    db.session.add(programme)
    db.session.flush()
    audit.record("programme.added", programme=code)
    return programme


def _check_code(code: str) -> None:
    if not is_slug(code):
        raise Refused(
            _("“%(code)s” cannot be used. Take small letters, digits and hyphens, at most 60.", code=code)
        )
    with db.session.exempt("programme_code"):
        if db.session.scalar(select(Programme.id).where(Programme.code == code)):
            raise Refused(_("There is already a programme “%(code)s”. Choose another code.", code=code))


def _check_instruments(keys: list[str]) -> None:
    if not keys or len(set(keys)) != len(keys):
        raise Refused(_("Name at least one instrument, and each only once."))
    known = [instrument.key for instrument in library.instruments() if instrument.is_questionnaire]
    for key in keys:
        if key not in known:
            raise Refused(
                _("There is no instrument “%(key)s”. There are: %(known)s.", key=key, known=", ".join(known))
            )


def wave_name(key: str) -> str:
    """What people call a wave; one that a coordinator added goes by its key."""
    names = {"before": _("Before"), "after": _("After"), "follow_up": _("Follow-up")}
    return names.get(key, key)


def window(wave: Wave, started_on: date) -> tuple[date, date]:
    """The first and the last day on which someone who started then can answer this wave."""
    first = started_on + timedelta(weeks=wave.weeks)
    return first, first + timedelta(weeks=wave.window_weeks)


def starts_due(wave: Wave, day: date) -> tuple[date, date]:
    """The earliest and the latest start of people for whom this wave's window holds this day."""
    latest = day - timedelta(weeks=wave.weeks)
    return latest - timedelta(weeks=wave.window_weeks), latest


def open_wave(wave: Wave) -> None:
    """From now on the wave can be answered, with the newest versions of its instruments, fixed for good."""
    if wave.state == "closed":
        raise Refused(
            _(
                "Wave “%(wave)s” was closed and cannot be opened again: releases may rest on it.",
                wave=wave_name(wave.key),
            )
        )
    if wave.state == "planned":
        wave.versions = dict(wave.asked)
        wave.state = "open"
        wave.opened_on = today()
        audit.record("wave.opened", programme=wave.programme.code, wave=wave.key)


def close_wave(wave: Wave) -> None:
    """No more answers: the wave can be released."""
    if wave.state == "planned":
        raise Refused(_("Wave “%(wave)s” was never open.", wave=wave_name(wave.key)))
    if wave.state == "open":
        wave.state = "closed"
        wave.closed_on = today()
        audit.record("wave.closed", programme=wave.programme.code, wave=wave.key)


def override_language(programme: Programme, language: str, staff: Staff | None) -> None:
    """Ask in a language whose texts nobody has approved: someone decides it, and it is kept who and when."""
    if language not in LANGUAGES:
        raise Refused(_("There is no language “%(language)s”.", language=language))
    if is_approved(programme, language) or any(o.language == language for o in programme.language_overrides):
        return
    if not Words(programme).is_complete(language):
        raise Refused(_("Not every question exists in this language yet: “%(language)s”.", language=language))
    programme.language_overrides.append(
        LanguageOverride(
            organisation_id=programme.organisation_id, language=language, decided_at=now(),
            decided_by_id=staff.id if staff else None,
        )
    )  # fmt: skip
    audit.record("language.overridden", programme=programme.code, language=language.lower())


def withdraw_override(programme: Programme, language: str) -> None:
    for override in list(programme.language_overrides):
        if override.language == language:
            programme.language_overrides.remove(override)
            db.session.delete(override)
            audit.record("language.closed", programme=programme.code, language=language.lower())


def offer_word_free(programme: Programme, offered: bool) -> None:
    """Whether people may answer by pictures and sound alone. How questions are put stays one and the same for a
    programme, so that its waves can be compared: once somebody has answered, this does not change.
    """
    if programme.word_free == offered:
        return
    answered = (
        select(Response.id)
        .join(Wave, Wave.id == Response.wave_id)
        .where(Wave.programme_id == programme.id, Response.respondent == "self")
    )
    if db.session.scalar(answered.limit(1)) is not None:
        raise Refused(_("Somebody has answered already. How the questions are put does not change any more."))
    programme.word_free = offered
    audit.record("programme.changed", programme=programme.code, word_free=int(offered))


def look_back(programme: Programme, **chosen: bool) -> None:
    """Whether later waves ask `then_now` (how the start is seen now) and `anchor` (better or worse since).

    All later waves ask the same, so that they can be compared: once one was opened, this does not change.
    """
    changed = {name: asked for name, asked in chosen.items() if getattr(programme, name) != asked}
    if not changed:
        return
    later = [wave for wave in programme.waves if wave.is_later]
    if not later:
        raise Refused(_("This programme has no later wave in which people could look back."))
    if any(wave.state != "planned" for wave in later):
        raise Refused(_("A later wave was opened already. What later waves ask does not change any more."))
    for name, asked in changed.items():
        setattr(programme, name, asked)
    details = {name: int(asked) for name, asked in changed.items()}
    audit.record("programme.changed", None, programme=programme.code, **details)


def enter_programme(code: str) -> Programme:
    """Enter the organisation of this programme; Refused when there is no such programme."""
    with db.session.exempt("programme_code"):
        organisation_id = db.session.scalar(select(Programme.organisation_id).where(Programme.code == code))
    if organisation_id is None:
        raise Refused(_("There is no programme “%(code)s”.", code=code))
    db.session.enter(organisation_id)
    programme = db.session.scalar(select(Programme).where(Programme.code == code))
    if programme is None:
        raise Refused(_("There is no programme “%(code)s”.", code=code))
    return programme


def enter_organisation(slug: str) -> Organisation:
    """Enter an organisation by its name for addresses; Refused when there is none."""
    with db.session.exempt("operator"):
        organisation = db.session.scalar(select(Organisation).where(Organisation.slug == slug))
    if organisation is None:
        raise Refused(_("There is no organisation “%(slug)s”.", slug=slug))
    db.session.enter(organisation.id)
    return organisation
