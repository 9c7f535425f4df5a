"""What people talk about: the domains of a programme's instruments, by name."""

from __future__ import annotations

from instruments import library
from instruments.translation import words
from survey.models import Programme


def name(programme: Programme, domain: str, language: str) -> str:
    """A domain in words; its code where no instrument of this programme has it (any more)."""
    return names(programme, language).get(domain, domain)


def names(programme: Programme, language: str) -> dict[str, str]:
    """By code, in the order in which they are asked."""
    return {
        domain.code: words(instrument, language).domain(domain.code)
        for instrument in map(library.load, programme.instruments)
        for domain in instrument.domains
    }
