"""What a wave asks: its instruments in order, and of those that look back only what the others are about."""

from collections.abc import Iterable, Mapping
from functools import cache

from instruments import library
from instruments.model import Instrument

#: Instruments that look back, in the order in which they are asked: after all others, in later waves, where a
#: programme chose them.
LOOKING_BACK = ("then-now", "anchor")

#: Keys of instruments with their versions, in the order in which they are asked.
Versions = tuple[tuple[str, int], ...]


@cache
def instruments(versions: Versions) -> tuple[Instrument, ...]:
    """What is asked. Published versions never change, so this is worked out once.

    An instrument that looks back keeps the domains that the others ask about; without any it is left out.
    """
    asked = [library.load(key, version) for key, version in versions]
    subjects = frozenset(
        domain.code for instrument in asked if not instrument.looks_back for domain in instrument.domains
    )
    narrowed = (instrument.about(subjects) if instrument.looks_back else instrument for instrument in asked)
    return tuple(instrument for instrument in narrowed if instrument is not None)


def newest(keys: Iterable[str]) -> Versions:
    """The newest versions of these instruments, as far as they have anything to ask together."""
    latest = tuple((key, library.load(key).version) for key in keys)
    return tuple((instrument.key, instrument.version) for instrument in instruments(latest))


def in_order(keys: Iterable[str], versions: Mapping[str, int]) -> Versions:
    """Versions as they were fixed: those of a programme's own instruments, then those that look back."""
    looking_back = (key for key in LOOKING_BACK if key in versions)
    return tuple((key, versions[key]) for key in (*keys, *looking_back))
