"""Colours of charts, as they are on paper.

On screen the style sheet (static/dashboard.css) replaces each of them by the token of the same name, so that
charts follow a municipality's theme, dark mode and print. A downloaded image keeps these.
"""

from __future__ import annotations

INK = "#1d2a33"
MUTED = "#56626b"
LINE = "#ddd6c9"
CARD = "#fffffe"
BEFORE = "#b3591f"
AFTER = "#0b6e69"
MARGIN = "#549a96"
LATER = INK
LATER_MARGIN = "#878e93"
UNCLEAR = "#899197"

FONT = "Noto Sans, system-ui, sans-serif"
