"""Which version of something a form was made from, so that nobody overwrites what they did not see."""

from __future__ import annotations

from wtforms import HiddenField


class VersionField(HiddenField):
    @property
    def seen(self) -> int:
        """As the form came back; zero, which no row has, for anything that is no version."""
        sent = str(self.raw_data[0]) if self.raw_data else ""
        return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else 0
