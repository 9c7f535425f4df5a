"""The pages of a sitting, rendered once per language and then only filled in.

Nothing on a page depends on the person except the anti-forgery token and the ticket with which answers are sent later
on. So the whole page is kept ready per language, step and organisation, in three parts, for those two go between. A
page with earlier answers or errors on it is rendered in full. A page with nothing between its parts is nobody's: a
browser keeps it, to show it where there is no network.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from flask import current_app, render_template, session, url_for
from flask_wtf.csrf import generate_csrf

from instruments import library
from instruments.model import Item
from instruments.translation import Words
from survey import aloud, languages, shared_tablet
from survey import recordings as heard
from survey.privacy.envelopes import public_key
from survey.privacy.fields import key_ring
from survey.recordings import State
from survey.respond import queries
from survey.wording.kept import Spoken, interface_in, words_in

#: Where the ticket goes in a page that is kept ready.
HERE = "ticket-goes-here"


class Manner(NamedTuple):
    """How someone is asked: in which language and words, and whether without any; and on whose device."""

    spoken: Spoken
    aloud: bool
    shared: bool


class Frame(NamedTuple):
    """All that a page of questions shows besides answers and token: what it is kept under."""

    instrument: str
    version: int
    domain: str
    spoken: Spoken
    organisation: str
    help_contact: str
    fictitious: bool
    recorded: State | None
    #: Without words: by pictures and sound, for who cannot read.
    aloud: bool
    #: On a tablet that goes from hand to hand.
    shared: bool
    questions_before: int
    questions: int
    back_url: str | None
    onward_url: str
    saved: bool
    start: str
    #: Whether this sitting goes on where an earlier one stopped.
    again: bool


class LastFrame(NamedTuple):
    """The same for the page with the open question."""

    first_wave: bool
    spoken: Spoken
    organisation: str
    help_contact: str
    fictitious: bool
    recorded: State | None
    #: Without words: by pictures and sound, for who cannot read.
    aloud: bool
    shared: bool
    questions: int
    back_url: str
    saved: bool


@dataclass(frozen=True)
class AskedItem:
    """An item in the person's language, as the question macro wants it."""

    id: str
    text: str
    hint: str | None
    scale: str
    not_applicable: bool


def frame(
    sitting: queries.Sitting, step: queries.Step, manner: Manner, saved: bool, start: str, again: bool
) -> Frame:
    before = sitting.steps[step.position - 2] if step.position > 1 else None
    after = sitting.steps[step.position] if step.position < len(sitting.steps) else None
    return Frame(
        instrument=step.instrument.key,
        version=step.instrument.version,
        domain=step.domain.code,
        spoken=manner.spoken,
        organisation=sitting.organisation,
        help_contact=sitting.help_contact,
        fictitious=sitting.fictitious,
        recorded=heard.state(sitting.sounds),
        aloud=manner.aloud,
        shared=manner.shared,
        questions_before=step.questions_before,
        questions=step.questions,
        back_url=queries.address(before, start="last") if before else None,
        onward_url=queries.address(after) if after else queries.last_address(),
        saved=saved,
        start=start,
        again=again,
    )


def last_frame(sitting: queries.Sitting, manner: Manner, saved: bool) -> LastFrame:
    step = sitting.steps[-1]
    return LastFrame(
        first_wave=sitting.wave_key == "before",
        spoken=manner.spoken,
        organisation=sitting.organisation,
        help_contact=sitting.help_contact,
        fictitious=sitting.fictitious,
        recorded=heard.state(sitting.sounds),
        aloud=manner.aloud,
        shared=manner.shared,
        questions=step.questions,
        back_url=queries.address(step, start="last"),
        saved=saved,
    )


def fresh(frame: Frame | LastFrame) -> bytes:
    """The page as someone sees it who has not answered it in this sitting."""
    before, between, after = _ready(frame)
    return b"".join((before, _sitting().encode(), between, _token(), after))


def nobodys(frame: Frame | LastFrame) -> str:
    """The page without anything of a person or of a session on it."""
    return b"".join(_ready(frame)).decode()


