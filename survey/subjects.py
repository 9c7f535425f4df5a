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


def every(language: str) -> dict[str, str]:
    """The fourteen domains and well-being by code, in words: what casework speaks of, whatever a programme asks."""
    found: dict[str, str] = {}
    for key in ("integration", "wellbeing"):
        instrument = library.load(key)
        said = words(instrument, language)
        found |= {domain.code: said.domain(domain.code) for domain in instrument.domains}
    return {code: found_name for code, found_name in found.items() if code != "life_satisfaction"}