def _sitting() -> str:
    """What a browser needs to seal answers: a ticket for this sitting, and our public key; on a shared tablet also what
    the sitting is known by.
    """
    visit = session.get("visit", {})
    ticket = visit.get("ticket")
    return f"{ticket} {public_key(key_ring())} {shared_tablet.name(visit)}".rstrip() if ticket else ""


def _token() -> bytes:
    """The anti-forgery token of this session. It holds as long as the session does, so it is signed once."""
    own = session.get("csrf_token")
    secret = current_app.config["WTF_CSRF_SECRET_KEY"]
    return _signed(secret, own) if own else generate_csrf().encode()


@lru_cache(maxsize=10_000)
def _signed(secret: str, own: str) -> bytes:
    return generate_csrf().encode()  # signs what the session has: `own`, with this secret


def filled(
    frame: Frame, answers: Mapping[str, int | str], errors: Mapping[str, str], sitting: str | None = None
) -> str:
    """The page with answers of this sitting, or with what was wrong."""
    instrument = library.load(frame.instrument, frame.version)
    words = words_in(instrument, frame.spoken.language, frame.spoken.wording)
    with speaking_in(frame.spoken, frame.recorded):
        return rendered(frame, words, answers, errors, _sitting() if sitting is None else sitting)


def rendered(
    frame: Frame, words: Words, answers: Mapping[str, int | str], errors: Mapping[str, str], sitting: str = ""
) -> str:
    domain = library.load(frame.instrument, frame.version).domain(frame.domain)
    return render_template(
        "respond/page.html",
        domain=domain,
        words=words,
        items=[asked(words, item) for item in domain.items],
        progress=(frame.questions_before, frame.questions),
        organisation=frame.organisation,
        help_contact=frame.help_contact,
        fictitious=frame.fictitious,
        aloud=frame.aloud,
        shared=frame.shared,
        back_url=frame.back_url,
        saved=frame.saved,
        start=frame.start,
        again=frame.again,
        language_url=url_for("respond.language"),
        answers=answers,
        errors=errors,
        action=url_for("respond.page", instrument=frame.instrument, domain=frame.domain),
        onward_url=frame.onward_url,
        sitting=sitting,
    )


def last_filled(
    frame: LastFrame, text: str, may_quote: bool, error: str | None, sitting: str | None = None
) -> str:
    """The last page with what was typed and what was wrong."""
    with speaking_in(frame.spoken, frame.recorded):
        return last_rendered(frame, text, may_quote, error, _sitting() if sitting is None else sitting)


def last_rendered(frame: LastFrame, text: str, may_quote: bool, error: str | None, sitting: str = "") -> str:
    return render_template(
        "respond/last.html",
        first_wave=frame.first_wave,
        organisation=frame.organisation,
        help_contact=frame.help_contact,
        fictitious=frame.fictitious,
        aloud=frame.aloud,
        shared=frame.shared,
        progress=(frame.questions, frame.questions),
        back_url=frame.back_url,
        saved=frame.saved,
        language_url=url_for("respond.language"),
        text=text,
        may_quote=may_quote,
        error=error,
        sitting=sitting,
    )


@lru_cache(maxsize=4096)
def _ready(frame: Frame | LastFrame) -> tuple[bytes, bytes, bytes]:
    """The page before, between and after ticket and token."""
    if isinstance(frame, Frame):
        page = filled(frame, {}, {}, sitting=HERE)
    else:
        page = last_filled(frame, "", False, None, sitting=HERE)
    before, rest = page.encode().split(HERE.encode())
    between, after = rest.split(generate_csrf().encode())
    return before, between, after


@contextmanager
def speaking_in(spoken: Spoken, recorded: State | None) -> Iterator[None]:
    """Speak a language in the words of a sitting, with the recordings there are of them."""
    with (
        languages.speaking(spoken.language, interface_in(*spoken)),
        aloud.sounding(spoken.language, recorded),
    ):
        yield


def asked(words: Words, item: Item) -> AskedItem:
    return AskedItem(item.id, words.question(item.id), words.hint(item.id), item.scale, item.not_applicable)
